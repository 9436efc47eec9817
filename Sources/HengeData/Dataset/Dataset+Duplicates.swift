// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage

/// Items of a dataset that show the same image.
public struct DuplicateGroup: Sendable, Equatable {
  /// Where they are in the dataset, in order.
  public let indices: [Int]
  /// Whether all have the same bytes; otherwise some only look alike.
  public let isExact: Bool
}

extension Dataset {
  /// The groups of items that show the same image, in the order of their first items.
  ///
  /// Two are alike if their bytes are, or if their gray values, averaged over 16 x 16 cells,
  /// differ by less than `threshold` of 255 steps in the mean: the same image saved again or
  /// resized, but not another image of the same face. Takes time in proportion to n log n and
  /// to the pairs of nearly equal brightness. Throws `E-range` for a threshold outside 0…255, and what
  /// reading images throws.
  public func duplicates(threshold: Double = 6) throws -> [DuplicateGroup] {
    guard threshold >= 0, threshold <= 255 else {
      throw Failure.badThreshold(threshold)
    }
    var (digests, signatures): ([[UInt8]], [PictureSignature]) = ([], [])
    for block in blocks {
      let pictures = try pictures(block)
      let some = try loader.map(pictures.count) { place in
        (try Dataset.digest(pictures[place]), PictureSignature(pictures[place]))
      }
      digests += some.map(\.0)
      signatures += some.map(\.1)
    }
    var groups = Groups(count: count)
    var firsts: [[UInt8]: Int] = [:]
    for (index, digest) in digests.enumerated() {
      if let first = firsts[digest] { groups.join(first, index) } else { firsts[digest] = index }
    }
    let distinct = firsts.values.sorted()
    for (first, second) in try alike(distinct, signatures, threshold: threshold) {
      groups.join(first, second)
    }
    return groups.members.map { indices in
      DuplicateGroup(
        indices: indices, isExact: indices.allSatisfy { digests[$0] == digests[indices[0]] })
    }
  }

  /// The pairs of `items` whose signatures differ by less than `threshold`.
  private func alike(
    _ items: [Int], _ signatures: [PictureSignature], threshold: Double
  ) throws -> [(Int, Int)] {
    // Means cannot differ by more than the cells do, so only neighbors in brightness are compared.
    let order = items.sorted { (signatures[$0].total, $0) < (signatures[$1].total, $1) }
    let limit = Int((threshold * Double(PictureSignature.cells)).rounded(.up))
    let blockLength = 64
    let found = try loader.map((order.count + blockLength - 1) / blockLength) { block in
      var pairs: [(Int, Int)] = []
      for place in block * blockLength..<min(order.count, (block + 1) * blockLength) {
        let signature = signatures[order[place]]
        for other in order[(place + 1)...] {
          guard signatures[other].total - signature.total < limit else { break }
          if signature.isCloser(than: limit, to: signatures[other]) {
            pairs.append((order[place], other))
          }
        }
      }
      return pairs
    }
    return found.flatMap { $0 }
  }
}

/// An image's gray values averaged over 16 x 16 cells.
struct PictureSignature {
  static let side = 16
  static let cells = side * side
  /// The cells, and the sums over 4 x 4 of them.
  private let fine: [UInt8]
  private let coarse: [Int]
  /// The sum of the cells.
  let total: Int

  init(_ pixels: Pixels) {
    let side = PictureSignature.side
    var fine: [UInt8] = []
    var coarse = [Int](repeating: 0, count: 16)
    fine.reserveCapacity(side * side)
    for row in 0..<side {
      for column in 0..<side {
        let grey = pixels.averageGrey(
          rows: PictureSignature.span(row, of: pixels.height),
          columns: PictureSignature.span(column, of: pixels.width))
        fine.append(UInt8(grey))
        coarse[row / 4 * 4 + column / 4] += grey
      }
    }
    self.fine = fine
    self.coarse = coarse
    total = coarse.reduce(0, +)
  }

  /// The pixels that cell `cell` averages along an axis of `size`; at least one.
  private static func span(_ cell: Int, of size: Int) -> Range<Int> {
    let start = cell * size / side
    return start..<max(start + 1, (cell + 1) * size / side)
  }

  /// Whether the sum of the cells' differences is below `limit`.
  func isCloser(than limit: Int, to other: PictureSignature) -> Bool {
    // A block of cells differs by no more than its cells do: most pairs need no closer look.
    var rough = 0
    for index in 0..<16 { rough += abs(coarse[index] - other.coarse[index]) }
    guard rough < limit else { return false }
    var sum = 0
    for index in 0..<PictureSignature.cells {
      sum += abs(Int(fine[index]) - Int(other.fine[index]))
    }
    return sum < limit
  }
}

extension Pixels {
  /// The mean luma of a region, which must contain a pixel.
  fileprivate func averageGrey(rows: Range<Int>, columns: Range<Int>) -> Int {
    let isGrey = channels < 3
    var sum = 0
    bytes.withUnsafeBufferPointer { bytes in
      for row in rows {
        for column in columns {
          let at = (row * width + column) * channels
          sum +=
            isGrey
            ? Int(bytes[at]) * 1000
            : Int(bytes[at]) * 299 + Int(bytes[at + 1]) * 587 + Int(bytes[at + 2]) * 114
        }
      }
    }
    let weight = rows.count * columns.count * 1000
    return (sum + weight / 2) / weight
  }
}

/// Disjoint sets of `0..<count` that grow together.
private struct Groups {
  private var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  private mutating func root(_ item: Int) -> Int {
    var item = item
    while parents[item] != item {
      parents[item] = parents[parents[item]]
      item = parents[item]
    }
    return item
  }

  /// Puts the sets of `first` and `second` together; the smaller root stays.
  mutating func join(_ first: Int, _ second: Int) {
    let (a, b) = (root(first), root(second))
    parents[max(a, b)] = min(a, b)
  }

  /// The sets of more than one, in the order of their first members.
  var members: [[Int]] {
    var copy = self
    var sets: [Int: [Int]] = [:]
    for item in parents.indices { sets[copy.root(item), default: []].append(item) }
    return sets.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }
}
