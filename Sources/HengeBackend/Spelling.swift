// SPDX-License-Identifier: MIT

/// The edit distance of two words: single-byte insertions, deletions, replacements and swaps of
/// adjacent bytes.
///
/// Optimal string alignment over UTF-8 bytes; `nil` if it exceeds `limit`.
public func editDistance(_ first: String, _ second: String, limit: Int) -> Int? {
  let a = Array(first.utf8)
  let b = Array(second.utf8)
  guard abs(a.count - b.count) <= limit else { return nil }
  var before = [Int](repeating: 0, count: b.count + 1)
  var above = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    row.reserveCapacity(b.count + 1)
    for j in b.indices {
      var best = min(above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
      row.append(best)
    }
    if let least = row.min(), least > limit { return nil }
    before = above
    above = row
  }
  return above[b.count] <= limit ? above[b.count] : nil
}

/// The one of `names` that is closest to `word`, if a third of its letters or fewer differ.
///
/// Capitals do not count; the first in alphabetical order is taken among equally close ones.
public func nearestName(to word: String, among names: some Sequence<String>) -> String? {
  let limit = word.utf8.count <= 2 ? 0 : max(1, word.utf8.count / 3)
  let lowered = word.lowercased()
  var nearest: (name: String, distance: Int)?
  for name in names {
    guard let distance = editDistance(lowered, name.lowercased(), limit: limit) else { continue }
    if let found = nearest, (found.distance, found.name) <= (distance, name) { continue }
    nearest = (name, distance)
  }
  return nearest?.name
}
