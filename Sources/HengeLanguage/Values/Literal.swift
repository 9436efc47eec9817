// SPDX-License-Identifier: MIT

extension Value {
  /// The source text of exactly this value; `nil` if text cannot express it, or needs more than
  /// `limit` bytes.
  public func literal(limit: Int = 100_000) -> String? {
    var text = ""
    return write(to: &text, limit) ? text : nil
  }

  private func write(to text: inout String, _ limit: Int) -> Bool {
    guard text.utf8.count <= limit else { return false }
    switch self {
    case .none, .bool, .range, .shape: text += representation
    case .int(let int):
      // The smallest int can be parsed after its minus sign, but not after another operator.
      text += int < 0 ? "(\(int))" : "\(int)"
    case .num(let num):
      guard num.isFinite else { return false }
      text += num.sign == .minus ? "(\(num.shortestText))" : num.shortestText
    case .str(let string):
      guard string.string.utf8.count <= limit else { return false }
      text += string.string.quoted()
    case .list(let list):
      guard list.count <= limit else { return false }
      text += "["
      for (index, element) in list.elements.enumerated() {
        if index > 0 { text += ", " }
        guard element.write(to: &text, limit) else { return false }
      }
      text += "]"
    case .record(let record):
      guard record.count <= limit,
        record.names.allSatisfy({ $0.isIdentifier && Word.bySpelling[$0] == nil })
      else { return false }
      guard record.count > 0 else {
        text += "dict()"
        break
      }
      text += "("
      for (index, name) in record.names.enumerated() {
        text += (index > 0 ? ", " : "") + "\(name)="
        guard record.values[index].write(to: &text, limit) else { return false }
      }
      text += ")"
    case .undefined, .function, .object: return false
    }
    return text.utf8.count <= limit
  }
}
