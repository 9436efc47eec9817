// SPDX-License-Identifier: MIT

/// Reads JSON by recursive descent, bounded in depth.
struct JSONParser {
  private let text: [UInt8]
  private var at = 0
  private static let deepest = 128

  init(_ text: [UInt8]) { self.text = text }

  mutating func document() throws(JSON.Mistake) -> JSON {
    let value = try value(depth: 0)
    try end()
    return value
  }

  private func mistake(_ expected: String) -> JSON.Mistake {
    JSON.Mistake(reason: "expected \(expected)", offset: at)
  }

  private var peek: UInt8? { at < text.count ? text[at] : nil }

  private mutating func skipSpace() {
    while let byte = peek, [9, 10, 13, 32].contains(byte) { at += 1 }
  }

  /// Steps over `character` if it comes next.
  private mutating func take(_ character: Character) -> Bool {
    guard let byte = character.asciiValue, peek == byte else { return false }
    at += 1
    return true
  }

  /// The next value, `depth` levels below the document.
  mutating func value(depth: Int) throws(JSON.Mistake) -> JSON {
    guard depth <= JSONParser.deepest else { throw mistake("less than 128 levels of nesting") }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSON.Mistake) -> JSON {
    guard text[at...].starts(with: word.utf8) else { throw mistake("a value") }
    at += word.utf8.count
    return value
  }

  private mutating func object(depth: Int) throws(JSON.Mistake) -> JSON {
    var members: [JSON.Member] = []
    var names: Set<String> = []
    guard try begin() else { return .object([]) }
    repeat {
      let name = try name(among: &names)
      members.append(JSON.Member(name, try value(depth: depth + 1)))
    } while try goesOn()
    return .object(members)
  }

  // MARK: Objects member by member

  /// Steps over the `{` of an object; whether there is something in it.
  mutating func begin() throws(JSON.Mistake) -> Bool {
    skipSpace()
    guard take("{") else { throw mistake("{") }
    skipSpace()
    return !take("}")
  }

  /// The next name, which must not be in `names`, and the colon after it.
  mutating func name(among names: inout Set<String>) throws(JSON.Mistake) -> String {
    skipSpace()
    let start = at
    guard peek == UInt8(ascii: "\"") else { throw mistake("a name in quotes") }
    let name = try string()
    guard names.insert(name).inserted else {
      at = start
      throw mistake("each name once, not \"\(shortened(name))\" again")
    }
    skipSpace()
    guard take(":") else { throw mistake("a colon") }
    return name
  }

  /// Steps over what follows a member; whether there is another.
  mutating func goesOn() throws(JSON.Mistake) -> Bool {
    skipSpace()
    if take("}") { return false }
    guard take(",") else { throw mistake("a comma or }") }
    return true
  }

  /// Throws for anything but white space after the value.
  mutating func end() throws(JSON.Mistake) {
    skipSpace()
    guard at == text.count else { throw mistake("the end of the text") }
  }

  /// How many bytes the next value has, as far as brackets and quotes say.
  func lengthOfValue() -> Int {
    var (place, depth, isQuoted) = (at, 0, false)
    while place < text.count {
      let byte = text[place]
      if isQuoted {
        if byte == UInt8(ascii: "\\") { place += 1 }
        if byte == UInt8(ascii: "\"") { isQuoted = false }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isQuoted = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          if depth == 0 { return place - at }
          depth -= 1
        case UInt8(ascii: ",") where depth == 0: return place - at
        default: break
        }
      }
      place += 1
    }
    return text.count - at
  }

  private mutating func array(depth: Int) throws(JSON.Mistake) -> JSON {
    at += 1
    var items: [JSON] = []
    skipSpace()
    if take("]") { return .array([]) }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(items) }
      guard take(",") else { throw mistake("a comma or ]") }
    }
  }

  private mutating func digits() -> Int {
    let start = at
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { at += 1 }
    return at - start
  }

  private mutating func number() throws(JSON.Mistake) -> JSON {
    let start = at
    _ = take("-")
    let first = peek
    let whole = digits()
    guard whole == 1 || (whole > 1 && first != UInt8(ascii: "0")) else {
      at = start
      throw mistake("a value")
    }
    var isInteger = true
    if take(".") {
      isInteger = false
      guard digits() > 0 else { throw mistake("a digit") }
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      guard digits() > 0 else { throw mistake("a digit") }
    }
    let spelled = String(decoding: text[start..<at], as: UTF8.self)
    if isInteger, let integer = Int(spelled) { return .integer(integer) }
    guard let number = Double(spelled), number.isFinite else { throw mistake("a finite number") }
    return .number(number)
  }

  private mutating func string() throws(JSON.Mistake) -> String {
    at += 1
    var bytes: [UInt8] = []
    let start = at
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 32 else { throw mistake("no control character in a string") }
      at += 1
      if byte == UInt8(ascii: "\\") {
        bytes += try escape()
      } else {
        bytes.append(byte)
      }
    }
    guard take("\"") else { throw mistake("a closing quote") }
    guard let string = String(validating: bytes, as: UTF8.self) else {
      at = start
      throw mistake("valid UTF-8")
    }
    return string
  }

  /// The UTF-8 of the character of an escape; the backslash is already read.
  private mutating func escape() throws(JSON.Mistake) -> [UInt8] {
    guard let letter = peek else { throw mistake("a closing quote") }
    at += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"): return Array(String(try character()).utf8)
    default:
      at -= 1
      throw mistake("an escape that JSON has")
    }
  }

  /// The character of `\uXXXX`, or of two such for one beyond the first 65,536.
  private mutating func character() throws(JSON.Mistake) -> Unicode.Scalar {
    let high = try hexadecimal()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard (0xD800..<0xDC00).contains(high), take("\\"), take("u") else {
      throw mistake("the second half of a surrogate pair")
    }
    let low = try hexadecimal()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw mistake("the second half of a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(JSON.Mistake) -> UInt32 {
    let digits = text[at...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw mistake("four hexadecimal digits") }
    at += 4
    return value
  }
}
