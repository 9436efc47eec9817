// SPDX-License-Identifier: MIT

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

  // What an option was checked to be when the settings were made.

  /// A whole number.
  public func int(_ name: String) -> Int {
    switch self[name] {
    case .int(let value): value
    case .num(let value): Int(value)
    default: 0
    }
  }

  /// A number.
  public func num(_ name: String) -> Double {
    switch self[name] {
    case .num(let value): value
    case .int(let value): Double(value)
    default: 0
    }
  }

  /// Yes or no.
  public func bool(_ name: String) -> Bool { self[name] == .bool(true) }

  /// A word.
  public func text(_ name: String) -> String {
    if case .text(let value) = self[name] { value } else { "" }
  }

  /// A height and a width; a single number is both.
  public func pair(_ name: String) -> (Int, Int) {
    switch self[name] {
    case .ints(let values) where values.count == 2: (values[0], values[1])
    case .int(let value): (value, value)
    default: (0, 0)
    }
  }
}

/// One option of a kind of layer, declared once: built-ins, checks and files follow from it.
public struct Option: Sendable {
  /// What values it takes.
  public enum Kind: Sendable {
    /// A whole number of at least `least` and at most `most`, by itself a million: products of sizes
    /// are then counted without overflow.
    case int(least: Int, most: Int = 1_000_000)
    /// A number.
    case num
    /// Yes or no.
    case bool
    /// One of some words.
    case choice([String])
    /// A whole number from `least` to 65,536, or two of them: vertical and horizontal.
    case pair(least: Int)
    /// As `pair`, or one of some words.
    case pairOrChoice(least: Int, [String])
  }

  /// The name, as arguments and files give it.
  public let name: String
  /// What it is, with units and ranges.
  public let summary: String
  /// What values it takes.
  public let kind: Kind
  /// What it is where nothing is said; none where it must be given.
  public let initial: Setting?

  /// Declares an option.
  public init(_ name: String, _ summary: String, _ kind: Kind, default initial: Setting? = nil) {
    self.name = name
    self.summary = summary
    self.kind = kind
    self.initial = initial
  }

  /// Whether `value` is one that the option takes.
  public func takes(_ value: Setting) -> Bool {
    if let initial, initial == value { return true }
    func isSide(_ value: Int, _ least: Int) -> Bool { value >= least && value <= 65_536 }
    return switch (kind, value) {
    case (.int(let least, let most), .int(let value)): value >= least && value <= most
    case (.num, .num(let value)): value.isFinite
    case (.num, .int): true
    case (.bool, .bool): true
    case (.choice(let words), .text(let word)), (.pairOrChoice(_, let words), .text(let word)):
      words.contains(word)
    case (.pair(let least), .int(let value)), (.pairOrChoice(let least, _), .int(let value)):
      isSide(value, least)
    case (.pair(let least), .ints(let values)), (.pairOrChoice(let least, _), .ints(let values)):
      values.count == 2 && values.allSatisfy { isSide($0, least) }
    default: false
    }
  }
}
