// SPDX-License-Identifier: MIT

/// A built-in's parameter as declared: its type comes from the closure.
public struct Parameter {
  /// The name, as keyword arguments write it.
  public let name: String
  /// The meaning, with units and ranges; a phrase that ends in a period.
  public let documentation: String
  /// The default; none when the argument is required.
  public let initial: Value?
  /// Whether it is passed by name only.
  public let isKeywordOnly: Bool
  /// Other defaults for the rest of the parameters, by the word passed to this one.
  public private(set) var presets: [String: [String: Value]] = [:]
  /// What the error of a value of another type suggests, in place of a conversion.
  public private(set) var advice: String?
  /// The name of its type in signatures and messages.
  public internal(set) var kind = ""
  /// The way it takes arguments.
  public internal(set) var role = ParameterRole.single
  /// Whether a value is of its type.
  package internal(set) var accepts: (Value) -> Bool = { _ in true }

  /// Declares a required parameter (`Rest` and `Keywords` may get nothing).
  public init(_ name: String, _ documentation: String, isKeywordOnly: Bool = false) {
    self.name = name
    self.documentation = documentation
    self.isKeywordOnly = isKeywordOnly
    initial = nil
  }

  /// Declares a parameter that may be omitted.
  public init(
    _ name: String, _ documentation: String, default initial: any ValueConvertible,
    isKeywordOnly: Bool = false
  ) {
    self.name = name
    self.documentation = documentation
    self.isKeywordOnly = isKeywordOnly
    self.initial = initial.value
  }

  /// The same parameter, where the error of a value of another type suggests `advice`.
  public func suggesting(_ advice: String) -> Parameter {
    var parameter = self
    parameter.advice = advice
    return parameter
  }

  /// The same parameter, where each word stands for other defaults of the rest of the parameters, by name.
  public func choosing(_ presets: [String: [String: Value]]) -> Parameter {
    var parameter = self
    parameter.presets = presets
    return parameter
  }
}
