// SPDX-License-Identifier: MIT
/// What a layer is, without its weights: its kind, its settings, and the layers it was given.
///
/// A blueprint builds the same layer again; files contain it with the weights.
public struct Blueprint: Hashable, Sendable {
  /// The name of its ``LayerKind``.
  public let kind: String
  /// All options of that kind.
  public let settings: Settings
  /// The layers it was given, by the names they have in it.
  public let parts: [Part]

  /// A layer inside another.
  public struct Part: Hashable, Sendable {
    /// Its name there.
    public let name: String
    /// What it is.
    public let blueprint: Blueprint

    /// Keeps both.
    public init(_ name: String, _ blueprint: Blueprint) {
      self.name = name
      self.blueprint = blueprint
    }
  }

  /// Keeps the parts.
  public init(_ kind: String, _ settings: Settings = Settings(), parts: [Part] = []) {
    self.kind = kind
    self.settings = settings
    self.parts = parts
  }
}

extension Setting: CustomStringConvertible {
  /// As a script writes it.
  public var description: String {
    switch self {
    case .none: "none"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .num(let value):
      value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    case .text(let value): "\"\(value)\""
    case .ints(let values): Setting.list(values.map { String($0) })
    case .words(let words): Setting.list(words.map { "\"\($0)\"" })
    }
  }

  /// A list, with a comma after the only item of one.
  private static func list(_ items: [String]) -> String {
    "(\(items.joined(separator: ", "))\(items.count == 1 ? "," : ""))"
  }
}
