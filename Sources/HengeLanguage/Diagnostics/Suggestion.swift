// SPDX-License-Identifier: MIT

/// Did-you-mean: the one edit distance of the program.
public enum Suggestion {
  /// The candidate most similar to `text`, if one is similar enough.
  ///
  /// Similar means one edit up to five characters, two up to eight, three beyond. An edit inserts,
  /// removes or replaces a character or swaps two adjacent ones. Case is ignored; among equally
  /// similar candidates one with the same first letter wins, then one with the same case, then the
  /// first in byte order.
  public static func closest(
    to text: String, among candidates: some Sequence<String>
  ) -> String? {
    let wanted = Array(text.utf8)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    let folded = wanted.map(small)
    var best: (candidate: String, folded: Int, isFar: Int, exact: Int)?
    for candidate in candidates where candidate != text {
      let bytes = Array(candidate.utf8)
      let longer = max(bytes.count, wanted.count)
      let near = longer <= 2 ? 0 : longer <= 5 ? 1 : longer <= 8 ? 2 : 3
      let limit = min(near, best?.folded ?? near)
      guard let distance = distance(folded, bytes.map(small), limit: limit) else { continue }
      let isFar = bytes.first.map(small) == folded.first ? 0 : 1
      let exact = self.distance(wanted, bytes, limit: 64) ?? 64
      if let best,
        (distance, isFar, exact, candidate)
          >= (best.folded, best.isFar, best.exact, best.candidate)
      {
        continue
      }
      best = (candidate, distance, isFar, exact)
    }
    return best?.candidate
  }

  /// The number of edits from `first` to `second`, if at most `limit`.
  static func distance(_ first: [UInt8], _ second: [UInt8], limit: Int) -> Int? {
    guard abs(first.count - second.count) <= limit else { return nil }
    var beforeLast = [Int](repeating: 0, count: second.count + 1)
    var last = Array(0...second.count)
    var row = last
    for i in 0..<first.count {
      row[0] = i + 1
      var smallest = row[0]
      for j in 0..<second.count {
        let replaced = last[j] + (first[i] == second[j] ? 0 : 1)
        var cost = min(last[j + 1] + 1, row[j] + 1, replaced)
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row[j + 1] = cost
        smallest = min(smallest, cost)
      }
      if smallest > limit { return nil }
      (beforeLast, last, row) = (last, row, beforeLast)
    }
    return last[second.count] <= limit ? last[second.count] : nil
  }

  private static func small(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}
