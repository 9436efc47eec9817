// SPDX-License-Identifier: MIT

/// An option of a kind of layer with the Swift type of its values, declared once.
///
/// The kind lists it, and the layer reads its setting by it, so that the compiler finds a misspelt name
/// and a wrong type:
///
///     private let rate = Option("rate", "Probability of a zero.", .num, default: 0.5)
///     … try settings[rate]
public struct Option<Value>: DeclaresOption {
  /// Its name, help and the values it takes.
  public let declaration: OptionDeclaration
  let read: @Sendable (Setting) -> Value?

  /// Declares an option; without a default it must be given.
  public init(
    _ name: String, _ summary: String, _ type: OptionType<Value>, default initial: Setting? = nil
  ) {
    declaration = OptionDeclaration(
      name: name, summary: summary, kind: type.kind, initial: initial)
    read = type.read
  }
}

/// An option of any type.
public protocol DeclaresOption: Sendable {
  /// Its name, help and the values it takes.
  var declaration: OptionDeclaration { get }
}

/// What values an option takes, and what they are in Swift.
public struct OptionType<Value>: Sendable {
  let kind: OptionDeclaration.Kind
  let read: @Sendable (Setting) -> Value?
}

/// A word of a fixed set: an enumeration of strings.
public typealias OptionWord = CaseIterable & RawRepresentable<String> & SendableMetatype

/// A height and a width, or a word.
public enum SizesOrWord<Word> {
  /// Two numbers.
  case sizes(Int, Int)
  /// A word.
  case word(Word)
}

extension OptionType where Value == Int {
  /// A whole number from `least` to `most`, by default a million.
  public static func int(least: Int, most: Int = 1_000_000) -> OptionType {
    OptionType(kind: .int(least: least, most: most)) { $0.int }
  }
}

extension OptionType where Value == Int? {
  /// A whole number, or `Setting.none`: the layer decides.
  public static func intOrNone(least: Int, most: Int = 1_000_000) -> OptionType {
    OptionType(kind: .int(least: least, most: most)) { $0 == .none ? .some(nil) : $0.int }
  }
}

extension OptionType where Value == Double {
  /// A finite number.
  public static var num: OptionType { OptionType(kind: .num) { $0.num } }
}

extension OptionType where Value == Bool {
  /// Yes or no.
  public static var bool: OptionType {
    OptionType(kind: .bool) { if case .bool(let value) = $0 { value } else { nil } }
  }
}

extension OptionType where Value: OptionWord {
  /// One of the words of an enumeration.
  public static func choice(_: Value.Type) -> OptionType {
    OptionType(kind: .choice(Value.allCases.map(\.rawValue))) { $0.text.flatMap(Value.init) }
  }
}

extension OptionType where Value == (Int, Int) {
  /// A whole number from `least` to 65,536, or two of them: vertical and horizontal.
  public static func pair(least: Int) -> OptionType {
    OptionType(kind: .pair(least: least)) { $0.pair }
  }
}

extension OptionType where Value == [Int] {
  /// A list of one whole number or more, each from `least` to a million.
  public static func ints(least: Int) -> OptionType {
    OptionType(kind: .ints(least: least)) { if case .ints(let values) = $0 { values } else { nil } }
  }
}

extension OptionType {
  /// As `pair`, or one of the words of an enumeration.
  public static func pair<Word: OptionWord>(least: Int, or: Word.Type) -> OptionType
  where Value == SizesOrWord<Word> {
    OptionType(kind: .pairOrChoice(least: least, Word.allCases.map(\.rawValue))) { setting in
      if let (height, width) = setting.pair { return .sizes(height, width) }
      return setting.text.flatMap(Word.init).map { .word($0) }
    }
  }
}

extension Setting {
  /// The whole number, where it is one.
  public var int: Int? { if case .int(let value) = self { value } else { nil } }

  /// The number, where it is one.
  public var num: Double? {
    switch self {
    case .num(let value): value
    case .int(let value): Double(value)
    default: nil
    }
  }

  /// The word, where it is one.
  public var text: String? { if case .text(let value) = self { value } else { nil } }

  /// A height and a width; a single number is both.
  fileprivate var pair: (Int, Int)? {
    switch self {
    case .ints(let values) where values.count == 2: (values[0], values[1])
    case .int(let value): (value, value)
    default: nil
    }
  }
}

/// What an option of a kind of layer is called and takes: built-ins, checks and files follow from it.
public struct OptionDeclaration: Sendable {
  /// What values it takes.
  public enum Kind: Sendable {
    /// A whole number of at least `least` and at most `most`, by default a million: products of sizes
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
    /// A list of one whole number or more, each of at least `least` and at most a million.
    case ints(least: Int)
  }

  /// The name, as in arguments and files.
  public let name: String
  /// What it is, with units and ranges.
  public let summary: String
  /// What values it takes.
  public let kind: Kind
  /// What it is where nothing is said; none where it must be given.
  public let initial: Setting?

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
    case (.ints(let least), .ints(let values)):
      !values.isEmpty && values.allSatisfy { $0 >= least && $0 <= 1_000_000 }
    default: false
    }
  }
}

extension OptionDeclaration {
  /// What values it takes, for errors.
  var takesInWords: String {
    switch kind {
    case .int(let least, let most): "it must be an integer from \(least) to \(most)"
    case .num: "it must be a finite number"
    case .bool: "it must be true or false"
    case .choice(let words):
      "it must be one of \(words.map { "\"\($0)\"" }.joined(separator: ", "))"
    case .pair(let least):
      "it must be an integer from \(least) to 65536, or two: (vertical, horizontal)"
    case .pairOrChoice(let least, let words):
      "it must be an integer from \(least) to 65536, two of them, or \(words.map { "\"\($0)\"" }.joined(separator: ", "))"
    case .ints(let least):
      "it must be a list of one or more integers from \(least) to 1000000"
    }
  }
}
