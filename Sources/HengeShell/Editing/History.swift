// SPDX-License-Identifier: MIT

/// The entries of this session and of earlier ones, oldest first.
struct History {
  /// The most entries that are kept in memory.
  static let limit = 10_000

  private(set) var entries: [String] = []

  /// Adds an entry; whether it is worth keeping: not empty, begun by no blank, not the last again.
  @discardableResult
  mutating func add(_ entry: String) -> Bool {
    guard let first = entry.unicodeScalars.first, first != " ", first != "\n", first != "\t",
      entry != entries.last
    else { return false }
    entries.append(entry)
    // Entries leave in hundreds: moving all of them for each would take its time.
    if entries.count > History.limit + 100 { entries.removeFirst(100) }
    return true
  }

  /// The nearest entry before `index` (`direction` -1) or after it (1) that `matches`.
  func nearest(to index: Int, _ direction: Int, where matches: (String) -> Bool) -> Int? {
    var index = index + direction
    while entries.indices.contains(index) {
      if matches(entries[index]) { return index }
      index += direction
    }
    return nil
  }
}
