// SPDX-License-Identifier: MIT

/// What went wrong because of what a user asked for: data, not a crash.
///
/// The learning house throws these where it finds them; each floor words its own in one file,
/// `Failure+<Floor>.swift`, as static functions over the actual values. The door to the language
/// adds the source line and carets.
public struct Failure: Error, Equatable {
  /// The stable name under which `henge explain` tells more, such as `E-shape`.
  public let code: String
  /// One line with the actual values.
  public let message: String
  /// Further lines, such as which axes differ.
  public let notes: [String]
  /// What would work, when it is known: code, or a sentence.
  public let suggestion: String?
  /// The parameter at fault, so that the caret can point at its argument.
  public let parameter: String?

  /// Makes a failure from its parts.
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
}
