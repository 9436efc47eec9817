// SPDX-License-Identifier: MIT

/// An error that a user can cause: data, not a crash.
///
/// The learning house throws these where it detects them. Each module phrases its own in one file,
/// `Failure+<Module>.swift`, as static functions of the actual values. The door to the language
/// adds the source line and carets.
public struct Failure: Error, Equatable {
  /// The stable error code, such as `E-shape`, which `henge explain` describes.
  public let code: String
  /// One line with the actual values.
  public let message: String
  /// Further lines, such as which axes differ.
  public let notes: [String]
  /// A fix, if known: code, or a sentence.
  public let suggestion: String?
  /// The parameter at fault, so that the caret can point at its argument.
  public let parameter: String?

  /// A failure from its parts.
  public init(
    _ code: String, _ message: String, notes: [String] = [], suggestion: String? = nil,
    parameter: String? = nil
  ) {
    self.code = code
    self.message = message
    self.notes = notes
    self.suggestion = suggestion
    self.parameter = parameter
  }

  /// The same about another parameter, or about none.
  public func about(_ parameter: String?) -> Failure {
    Failure(code, message, notes: notes, suggestion: suggestion, parameter: parameter)
  }

  /// Runs `body`, and renames the parameter of its failure, for callers that call it otherwise.
  ///
  /// `names` are by the name in `body`; nil is that of failures about no parameter.
  public static func renaming<Result>(
    _ names: [String?: String], _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let failure as Failure {
      guard let name = names[failure.parameter] else { throw failure }
      throw failure.about(name)
    }
  }
}
