// SPDX-License-Identifier: MIT

/// Did-you-mean: the one edit distance of the program.
public enum Suggestion {
  /// The candidate nearest to `text`, if one is near enough to be meant.
  ///
  /// Near is a third of the length: one edit up to five characters, two up to eight, three beyond.
  /// An edit inserts, removes or replaces a character or swaps two neighbours; changing between
  /// large and small letters counts half. Of equals the first in byte order is taken.
  public static func closest(
    to text: String, among candidates: some Sequence<String>
  ) -> String? {
    let wanted = Array(text.utf8)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates where candidate != text {
      let bytes = Array(candidate.utf8)
      let longer = max(bytes.count, wanted.count)
      var limit = 2 * (longer <= 2 ? 0 : longer <= 5 ? 1 : longer <= 8 ? 2 : 3)
      if longer <= 2 { limit = 1 }
      if let best { limit = min(limit, best.distance) }
      guard let distance = distance(wanted, bytes, limit: limit) else { continue }
      if let current = best,
        distance > current.distance
          || (distance == current.distance && candidate > current.candidate)
      {
        continue
      }
      best = (candidate, distance)
    }
    return best?.candidate
  }

  /// Twice the number of edits from `first` to `second`, if at most `limit`.
  static func distance(_ first: [UInt8], _ second: [UInt8], limit: Int) -> Int? {
    guard abs(first.count - second.count) * 2 <= limit else { return nil }
    let columns = second.count + 1
    var beforeLast = [Int](repeating: 0, count: columns)
    var last = (0..<columns).map { $0 * 2 }
    var row = last
    for i in 0..<first.count {
      row[0] = (i + 1) * 2
      var smallest = row[0]
      for j in 0..<second.count {
        var cost = min(last[j + 1] + 2, row[j] + 2, last[j] + replacing(first[i], second[j]))
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
          cost = min(cost, beforeLast[j - 1] + 2)
        }
        row[j + 1] = cost
        smallest = min(smallest, cost)
      }
      if smallest > limit { return nil }
      (beforeLast, last, row) = (last, row, beforeLast)
    }
    return last[second.count] <= limit ? last[second.count] : nil
  }

  private static func replacing(_ first: UInt8, _ second: UInt8) -> Int {
    if first == second { return 0 }
    let isLetter = first | 0x20 >= UInt8(ascii: "a") && first | 0x20 <= UInt8(ascii: "z")
    return isLetter && first ^ second == 0x20 ? 1 : 2
  }
}
