// SPDX-License-Identifier: MIT

extension Library {
  static var text: [Builtin] {
    [
      Builtin(
        "split", "Splits a string at a separator and returns the parts.",
        Parameter("text", "The string."),
        Parameter(
          "separator", "The separator; by default any run of white space.", default: Value.none),
        examples: [
          Example("split(\"a,b\", \",\")", gives: "[\"a\", \"b\"]"),
          Example("\" a  b \".split()", gives: "[\"a\", \"b\"]"),
        ], seeAlso: ["join", "replace"], errors: ["E-range"]
      ) { (call: Call, text: String, separator: String?) -> TextParts in
        guard let separator else { return TextParts(value: Value(try text.words(call))) }
        guard !separator.isEmpty else {
          throw Refusal(
            Diagnostic("E-range", "the separator is an empty string, which cannot split anything"),
            parameter: "separator")
        }
        return TextParts(value: Value(try text.parts(between: separator, call)))
      },
      Builtin(
        "join", "Joins the strings of a list, with a separator between them.",
        Parameter("texts", "The strings."),
        Parameter("separator", "Text between two strings.", default: ""),
        examples: [Example("join([\"a\", \"b\"], \"-\")", gives: "\"a-b\"")],
        seeAlso: ["split"]
      ) { (call: Call, texts: [String], separator: String) in
        var bytes = 0
        for text in texts {
          try call.machine.beat()
          bytes = bytes.addingSaturated(text.utf8.count).addingSaturated(separator.utf8.count)
        }
        try call.reserve(bytes)
        return try texts.joined(separator, bytes, call)
      },
      Builtin(
        "upper", "Returns a string with its letters in upper case.",
        Parameter("text", "The string."),
        examples: [Example("upper(\"anime\")", gives: "\"ANIME\"")],
        seeAlso: ["lower", "replace"]
      ) { (call: Call, text: String) in
        try call.reserve(3 * text.utf8.count)
        return text.uppercased()
      },
      Builtin(
        "lower", "Returns a string with its letters in lower case.",
        Parameter("text", "The string."),
        examples: [Example("lower(\"Photo\")", gives: "\"photo\"")],
        seeAlso: ["upper", "replace"]
      ) { (call: Call, text: String) in
        try call.reserve(3 * text.utf8.count)
        return text.lowercased()
      },
      Builtin(
        "replace", "Replaces every occurrence of a substring.",
        Parameter("text", "The string."), Parameter("old", "The substring to replace; not empty."),
        Parameter("new", "Its replacement."),
        examples: [Example("replace(\"a.b.c\", \".\", \"/\")", gives: "\"a/b/c\"")],
        seeAlso: ["split", "join"], errors: ["E-range"]
      ) { (call: Call, text: String, old: String, new: String) in
        guard !old.isEmpty else {
          throw Refusal(
            Diagnostic("E-range", "`old` is an empty string, which cannot be replaced"),
            parameter: "old")
        }
        return try text.replacing(old, with: new, call)
      },
    ]
  }
}

/// A list of strings that is made as values at once, since there may be millions of them.
private struct TextParts: ValueConvertible {
  let value: Value
  static var kind: String { [String].kind }
  static func from(_ value: Value) -> TextParts? { TextParts(value: value) }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    var scalars = unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(String.UnicodeScalarView(scalars))
  }

  /// The runs between white space.
  fileprivate func words(_ call: Call) throws -> [Value] {
    var words: [Value] = []
    var start: Index?
    var index = startIndex
    while index < endIndex {
      try call.machine.beat()
      if unicodeScalars[index].properties.isWhitespace {
        if let start { try words.append(part(start..<index, call)) }
        start = nil
      } else if start == nil {
        start = index
      }
      index = unicodeScalars.index(after: index)
    }
    if let start { try words.append(part(start..<endIndex, call)) }
    return words
  }

  /// The texts between occurrences of `separator`, which is not empty.
  fileprivate func parts(between separator: String, _ call: Call) throws -> [Value] {
    var parts: [Value] = []
    var start = startIndex
    try forEach(separator, call) { offset, end in
      let index = utf8.index(startIndex, offsetBy: offset)
      try parts.append(part(start..<index, call))
      start = utf8.index(startIndex, offsetBy: end)
    }
    try parts.append(part(start..<endIndex, call))
    return parts
  }

  /// The text with `new` for each `old`.
  fileprivate func replacing(_ old: String, with new: String, _ call: Call) throws -> String {
    var result = ""
    var start = startIndex
    try forEach(old, call) { offset, end in
      let index = utf8.index(startIndex, offsetBy: offset)
      try call.reserve(offset - utf8.distance(from: startIndex, to: start) + new.utf8.count)
      result += self[start..<index]
      result += new
      start = utf8.index(startIndex, offsetBy: end)
    }
    try call.reserve(utf8.distance(from: start, to: endIndex))
    result += self[start...]
    return result
  }

  /// Calls `body` with the start and end of each occurrence of `wanted`, in bytes; `wanted` must
  /// not be empty.
  private func forEach(
    _ wanted: String, _ call: Call, _ body: (_ start: Int, _ end: Int) throws -> Void
  ) throws {
    var from = 0
    // A look at a stretch at a time, so that a long text without an occurrence can be stopped.
    while true {
      try call.machine.beat(4)
      switch nextOffset(of: wanted, from: from, within: 1 << 16) {
      case .found(let offset):
        from = offset + wanted.utf8.count
        try body(offset, from)
      case .notBefore(let offset):
        from = offset
        try call.machine.beat(1 << 11)
      case .none: return
      }
    }
  }

  private func part(_ range: Range<Index>, _ call: Call) throws -> Value {
    let part = String(self[range])
    // A short text and its place in the list.
    try call.reserve(96 + part.utf8.count)
    return Value(part)
  }
}

extension [String] {
  /// All of them as one text of `bytes` bytes.
  fileprivate func joined(_ separator: String, _ bytes: Int, _ call: Call) throws -> String {
    var result = ""
    result.reserveCapacity(bytes)
    for (index, text) in enumerated() {
      try call.machine.beat()
      if index > 0 { result += separator }
      result += text
    }
    return result
  }
}
