// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeFiles
public import HengeNN

// A blueprint as JSON, for the metadata of files:
// {"kind": "conv", "settings": {"in": 3, …}, "parts": [["name", {…}], …]}

extension Blueprint {
  /// The blueprint as JSON.
  public var json: JSON {
    var members = [
      JSON.Member("kind", .string(kind)),
      JSON.Member(
        "settings", .object(settings.entries.map { JSON.Member($0.name, $0.value.json) })),
    ]
    if !parts.isEmpty {
      members.append(
        JSON.Member("parts", .array(parts.map { .array([.string($0.name), $0.blueprint.json]) })))
    }
    return .object(members)
  }

  /// The blueprint in `json`, or nil.
  public init?(_ json: JSON) {
    guard let members = json.members, case .string(let kind)? = members["kind"],
      case .object(let settings)? = members["settings"]
    else { return nil }
    var entries: [(String, Setting)] = []
    for member in settings {
      guard let value = Setting(member.value) else { return nil }
      entries.append((member.name, value))
    }
    var parts: [Part] = []
    if case .array(let items)? = members["parts"] {
      for item in items {
        guard case .array(let pair) = item, pair.count == 2, case .string(let name) = pair[0],
          let blueprint = Blueprint(pair[1])
        else { return nil }
        parts.append(Part(name, blueprint))
      }
    }
    self.init(kind, Settings(entries), parts: parts)
  }
}

extension Setting {
  fileprivate var json: JSON {
    switch self {
    case .none: .null
    case .bool(let value): .bool(value)
    case .int(let value): .integer(value)
    case .num(let value): .number(value)
    case .text(let value): .string(value)
    case .ints(let values): .array(values.map { .integer($0) })
    case .words(let words): .array(words.map { .string($0) })
    }
  }

  fileprivate init?(_ json: JSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .int(value)
    case .number(let value): self = .num(value)
    case .string(let value): self = .text(value)
    case .array(let items):
      var (values, words): ([Int], [String]) = ([], [])
      for item in items {
        switch item {
        case .integer(let value): values.append(value)
        case .string(let word): words.append(word)
        default: return nil
        }
      }
      guard values.isEmpty || words.isEmpty else { return nil }
      self = words.isEmpty ? .ints(values) : .words(words)
    case .object: return nil
    }
  }
}
