// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// Zeros in place of each element with probability `rate`, the others divided by `1 - rate`, so that
  /// the mean stays.
  ///
  /// [Srivastava et al. 2014] Which ones go depends on `stream` and the order of the elements in
  /// memory alone; it takes as many draws as elements. Throws `E-range` unless `rate` is in 0..<1.
  public func dropout(_ rate: Double, from stream: inout RandomStream) throws -> Tensor {
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
    let drawn = stream
    let order = memoryOrder
    stream.position &+= UInt64(count)
    return Tensor.record(
      "dropout", from: [self], try dropped(rate, by: drawn, inOrder: order)
    ) { gradient, _ in [try gradient.dropped(rate, by: drawn, inOrder: order)] }
  }

  /// Dropout of a tensor's elements: element i in memory uses draw i of `stream`.
  public struct Dropping {
    /// The probability of a zero, in 0..<1.
    public let rate: Double
    /// The stream at the first draw.
    public let stream: RandomStream

    /// Dropout with a rate and a stream.
    public init(rate: Double, stream: RandomStream) {
      self.rate = rate
      self.stream = stream
    }
  }

  /// Drops what was drawn for `result`, in its memory order, or for this tensor itself: in place if
  /// the memory is not shared, otherwise in a copy.
  mutating func drop(_ dropping: Dropping, inOrderOf result: Tensor? = nil) throws {
    let order = result?.memoryOrder ?? memoryOrder
    guard isKnownUniquelyReferenced(&storage), storage.count == count,
      view.inOrder(order).isContiguous
    else {
      self = try dropped(dropping.rate, by: dropping.stream, inOrder: order)
      return
    }
    try backend.dropout(
      view.inOrder(order), rate: dropping.rate, from: dropping.stream, into: storage)
  }

  /// The elements that draws leave, element i in memory `order` by draw i.
  private func dropped(_ rate: Double, by stream: RandomStream, inOrder order: [Int]) throws
    -> Tensor
  {
    let result = try Tensor.empty(shape, type, inOrder: order, on: backend)
    try backend.dropout(view.inOrder(order), rate: rate, from: stream, into: result.storage)
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
