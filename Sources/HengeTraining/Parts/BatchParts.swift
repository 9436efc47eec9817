// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeRanks
internal import HengeTensor

/// The parts that the batch of one step is cut into, and those of them that this process computes.
///
/// A loss is a mean over samples. Each part has its own; their sum in the order of a ``PartTree``,
/// divided by the number of parts, is the batch's. The last batch of an epoch may be smaller: it has
/// fewer parts, of which the last may have fewer samples and then counts by their fraction.
struct BatchParts {
  /// The number of samples.
  let samples: Int
  /// The samples of a full part.
  let size: Int
  /// The number of parts, 1 or more.
  let count: Int
  /// The processes.
  let ranks: any Ranks
  private let shares: PartShares

  /// A batch of `samples`, 1 or more, in parts of `size` samples.
  init(samples: Int, size: Int, among ranks: any Ranks) {
    self.samples = samples
    self.size = max(1, min(size, samples))
    count = max(1, (samples + self.size - 1) / self.size)
    self.ranks = ranks
    shares = PartShares(count, among: ranks.count)
  }

  /// Whether there is more than one part.
  var isCut: Bool { count > 1 }

  /// The parts that this process computes.
  var own: Range<Int> { shares.computed(by: ranks.mine) }

  /// Those of them whose sums it sends: all, or none.
  var sent: Range<Int> { shares.sent(by: ranks.mine) }

  /// The process that sends a part.
  func sender(of part: Int) -> Int {
    (0..<ranks.count).first { shares.sent(by: $0).contains(part) } ?? 0
  }

  /// The nodes of the tree whose sums a process sends.
  func nodes(sentBy rank: Int) -> [Range<Int>] {
    PartTree(count).nodes(in: shares.sent(by: rank))
  }

  /// The samples of a part.
  func range(of part: Int) -> Range<Int> {
    part * size..<min(samples, (part + 1) * size)
  }

  /// The same, for layers that draw; nil where the part is the batch.
  func samples(of part: Int) -> SampleRange? {
    isCut ? SampleRange(range(of: part), of: samples) : nil
  }

  /// What a part's loss is multiplied by; nil for a full part.
  func weight(of part: Int) -> Double? {
    let own = range(of: part).count
    return own == size ? nil : Double(own) / Double(size)
  }

  /// What the sum is divided by.
  var divisor: Double { Double(samples) / Double(size) }

  /// A part's loss as it is added.
  func weighted(_ loss: Tensor, _ part: Int) throws -> Tensor {
    guard let weight = weight(of: part) else { return loss }
    return try loss * .num(weight)
  }

  /// Random numbers of a part, from a stream.
  func draws(_ draws: Draws, of part: Int) -> Draws { Draws(draws.stream, of: samples(of: part)) }
}
