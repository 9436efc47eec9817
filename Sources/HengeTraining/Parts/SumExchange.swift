// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeRanks
internal import HengeTensor

/// Adds the sums of all processes to the same total on each.
///
/// Entries go in buckets, one after the other, as soon as all sums of a bucket are there: while a backward
/// pass still computes others. All processes send the same buckets in the same order. Tensors go in
/// slices, by ``SumBucket``; sums of outer products go whole, being small.
final class SumExchange {
  /// The elements that are enough for a bucket: 8 MB of float32.
  private static let enough = 2 << 20

  private let parts: BatchParts
  /// Tensors of the shape and type of each entry.
  private let models: [Tensor]
  private let place: String
  private let buckets: [SumBucket]
  /// The bucket of each entry, and its place in it.
  private let places: [(bucket: Int, index: Int)]
  /// The number of buckets that were sent.
  private var sent = 0
  /// Sums that are no tensors, of each node of this process.
  private var others: [Int: [GradientSum?]] = [:]
  /// The entries in the order in which they came.
  private(set) var order: [Int] = []

  /// An exchange of sums whose entries are like `models`, in the order `order`, the same for all processes.
  init(_ parts: BatchParts, like models: [Tensor], order: [Int], at place: String) {
    (self.parts, self.models, self.place) = (parts, models, place)
    var groups: [[Int]] = []
    var size = Self.enough
    for entry in order {
      let isSame = groups.last?.last.map { models[$0].type == models[entry].type } ?? false
      if !isSame || size >= Self.enough {
        groups.append([])
        size = 0
      }
      groups[groups.count - 1].append(entry)
      size += models[entry].count
    }
    buckets = groups.map { group in
      SumBucket(group.map { models[$0].count }, models[group[0]].type, group)
    }
    var places = models.map { _ in (bucket: 0, index: 0) }
    for (bucket, group) in groups.enumerated() {
      for (index, entry) in group.enumerated() { places[entry] = (bucket, index) }
    }
    self.places = places
  }

  private var ranks: any Ranks { parts.ranks }

  /// Whether the sums of an entry are there.
  func has(_ entry: Int) -> Bool {
    let (bucket, index) = places[entry]
    return buckets[bucket].has[index]
  }

  /// Takes the sums of an entry, of each node of this process, and sends what can be sent.
  ///
  /// Throws what ``Ranks`` throws.
  func take(_ entry: Int, _ nodes: [GradientSum?]) throws {
    let (bucket, index) = places[entry]
    order.append(entry)
    let type = models[entry].type
    let tensors = nodes.compactMap { node -> Tensor? in
      if case .tensor(let tensor)? = node, tensor.type == type { tensor } else { nil }
    }
    let isPlain = tensors.count == nodes.count
    if !isPlain { others[entry] = nodes }
    try buckets[bucket].take(
      index, isPlain ? tensors.map { try $0.withBytes { [UInt8]($0) } } : nil)
    while sent < buckets.count, buckets[sent].isFull {
      let (bucket, parts, place) = (buckets[sent], parts, place)
      sent += 1
      try ranks.beside { try bucket.exchange(parts, at: place) }
    }
  }

  /// The total of all entries, which all were taken.
  ///
  /// Throws what ``Ranks`` throws, and `E-memory`.
  func total() throws -> PartSum {
    try ranks.joined()
    let total = PartSum(entries: models.map { _ in nil })
    for bucket in buckets {
      for (index, entry) in bucket.entries.enumerated() {
        let model = models[entry]
        if let bytes = bucket.totals[index] {
          total.entries[entry] = .tensor(try tensor(of: bytes[...], like: model))
          continue
        }
        // Some process has outer products.
        let own =
          try others[entry]
          ?? bucket.own[index]?.map {
            .tensor(try tensor(of: $0[...], like: model))
          }
        total.entries[entry] = try wholeTotal(entry, own ?? [])
      }
      bucket.end()
    }
    return total
  }

  private func tensor(of bytes: ArraySlice<UInt8>, like model: Tensor) throws -> Tensor {
    try Tensor(bytesOf: model.type, model.shape, on: model.backend) { $0.copyBytes(from: bytes) }
  }

  // MARK: Whole entries

  /// The total of an entry that some process has as outer products or not at all.
  private func wholeTotal(_ index: Int, _ nodes: [GradientSum?]) throws -> GradientSum? {
    let mine = try nodes.reduce(into: [UInt8]()) { bytes, node in
      try Self.write(node, to: &bytes)
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

/// The orders in which a trainer's gradients are sent, by turns: those in which backward passes complete them.
final class SendingOrders {
  private var known: [String: [Int]] = [:]

  /// Whether the order of `count` gradients was seen.
  func isKnown(_ turn: String, _ count: Int) -> Bool { known[turn]?.count == count }

  /// The order of `count` gradients; from the last to the first until one was seen.
  func order(_ turn: String, _ count: Int) -> [Int] {
    if let order = known[turn], order.count == count { return order }
    return (0..<count).reversed()
  }

  /// Keeps the order that rank 0 saw.
  ///
  /// Throws what ``Ranks`` throws.
  func keep(_ own: [Int], _ turn: String, _ ranks: any Ranks, at place: String) throws {
    let bytes = own.flatMap { entry in withUnsafeBytes(of: entry) { [UInt8]($0) } }
    let first = try ranks.gather(bytes, at: "\(place), their order")[0]
    let order = first.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int.self) }
    }
    guard Set(order) == Set(0..<own.count), order.count == own.count else { return }
    known[turn] = order
  }
}
