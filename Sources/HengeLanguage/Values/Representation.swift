// SPDX-License-Identifier: MIT

extension Value {
  /// The value as one would write it: strings in quotes.
  public var representation: String { representation(limit: .max) }

  /// The value as one would write it, cut with `…` after about `limit` bytes.
  public func representation(limit: Int) -> String {
    var writer = ValueWriter<Never>(limit: limit) {}
    writer.write(self)
    return writer.text
  }

  /// As ``text``; now and then `beat`, which throws when it is to stop.
  func text<Stop: Error>(beat: @escaping () throws(Stop) -> Void) throws(Stop) -> String {
    if case .str(let text) = self { return text.string }
    var writer = ValueWriter<Stop>(limit: .max, beat: beat)
    try writer.write(self)
    return writer.text
  }

  /// The value as text, as in `print` and `str`: a string is itself.
  public var text: String {
    if case .str(let text) = self { return text.string }
    return representation
  }

  /// No more bytes than the text takes, counted without writing it, up to a few times too few.
  var textCost: Int {
    switch self {
    case .str(let text): return text.string.utf8.count
    case .list(let list): return Value.textCost(of: list.elements)
    case .record(let record): return Value.textCost(of: record.values)
    default: return 1
    }
  }

  static func textCost(of values: [Value]) -> Int {
    var sum = 0
    for value in values { sum = sum.addingSaturated(value.textCost).addingSaturated(2) }
    return sum
  }
}

/// Writes values as text; recursion is bounded by `Value.depthLimit`.
private struct ValueWriter<Stop: Error> {
  var text = ""
  let limit: Int
  /// Called for every value.
  let beat: () throws(Stop) -> Void

  init(limit: Int, beat: @escaping () throws(Stop) -> Void) {
    self.limit = limit
    self.beat = beat
  }

  private var isFull: Bool { text.utf8.count > limit }

  mutating func write(_ value: Value) throws(Stop) {
    try beat()
    switch value {
    case .undefined: text += "undefined"
    case .none: text += "none"
    case .bool(let bool): text += bool ? "true" : "false"
    case .int(let int): text += String(int)
    case .num(let num): text += num.shortestText
    case .str(let string):
      text += try string.string.quoted(
        limit: limit == .max ? .max : max(0, limit - text.utf8.count), beat: beat)
    case .list(let list): try write(list)
    case .record(let record): try write(record)
    case .range(let range):
      text += "\(range.start)..\(range.stop)" + (range.step == 1 ? "" : " by \(range.step)")
    case .shape(let shape): text += shape.text
    case .function(let function): text += function.brief
    case .object(let object): text += (object as? any Displayed)?.text ?? object.brief
    }
  }

  private mutating func write(_ list: List) throws(Stop) {
    text += "["
    for (index, element) in list.elements.enumerated() {
      if index > 0 { text += ", " }
      if isFull {
        text += "…"
        break
      }
      try write(element)
    }
    text += "]"
  }

  private mutating func write(_ record: Record) throws(Stop) {
    // `()` is the empty list.
    guard record.count > 0 else {
      text += "dict()"
      return
    }
    text += "("
    for (index, name) in record.names.enumerated() {
      if index > 0 { text += ", " }
      if isFull {
        text += "…"
        break
      }
      text += (name.isIdentifier ? name : name.quoted()) + "="
      try write(record.values[index])
    }
    text += ")"
  }
}

extension String {
  /// Whether it can be written as a name.
  var isIdentifier: Bool {
    func isLetter(_ byte: UInt8) -> Bool {
      byte == 95 || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
    }
    guard let first = utf8.first, isLetter(first) else { return false }
    return utf8.allSatisfy { isLetter($0) || ($0 >= 48 && $0 <= 57) }
  }
}

extension ShapeValue {
  /// `3x64x64` where that can be written, else `shape(64)`, `shape(0, 3)`.
  public var text: String {
    let canBeToken = sizes.count > 1 && sizes[0] != 0
    let parts = sizes.map(String.init)
    return canBeToken ? parts.joined(separator: "x") : "shape(\(parts.joined(separator: ", ")))"
  }
}
