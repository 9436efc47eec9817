// SPDX-License-Identifier: MIT
internal import HengeBackend

// What ordering elements shows: quantiles, the largest few. Gradients go to the elements chosen.

extension Tensor {
  /// The quantile `level` (0...1) along `axis`, or of all elements where nil.
  ///
  /// Between two elements it is interpolated linearly, as by numpy's default. `f64` of `f64`,
  /// otherwise `f32`; NaN where one of the elements is. Throws `E-range` for another level and
  /// `E-shape` where there is no element.
  public func quantile(_ level: Double, axis: Int? = nil) throws -> Tensor {
    guard level >= 0, level <= 1 else {
      throw Failure(
        "E-range", "`q` must be 0 to 1, not \(level)", parameter: "q")
    }
    guard let axis else { return try reshaped([count]).quantile(level, axis: 0) }
    let place = try self.axis(axis)
    let length = shape[place]
    guard length > 0 else {
      throw Failure.nothingToReduce("quantile", shape, axes: [place])
    }
    let exact = try cast(to: type == .f32 || type == .f64 ? type : .f64)
    let ordered = try exact.sorted(axis: axis)
    func element(_ index: Int) throws -> Tensor {
      try ordered.selecting([TensorIndex](repeating: .all, count: place) + [.at(index)])
    }
    let position = level * Double(length - 1)
    let below = min(Int(position), length - 1)
    let part = position - Double(below)
    let low = try element(below)
    var result = low
    if part > 0 {
      let high = try element(below + 1)
      // From the nearer side, so that infinite neighbors and equal ones come out exact.
      result =
        part < 0.5
        ? try low + (high - low) * .num(part) : try high - (high - low) * .num(1 - part)
    }
    // NaN is ordered last.
    let last = try element(length - 1).detached()
    let isNumber = try Tensor.compare(.equal, .tensor(last), .tensor(last))
    result = try Tensor.choose(isNumber, .tensor(result), .scalar(.num(.nan)))
    return type == .f64 ? result : try result.cast(to: .f32)
  }

  /// The quantiles at `levels`, along a new first axis.
  public func quantile(_ levels: [Double], axis: Int? = nil) throws -> Tensor {
    try Tensor.stacked(try levels.map { try quantile($0, axis: axis) })
  }

  /// The median: the middle element, or the mean of the two in the middle.
  public func median(axis: Int? = nil) throws -> Tensor { try quantile(0.5, axis: axis) }

  /// The `count` largest elements along `axis` and their positions (`i64`), the largest first; the
  /// smallest first where `descending` is false.
  ///
  /// NaN comes last. Throws `E-range` where the axis is shorter.
  public func largest(_ count: Int, axis: Int = -1, descending: Bool = true) throws -> (
    values: Tensor, indices: Tensor
  ) {
    let place = try self.axis(axis)
    guard count >= 0, count <= shape[place] else {
      throw Failure(
        "E-range",
        "`k` is \(count), but axis \(axis) of \(shape) has \(shape[place]) elements",
        parameter: "k")
    }
    let first =
      [TensorIndex](repeating: .all, count: place)
      + [.slice(start: 0, stop: count, step: nil)]
    let indices = try detached().argsorted(axis: axis, descending: descending).selecting(first)
    return (try gathered(indices, axis: axis), indices)
  }
}
