// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeRanks
internal import HengeTensor

/// Adds the sums of all processes to the same total on each.
///
/// Tensors go in slices: a process is sent its slice of every node of the tree, adds them in the tree's
/// order, and sends the sum to all, so that each moves twice the size of the gradients, however many
/// they are. Sums of outer products go whole, being small.
struct SumExchange {
  /// The most elements that go at once.
  private static let bucket = 4 << 20

  private let parts: BatchParts
  /// Tensors of the shape and type of each entry.
  private let models: [Tensor]
  private let place: String

  /// An exchange of sums whose entries are like `models`.
  init(_ parts: BatchParts, like models: [Tensor], at place: String) {
    (self.parts, self.models, self.place) = (parts, models, place)
  }

  private var ranks: any Ranks { parts.ranks }

  /// The total of all sums, those of this process being `nodes`, which are used up.
  ///
  /// Throws what ``Ranks`` throws, and `E-memory`.
  func total(_ nodes: [PartSum]) throws -> PartSum {
    let total = PartSum(entries: models.map { _ in nil })
    let isSliced = try slicedEntries(nodes)
    for index in models.indices where !isSliced[index] {
      total.entries[index] = try wholeTotal(index, nodes)
    }
    for bucket in buckets(models.indices.filter { isSliced[$0] }) {
      try addSlices(of: bucket, nodes, to: total)
    }
    return total
  }

  /// Which entries are tensors in all nodes of all processes.
  private func slicedEntries(_ nodes: [PartSum]) throws -> [Bool] {
    let mine = models.indices.map { index -> UInt8 in
      let isPlain = nodes.allSatisfy {
        if case .tensor(let tensor)? = $0.entries[index] {
          return tensor.type == models[index].type
        }
        return false
      }
      return isPlain ? 1 : 0
    }
    let all = try ranks.gather(mine, at: "\(place), kinds of gradients")
    return models.indices.map { index in all.allSatisfy { $0[index] == 1 } }
  }

  /// Entries of one type whose elements go together.
  private func buckets(_ entries: [Int]) -> [[Int]] {
    var buckets: [[Int]] = []
    var size = 0
    for index in entries {
      let count = models[index].count
      let isSame = buckets.last?.last.map { models[$0].type == models[index].type } ?? false
      if !isSame || size + count > Self.bucket {
        buckets.append([])
        size = 0
      }
      buckets[buckets.count - 1].append(index)
      size += count
    }
    return buckets
  }

  // MARK: Slices

  private func addSlices(of entries: [Int], _ nodes: [PartSum], to total: PartSum) throws {
    let type = models[entries[0]].type
    let count = entries.reduce(0) { $0 + models[$1].count }
    func slice(_ rank: Int) -> Range<Int> {
      let ends = [rank, rank + 1].map { $0 * count / ranks.count * type.size }
      return ends[0]..<ends[1]
    }
    let bytes = try nodes.map { node -> [UInt8] in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(count * type.size)
      for index in entries {
        try node.entries[index].take()?.tensor().withBytes { bytes += $0 }
      }
      return bytes
    }
    let received = try ranks.exchange(
      (0..<ranks.count).map { rank in Self.joined(bytes.map { $0[slice(rank)] }) },
      at: "\(place), gradients")
    let size = slice(ranks.mine).count
    var sums = PartTree.Sums<ArraySlice<UInt8>> { left, right in
      var sum = left
      Self.add(right, to: &sum, type)
      return sum
    }
    for rank in 0..<ranks.count {
      for (position, node) in parts.nodes(sentBy: rank).enumerated() {
        try sums.push(node, received[rank][(position * size)..<((position + 1) * size)])
      }
    }
    let mine = try sums.finish(upTo: parts.count)
    precondition(mine.count == 1, "the nodes of all processes make the whole tree")
    let all = try ranks.gather(Array(mine[0].value), at: "\(place), sums of gradients")
    let whole = Self.joined(all.map { $0[...] })
    var start = 0
    for index in entries {
      let model = models[index]
      let end = start + model.byteCount
      total.entries[index] = .tensor(
        try Tensor(bytesOf: model.type, model.shape, on: model.backend) {
          $0.copyBytes(from: whole[start..<end])
        })
      start = end
    }
  }

  /// Adds elements to others, each alone: the same bytes as when tensors are added.
  private static func add(
    _ right: ArraySlice<UInt8>, to left: inout ArraySlice<UInt8>, _ type: ElementType
  ) {
    right.withUnsafeBytes { right in
      left.withUnsafeMutableBytes { left in
        if type == .f64 {
          add(right, to: left, Double.self)
        } else {
          add(right, to: left, Float.self)
        }
      }
    }
  }

  private static func add<Number: FloatingPoint & BitwiseCopyable>(
    _ right: UnsafeRawBufferPointer, to left: UnsafeMutableRawBufferPointer, _: Number.Type
  ) {
    // Elements begin at multiples of their size in arrays, which are aligned to more.
    let right = right.bindMemory(to: Number.self)
    let left = left.bindMemory(to: Number.self)
    for index in left.indices { left[index] += right[index] }
  }

  /// One array after the other, copied whole.
  private static func joined(_ slices: [ArraySlice<UInt8>]) -> [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(slices.reduce(0) { $0 + $1.count })
    for slice in slices { all += slice }
    return all
  }

  // MARK: Whole entries

  /// The total of an entry that some process has as outer products or not at all.
  private func wholeTotal(_ index: Int, _ nodes: [PartSum]) throws -> GradientSum? {
    let mine = try nodes.reduce(into: [UInt8]()) { bytes, node in
      try Self.write(node.entries[index].take(), to: &bytes)
    }
    var messages = try ranks.gather(mine, at: "\(place), products of gradients").map { $0[...] }
    var sums = PartTree.Sums<PartSum> { left, right in
      try left.add(right)
      return left
    }
    for rank in 0..<ranks.count {
      for node in parts.nodes(sentBy: rank) {
        try sums.push(node, PartSum(entries: [read(&messages[rank], like: models[index])]))
      }
    }
    return try sums.finish(upTo: parts.count).first?.value.entries[0]
  }

  private static func write(_ sum: GradientSum?, to bytes: inout [UInt8]) throws {
    func write(_ number: Int) { withUnsafeBytes(of: number) { bytes += $0 } }
    guard let sum else { return write(-1) }
    guard let factors = sum.factors else {
      write(0)
      return try sum.tensor().withBytes { bytes += $0 }
    }
    write(factors.count)
    for (left, right) in factors {
      write(left.shape[1])
      for factor in [left, right] { try factor.withBytes { bytes += $0 } }
    }
  }

  private func read(_ bytes: inout ArraySlice<UInt8>, like model: Tensor) throws -> GradientSum? {
    func number() -> Int {
      defer { bytes = bytes.dropFirst(MemoryLayout<Int>.size) }
      return bytes.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
    }
    func tensor(_ sizes: [Int]) throws -> Tensor {
      let shape = try Shape(sizes)
      let own = bytes.prefix(shape.count * model.type.size)
      bytes = bytes.dropFirst(own.count)
      return try Tensor(bytesOf: model.type, shape, on: model.backend) { $0.copyBytes(from: own) }
    }
    let count = number()
    guard count >= 0 else { return nil }
    guard count > 0 else { return .tensor(try tensor(model.shape.sizes)) }
    let (rows, columns) = (model.shape[0], model.shape.count / model.shape[0])
    let factors = try (0..<count).map { _ in
      let rank = number()
      return (left: try tensor([rows, rank]), right: try tensor([rank, columns]))
    }
    return GradientSum(factors, model.shape)
  }
}
