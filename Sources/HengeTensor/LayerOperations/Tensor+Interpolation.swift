// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// Interpolates feature maps to pixels, `[N, C, P, Q]` → `[N, C, height, width]`.
  ///
  /// Element i of an axis belongs to pixel `start + i · step`. Pixels between two elements are
  /// interpolated linearly; pixels outside have the outermost value. Throws `E-shape` for anything
  /// but a batch of feature maps, `E-range` for sizes below 1 and steps that are not finite and
  /// above 0.
  public func interpolated(
    height: Int, width: Int, rows: (start: Double, step: Double),
    columns: (start: Double, step: Double)
  ) throws -> Tensor {
    try checkMaps("interpolation")
    guard height > 0, width > 0, rows.step > 0, columns.step > 0,
      [rows.start, rows.step, columns.start, columns.step].allSatisfy(\.isFinite)
    else {
      throw Failure(
        "E-range",
        "maps are interpolated to images of 1x1 or more with steps above 0, not \(height)x\(width) with \(rows.step) and \(columns.step)"
      )
    }
    return try resampled(2, .between(shape[2], to: height, rows)).resampled(
      3, .between(shape[3], to: width, columns))
  }
}

extension Resampling {
  /// Pixels between elements at `start + i · step`.
  fileprivate static func between(
    _ size: Int, to outputs: Int, _ place: (start: Double, step: Double)
  ) -> Resampling {
    var sums = Resampling(inputs: size)
    for output in 0..<outputs {
      let wanted = (Double(output) - place.start) / place.step
      let inside = min(max(wanted, 0), Double(size - 1))
      let before = min(Int(inside), size - 1)
      let part = inside - Double(before)
      sums.append([(before, 1 - part), (min(before + 1, size - 1), part)])
    }
    return sums
  }
}
