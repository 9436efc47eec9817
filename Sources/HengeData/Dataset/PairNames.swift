// SPDX-License-Identifier: MIT
import HengeBackend

/// The names of the files of two datasets, to see whether the same belong together.
///
/// A name is compared without folder and ending, and without what all names of its dataset begin
/// and end with, such as `a_001` and `b_001`, where that makes names of both sides the same.
struct PairNames {
  /// What is compared, of each item of A and of B.
  let first: [String]
  let second: [String]
  private let firstFiles: [String]
  private let secondFiles: [String]

  /// The most items of a dataset whose names are compared.
  static let most = 1_000_000

  /// Nil unless every item of both was read from a file, or where there are too many.
  init?(_ first: Dataset, _ second: Dataset) throws {
    guard let one = try PairNames.files(first), let other = try PairNames.files(second) else {
      return nil
    }
    firstFiles = one
    secondFiles = other
    let stems = (one.map(PairNames.stem), other.map(PairNames.stem))
    let cut = (PairNames.withoutCommonParts(stems.0), PairNames.withoutCommonParts(stems.1))
    let isBetter = Set(stems.0).isDisjoint(with: stems.1) && !Set(cut.0).isDisjoint(with: cut.1)
    self.first = isBetter ? cut.0 : stems.0
    self.second = isBetter ? cut.1 : stems.1
  }

  private static func files(_ dataset: Dataset) throws -> [String]? {
    guard (1...most).contains(dataset.count) else { return nil }
    var names: [String] = []
    for index in 0..<dataset.count {
      if index % 1024 == 0 { try dataset.loader.checkInterrupt() }
      let entry = dataset.entries[index]
      guard let file = dataset.sources[Int(entry.source)].items.file(of: Int(entry.index)) else {
        return nil
      }
      names.append(baseName(file))
    }
    return names
  }

  private static func baseName(_ path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map {
      String(path[path.utf8.index(after: $0)...])
    } ?? path
  }

  private static func stem(_ name: String) -> String {
    guard let ending = PictureFormat.ending(of: name) else { return name }
    return String(name.dropLast(ending.count + 1))
  }

  private static func withoutCommonParts(_ names: [String]) -> [String] {
    guard let sample = names.first, names.count > 1 else { return names }
    var (start, end) = (Array(sample.utf8), Array(sample.utf8))
    for name in names {
      start = Array(zip(start, name.utf8).prefix { $0 == $1 }.map(\.0))
      end = Array(zip(end.reversed(), name.utf8.reversed()).prefix { $0 == $1 }.map(\.0).reversed())
    }
    // Digits are part of a number that differs.
    while let last = start.last, (48...57).contains(last) { start.removeLast() }
    while let next = end.first, (48...57).contains(next) { end.removeFirst() }
    return names.map { name in
      let bytes = Array(name.utf8)
      guard bytes.count > start.count + end.count else { return name }
      return String(decoding: bytes[start.count..<bytes.count - end.count], as: UTF8.self)
    }
  }

  /// Names that both have.
  var shared: Set<String> { Set(first).intersection(second) }

  /// A name that occurs twice in `keys`.
  func repeated(_ keys: [String]) -> String? {
    var seen: Set<String> = []
    return keys.first { !seen.insert($0).inserted }
  }

  /// The first names of each side.
  var examples: [String] {
    [("A", firstFiles), ("B", secondFiles)].map { side, files in
      "\(side): \(files.prefix(3).map(quotedPath).joined(separator: ", "))"
    }
  }

  /// Files without a partner, in words.
  var loneExamples: String {
    let shared = shared
    func lone(_ keys: [String], _ files: [String]) -> [String] {
      zip(keys, files).filter { !shared.contains($0.0) }.prefix(2).map { quotedPath($0.1) }
    }
    let names = lone(first, firstFiles) + lone(second, secondFiles)
    return names.isEmpty ? "" : ", such as \(names.joined(separator: ", "))"
  }

  /// Why pairing by position may be wrong; nil where names are the same, position by position.
  var doubt: String? {
    let differing = zip(first, second).enumerated().filter { $0.element.0 != $0.element.1 }
    guard let place = differing.first?.offset, first.count == second.count else { return nil }
    let example = "\(quotedPath(firstFiles[place])) with \(quotedPath(secondFiles[place]))"
    let shared = shared
    let counts = "\(differing.count) of \(counted(first.count, "pair"))"
    if shared.isEmpty {
      return "paired by position: the names of \(counts) differ, such as \(example)"
    }
    return
      "paired by position, but the names of \(counts) differ, such as \(example); "
      + "match=\"name\" pairs the \(counted(shared.count, "name")) that both have, "
      + "match=\"position\" says that this is meant"
  }
}
