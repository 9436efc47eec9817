// SPDX-License-Identifier: MIT

/// A constant as Python's `repr` writes it: the header of a `.npy` file is one.
enum PythonLiteral: Equatable {
  case string(String)
  case integer(Int)
  case bool(Bool)
  case none
  /// A tuple or a list.
  case sequence([PythonLiteral])
  case dictionary([(key: String, value: PythonLiteral)])

  /// Reads all of `bytes`, spaces and line ends around it allowed; `nil` if they are anything else.
  init?(_ bytes: some Sequence<UInt8>) {
    var reader = PythonLiteralReader(bytes: Array(bytes))
    guard let value = reader.value(depth: 0), reader.isAtEnd() else { return nil }
    self = value
  }

  static func == (left: PythonLiteral, right: PythonLiteral) -> Bool {
    switch (left, right) {
    case (.string(let a), .string(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.none, .none): true
    case (.sequence(let a), .sequence(let b)): a == b
    case (.dictionary(let a), .dictionary(let b)): a.elementsEqual(b, by: ==)
    default: false
    }
  }
}

/// Reads literals only: a name other than True, False and None, or a call, is refused.
private struct PythonLiteralReader {
  let bytes: [UInt8]
  var at = 0

  /// Deeper than any header numpy writes; bounds the recursion.
  static let deepest = 16

  var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  mutating func skipSpace() {
    while let byte = peek, [9, 10, 13, 32].contains(byte) { at += 1 }
  }

  mutating func isAtEnd() -> Bool {
    skipSpace()
    return peek == nil
  }

  mutating func take(_ byte: Character) -> Bool {
    skipSpace()
    guard let wanted = byte.asciiValue, peek == wanted else { return false }
    at += 1
    return true
  }

  mutating func value(depth: Int) -> PythonLiteral? {
    skipSpace()
    guard depth < PythonLiteralReader.deepest, let byte = peek else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return dictionary(depth: depth)
    case UInt8(ascii: "("): return sequence("(", ")", depth: depth)
    case UInt8(ascii: "["): return sequence("[", "]", depth: depth)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return integer().map { .integer($0) }
    default: return word()
    }
  }

  /// `True`, `False`, `None`, or the `u` or `b` that older Pythons put before a string.
  private mutating func word() -> PythonLiteral? {
    let rest = bytes[at...]
    for (text, value) in [
      ("True", PythonLiteral.bool(true)), ("False", .bool(false)), ("None", .none),
    ]
    where rest.starts(with: text.utf8) {
      at += text.utf8.count
      return value
    }
    guard peek == UInt8(ascii: "u") || peek == UInt8(ascii: "b") else { return nil }
    at += 1
    return string().map { .string($0) }
  }

  private mutating func string() -> String? {
    guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    at += 1
    let start = at
    while let byte = peek, byte != quote {
      // Escapes occur only in field names, and arrays with fields are refused anyway.
      at += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    guard peek == quote else { return nil }
    defer { at += 1 }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func integer() -> Int? {
    let start = at
    if peek == UInt8(ascii: "-") { at += 1 }
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { at += 1 }
    let value = Int(String(decoding: bytes[start..<at], as: UTF8.self))
    if peek == UInt8(ascii: "L") { at += 1 }  // Python 2 writes long integers so.
    return value
  }

  private mutating func sequence(
    _ open: Character, _ close: Character, depth: Int
  ) -> PythonLiteral? {
    guard take(open) else { return nil }
    var items: [PythonLiteral] = []
    while !take(close) {
      guard let item = value(depth: depth + 1) else { return nil }
      items.append(item)
      if take(",") { continue }
      return take(close) ? .sequence(items) : nil
    }
    return .sequence(items)
  }

  private mutating func dictionary(depth: Int) -> PythonLiteral? {
    guard take("{") else { return nil }
    var items: [(key: String, value: PythonLiteral)] = []
    while !take("}") {
      guard case .string(let key)? = value(depth: depth + 1), take(":"),
        let item = value(depth: depth + 1)
      else { return nil }
      items.append((key, item))
      if take(",") { continue }
      return take("}") ? .dictionary(items) : nil
    }
    return .dictionary(items)
  }
}
