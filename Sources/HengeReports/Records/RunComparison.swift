// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// How the outputs of a run differ from those of an earlier one.
public struct RunComparison: Sendable {
  /// The first difference in a cell.
  public struct Difference: Equatable, Sendable {
    /// The cell, from 1.
    public let cell: Int
    /// The line at which it begins.
    public let line: Int
    /// What differs, such as `the largest difference of a number is 0.01 (0.52, now 0.53)`.
    public let text: String
  }

  /// One for each cell that differs, from the top.
  public private(set) var differences: [Difference] = []
  /// The number of outputs that are the same.
  public private(set) var same = 0
  /// The number of outputs of cells that may differ.
  public private(set) var skipped = 0

  /// Compares a run `now` with `before`, cell by cell.
  public init(of now: [RunLog.Row], with before: [RunLog.Row]) {
    let cells = Set(now.map(\.cell)).union(before.map(\.cell)).sorted()
    for cell in cells {
      let (old, new) = (before.filter { $0.cell == cell }, now.filter { $0.cell == cell })
      if (old + new).contains(where: \.isVolatile) {
        skipped += max(old.count, new.count)
        continue
      }
      let line = (new.first ?? old.first)?.line ?? 1
      if let text = RunComparison.difference(old.map(\.output), new.map(\.output)) {
        differences.append(Difference(cell: cell, line: line, text: text))
      } else {
        same += new.count
      }
    }
  }

  /// What differs between the outputs of a cell; nil if nothing does.
  public static func difference(_ old: [OutputRecord], _ new: [OutputRecord]) -> String? {
    var largest: (size: Double, text: String)?
    for (place, (before, now)) in zip(old, new).enumerated() where before.hash != now.hash {
      let name = old.count == 1 ? "its output" : "output \(place + 1)"
      guard before.kind == now.kind else {
        return "\(name) was \(before.kind.words), now it is \(now.kind.words)"
      }
      if let first = before.picture, let second = now.picture {
        guard first.height == second.height, first.width == second.width,
          first.channels == second.channels
        else { return "\(name) was \(first.words), now it is \(second.words)" }
        let found = zip(first.bytes, second.bytes).map { abs(Int($0) - Int($1)) }
        let count = found.filter { $0 > 0 }.count
        note(
          Double(found.max() ?? 0),
          "in \(name), an image, \(count) of \(found.count) values differ, by at most \(found.max() ?? 0) of 255"
        )
        continue
      }
      let numbers = NumbersInText(before.text).largestDifference(from: NumbersInText(now.text))
      switch numbers {
      case .words:
        let (was, isNow) = firstDifference(before.text, now.text)
        return "\(name) was `\(brief(was))`, now it is `\(brief(isNow))`"
      case .none:
        note(0, "\(name) differs in digits that are not shown: `\(brief(now.text))`")
      case .number(let was, let isNow, let size):
        note(
          size,
          "the largest difference of a number in \(name) is \(text(size)): \(was), now \(isNow)")
      }
    }
    func note(_ size: Double, _ text: String) {
      if largest == nil || size > largest?.size ?? 0 { largest = (size, text) }
    }
    if let largest { return largest.text }
    guard old.count != new.count else { return nil }
    return "it had \(old.count == 1 ? "1 output" : "\(old.count) outputs"), now \(new.count)"
  }

  /// The first lines that differ.
  private static func firstDifference(_ before: String, _ now: String) -> (String, String) {
    func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }
    let (old, new) = (lines(before), lines(now))
    for index in 0..<max(old.count, new.count) {
      let was = index < old.count ? old[index] : ""
      let isNow = index < new.count ? new[index] : ""
      if was != isNow { return (String(was), String(isNow)) }
    }
    return (before, now)
  }

  private static func brief(_ text: String) -> String {
    let line = text.split(separator: "\n").first.map(String.init) ?? ""
    return TextWidth.cut(TextWidth.visible(line), to: 60)
  }

  /// A size in at most four digits.
  private static func text(_ size: Double) -> String {
    Value.num(size).representation(limit: 40)
  }
}

extension OutputRecord.Kind {
  var words: String {
    switch self {
    case .text: "text"
    case .value: "a value"
    case .picture: "an image"
    case .plot: "a plot"
    case .table: "a table"
    case .error: "an error"
    }
  }
}

/// The numbers in a text, and what is between them.
struct NumbersInText {
  private(set) var numbers: [String] = []
  private(set) var words: [String] = [""]

  /// How two texts differ.
  enum Difference: Equatable {
    /// Not at all.
    case none
    /// By more than numbers.
    case words
    /// At most by this.
    case number(was: String, isNow: String, size: Double)
  }

  init(_ text: String) {
    let bytes = Array(text.utf8)
    var index = 0
    var word: [UInt8] = []
    while index < bytes.count {
      if let end = NumbersInText.end(ofNumberAt: index, in: bytes) {
        numbers.append(String(decoding: bytes[index..<end], as: UTF8.self))
        words[words.count - 1] = String(decoding: word, as: UTF8.self)
        words.append("")
        word = []
        index = end
      } else {
        // White space that lines up columns depends on the widths of numbers.
        if bytes[index] != 32 || word.last != 32 { word.append(bytes[index]) }
        index += 1
      }
    }
    words[words.count - 1] = String(decoding: word, as: UTF8.self)
  }

  private static func end(ofNumberAt start: Int, in bytes: [UInt8]) -> Int? {
    func isDigit(_ index: Int) -> Bool { index < bytes.count && (48...57).contains(bytes[index]) }
    func isWord(_ index: Int) -> Bool {
      index >= 0
        && (bytes[index] == 95 || isDigit(index)
          || bytes[index] | 32 >= 97 && bytes[index] | 32 <= 122)
    }
    guard !isWord(start - 1) else { return nil }
    var index = start
    if bytes[index] == 45 { index += 1 }
    guard isDigit(index) else { return nil }
    while isDigit(index) { index += 1 }
    if index < bytes.count, bytes[index] == 46, isDigit(index + 1) {
      index += 1
      while isDigit(index) { index += 1 }
    }
    if index < bytes.count, bytes[index] | 32 == 101 {
      var exponent = index + 1
      if exponent < bytes.count, bytes[exponent] == 43 || bytes[exponent] == 45 { exponent += 1 }
      if isDigit(exponent) {
        while isDigit(exponent) { exponent += 1 }
        index = exponent
      }
    }
    return index
  }

  func largestDifference(from other: NumbersInText) -> Difference {
    guard words == other.words, numbers.count == other.numbers.count else { return .words }
    var largest = Difference.none
    var size = 0.0
    for (was, isNow) in zip(numbers, other.numbers) where was != isNow {
      let difference = abs((Double(was) ?? 0) - (Double(isNow) ?? 0))
      if largest == .none || difference > size {
        size = difference
        largest = .number(was: was, isNow: isNow, size: difference)
      }
    }
    return largest
  }
}
