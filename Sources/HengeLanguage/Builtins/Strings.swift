// SPDX-License-Identifier: MIT

extension Library {
  static var text: [Builtin] {
    [
      Builtin(
        "split", "Gives the parts of a string between separators.",
        Parameter("text", "The string."),
        Parameter(
          "separator", "What stands between; none means any white space.", default: Value.none),
        examples: [
          Example("split(\"a,b\", \",\")", gives: "[\"a\", \"b\"]"),
          Example("\" a  b \".split()", gives: "[\"a\", \"b\"]"),
        ], seeAlso: ["join", "replace"], errors: ["E-range"]
      ) { (call: Call, text: String, separator: String?) in
        try call.reserve(text.utf8.count * 4)
        guard let separator else { return text.words }
        guard !separator.isEmpty else {
          throw Refusal(
            Diagnostic("E-range", "an empty separator separates nothing"), parameter: "separator")
        }
        return text.parts(between: separator)
      },
      Builtin(
        "join", "Gives the strings of a list as one, with a separator between them.",
        Parameter("texts", "The strings."),
        Parameter("separator", "What stands between.", default: ""),
        examples: [Example("join([\"a\", \"b\"], \"-\")", gives: "\"a-b\"")],
        seeAlso: ["split"]
      ) { (call: Call, texts: [String], separator: String) in
        let bytes = texts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count }
        try call.reserve(bytes)
        return texts.joined(separator: separator)
      },
      Builtin(
        "replace", "Gives a string with every occurrence of one part replaced by another.",
        Parameter("text", "The string."), Parameter("old", "What to replace; not empty."),
        Parameter("new", "What to put there."),
        examples: [Example("replace(\"a.b.c\", \".\", \"/\")", gives: "\"a/b/c\"")],
        seeAlso: ["split", "join"], errors: ["E-range"]
      ) { (call: Call, text: String, old: String, new: String) in
        guard !old.isEmpty else {
          throw Refusal(Diagnostic("E-range", "nothing cannot be replaced"), parameter: "old")
        }
        let parts = text.parts(between: old)
        try call.machine.chargeProduct(parts.count, new.utf8.count)
        try call.reserve(text.utf8.count)
        return parts.joined(separator: new)
      },
    ]
  }
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
  fileprivate var words: [String] {
    unicodeScalars.split { $0.properties.isWhitespace }.map { String(String.UnicodeScalarView($0)) }
  }

  /// The texts between occurrences of `separator`, which is not empty.
  fileprivate func parts(between separator: String) -> [String] {
    var parts: [String] = []
    let bytes = Array(utf8)
    var start = 0
    while let offset = firstOffset(of: separator, from: start) {
      parts.append(String(decoding: bytes[start..<offset], as: UTF8.self))
      start = offset + separator.utf8.count
    }
    parts.append(String(decoding: bytes[start...], as: UTF8.self))
    return parts
  }
}
