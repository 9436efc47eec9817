// SPDX-License-Identifier: MIT

/// A range of bytes in a source text.
public struct Span: Hashable, Sendable {
  /// The first byte.
  public var start: Int
  /// One past the last byte.
  public var end: Int

  /// The bytes from `start` up to, not including, `end`.
  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// The smallest span that contains both.
  public func joined(with other: Span) -> Span {
    Span(min(start, other.start), max(end, other.end))
  }
}

/// A text to run, with its name and where its lines begin.
public final class Source: Sendable {
  /// The name in errors: a path as the user wrote it, `[12]` for entry 12 of the prompt.
  public let name: String
  /// The text in UTF-8, a byte-order mark and carriage returns before newlines removed.
  public let bytes: [UInt8]
  /// The folder that relative paths in this text's own calls refer to; none at the prompt.
  public let folder: String?
  /// The offset of the first byte of each line.
  public let lineStarts: [Int]

  /// A source with the normalized `text` and a `name`.
  public init(name: String, text: [UInt8], folder: String? = nil) {
    let bytes = Source.normalised(text)
    self.name = name
    self.folder = folder
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == 10 { starts.append(offset + 1) }
    lineStarts = starts
  }

  private static func normalised(_ text: [UInt8]) -> [UInt8] {
    let hasMark = text.starts(with: [0xEF, 0xBB, 0xBF])
    guard hasMark || text.contains(13) else { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = hasMark ? 3 : 0
    while index < text.count {
      let isPair = text[index] == 13 && index + 1 < text.count && text[index + 1] == 10
      if !isPair { bytes.append(text[index]) }
      index += 1
    }
    return bytes
  }

  /// The 1-based line and 1-based column (in bytes) of `offset`.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return (low + 1, offset - lineStarts[low] + 1)
  }

  /// The text of `span`, clamped to the source; bytes that are not UTF-8 are replaced.
  public func text(_ span: Span) -> String {
    let start = min(max(0, span.start), bytes.count)
    let end = min(max(start, span.end), bytes.count)
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
