// SPDX-License-Identifier: MIT
internal import HengeFiles

extension JSON {
  /// An object of these members, in their order.
  static func of(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .object(members.map { JSON.Member($0.key, $0.value) })
  }

  /// No members.
  static let empty = JSON.object([])

  /// The member of this name; nil where it is missing, or this is no object.
  subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text that it is.
  var asText: String? { if case .string(let text) = self { text } else { nil } }
  /// The integer that it is.
  var asInteger: Int? { if case .integer(let integer) = self { integer } else { nil } }
  /// The bool that it is.
  var asBool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
}
