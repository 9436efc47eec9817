// SPDX-License-Identifier: MIT

/// An object that is all its bytes, such as a tensor: by them two runs of a program are compared.
public protocol HasContent: Object {
  /// Passes the type, the shape and all elements to `body`, in pieces.
  func addContent(to body: (UnsafeRawBufferPointer) throws -> Void) throws
}

extension Value {
  /// Passes all that the value consists of to `body`, in pieces: equal for values that are the same to
  /// the bit.
  ///
  /// An object without content of its own counts by its text. Lists within lists are followed as far
  /// as they are compared by `==`.
  public func addContent(to body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try addContent(depth: 0, to: body)
  }

  private func addContent(
    depth: Int, to body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    func add(_ text: String) throws { try Array(text.utf8).withUnsafeBytes(body) }
    guard depth < 64 else { return try add(representation(limit: 10_000)) }
    switch self {
    case .num(let number): try add("num \(String(number.bitPattern, radix: 16)) ")
    case .list(let list):
      try add("list \(list.count) ")
      for element in list.elements { try element.addContent(depth: depth + 1, to: body) }
    case .record(let record):
      try add("record \(record.names.count) ")
      for (name, value) in zip(record.names, record.values) {
        try add("\(name.utf8.count) \(name) ")
        try value.addContent(depth: depth + 1, to: body)
      }
    case .str(let text): try add("str \(text.string.utf8.count) \(text.string)")
    case .object(let object as any HasContent): try object.addContent(to: body)
    case .object(let object as any Displayed): try add("\(kind) \(object.text)")
    default: try add("\(kind) \(representation(limit: 100_000))")
    }
  }
}
