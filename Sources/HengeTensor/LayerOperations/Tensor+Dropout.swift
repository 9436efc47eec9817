// SPDX-License-Identifier: MIT
public import HengeBackend

/// Some samples of a batch, which are computed without the others.
///
/// Random numbers that a layer draws for them are those that it would draw in the whole batch.
public struct SampleRange: Sendable, Equatable {
  /// Which samples.
  public let range: Range<Int>
  /// The number of samples in the batch.
  public let total: Int

  /// Samples `range`, one at least, of `total`.
  public init(_ range: Range<Int>, of total: Int) {
    precondition(!range.isEmpty && range.upperBound <= total, "a part of a batch has samples of it")
    self.range = range
    self.total = total
  }

  /// The elements of a sample in a tensor of `count` elements, rounded up.
  func perSample(_ count: Int) -> Int { (count + range.count - 1) / range.count }
}

extension Tensor {
  /// Zeros in place of each element with probability `rate`, the others divided by `1 - rate`, so that
  /// the mean stays.
  ///
  /// [Srivastava et al. 2014] Which ones go depends on `stream` and the order of the elements in
  /// memory alone; it takes as many draws as elements. Those of a part of a batch, `samples`, are drawn as
  /// for the whole batch. Throws `E-range` unless `rate` is in 0..<1.
  public func dropout(
    _ rate: Double, from stream: inout RandomStream, of samples: SampleRange? = nil
  ) throws -> Tensor {
    guard rate >= 0, rate < 1 else {
      throw Failure(
        "E-range", "dropout takes away a part from 0 to less than 1, not \(rate)",
        parameter: "rate")
    }
    guard type.isFloat else {
      throw Failure.wrongType("dropout", type, wants: "f32 and f64", try: "f32(x)")
    }
    if rate == 0 { return self }
    // The mask is drawn again on the way back instead of being kept: it is a function of the stream.
    let drawn = Dropping(rate: rate, stream: stream, samples: samples)
    let order = memoryOrder
    stream.position &+= drawn.draws(for: count)
    return Tensor.record(
      "dropout", from: [self], try dropped(drawn, inOrder: order)
    ) { gradient, _ in [try gradient.dropped(drawn, inOrder: order)] }
  }

  /// Dropout of a tensor's elements: element i in memory uses draw i of `stream`.
  public struct Dropping {
    /// The probability of a zero, in 0..<1.
    public let rate: Double
    /// The stream at the first draw.
    public let stream: RandomStream
    /// The part of a batch that is dropped from; nil for a whole batch.
    public let samples: SampleRange?

    /// Dropout with a rate and a stream.
    public init(rate: Double, stream: RandomStream, samples: SampleRange? = nil) {
      self.rate = rate
      self.stream = stream
      self.samples = samples
    }

    /// How many draws a tensor of `count` elements uses up: those of the whole batch.
    public func draws(for count: Int) -> UInt64 {
      guard let samples else { return UInt64(count) }
      return UInt64(samples.perSample(count)) &* UInt64(samples.total)
    }

    /// The stream at the first draw of the part.
    fileprivate func stream(for count: Int) -> RandomStream {
      guard let samples else { return stream }
      var moved = stream
      moved.position &+=
        UInt64(samples.perSample(count)) &* UInt64(samples.range.lowerBound)
      return moved
    }

    /// The streams of the blocks of rows that a tensor of several batches side by side has, with the rows
    /// of a block; nil where it is one.
    fileprivate func blocks(of shape: Shape, inOrder order: [Int]) -> [RandomStream]? {
      guard let samples, order.first == 0, let rows = shape.sizes.first,
        rows > samples.range.count, rows % samples.range.count == 0
      else { return nil }
      let row = shape.count / rows
      return (0..<rows / samples.range.count).map { block in
        var moved = stream
        moved.position &+=
          UInt64(row) &* UInt64(block * samples.total + samples.range.lowerBound)
        return moved
      }
    }
  }

  /// Drops what was drawn for `result`, in its memory order, or for this tensor itself: in place if
  /// the memory is not shared, otherwise in a copy.
  mutating func drop(_ dropping: Dropping, inOrderOf result: Tensor? = nil) throws {
    let order = result?.memoryOrder ?? memoryOrder
    guard isKnownUniquelyReferenced(&storage), storage.count == count,
      view.inOrder(order).isContiguous, dropping.blocks(of: shape, inOrder: order) == nil
    else {
      self = try dropped(dropping, inOrder: order)
      return
    }
    try backend.dropout(
      view.inOrder(order), rate: dropping.rate, from: dropping.stream(for: count), into: storage)
  }

  /// The elements that draws leave, element i in memory `order` by draw i.
  private func dropped(_ dropping: Dropping, inOrder order: [Int]) throws -> Tensor {
    if let streams = dropping.blocks(of: shape, inOrder: order) {
      let rows = shape[0] / streams.count
      return try Tensor.concatenated(
        streams.enumerated().map { block, stream in
          try selecting([.slice(start: block * rows, stop: (block + 1) * rows, step: nil)])
            .dropped(Dropping(rate: dropping.rate, stream: stream), inOrder: order)
        })
    }
    let result = try Tensor.empty(shape, type, inOrder: order, on: backend)
    try backend.dropout(
      view.inOrder(order), rate: dropping.rate, from: dropping.stream(for: count),
      into: result.storage)
    return result
  }
}

extension OpCheck {
  static let dropout = OpCheck(
    "dropout",
    {
      var stream = RandomStream(seed: 1, name: "dropout")
      return try $0[0].dropout(0.3, from: &stream)
    })
}
