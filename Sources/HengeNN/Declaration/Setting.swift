// SPDX-License-Identifier: MIT
internal import HengeBackend

/// The value of one option of a layer or an architecture: what a file can contain and a person can read.
public enum Setting: Hashable, Sendable {
  /// Nothing was said: the layer decides.
  case none
  /// Yes or no.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A number.
  case num(Double)
  /// A word.
  case text(String)
  /// Several whole numbers, such as a height and a width.
  case ints([Int])
  /// Several words, such as the names of layers.
  case words([String])
}

/// The settings of one layer, by name, in the order in which they are declared.
public struct Settings: Hashable, Sendable {
  /// Names and values, in order.
  public private(set) var entries: [Entry]

  /// One of them.
  public struct Entry: Hashable, Sendable {
    /// The option's name.
    public let name: String
    /// What it is set to.
    public var value: Setting
  }

  /// Keeps names and values.
  public init(_ entries: [(String, Setting)] = []) {
    self.entries = entries.map { Entry(name: $0.0, value: $0.1) }
  }

  /// The value of an option, `.none` where it is not set.
  public subscript(name: String) -> Setting {
    get { entries.first { $0.name == name }?.value ?? .none }
    set {
      if let index = entries.firstIndex(where: { $0.name == name }) {
        entries[index].value = newValue
      } else {
        entries.append(Entry(name: name, value: newValue))
      }
    }
  }

  /// The value of an option with the type that it declares.
  ///
  /// Throws `E-internal` where these settings are of a kind that has no such option.
  public subscript<Value>(option: Option<Value>) -> Value {
    get throws {
      guard let value = option.read(self[option.declaration.name]) else {
        throw Failure(
          "E-internal",
          "the option `\(option.declaration.name)` is read, and the layer declares none that fits",
          notes: ["its options are \(entries.map(\.name).joined(separator: ", "))"])
      }
      return value
    }
  }
}

// Written as literals in declarations: `["padding": 1, "mode": "blur"]`.

extension Setting: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral
{
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .num(value) }
  /// A word.
  public init(stringLiteral value: String) { self = .text(value) }
  /// Yes or no.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}
