// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// Images whose channels have the histograms of a target's channels.
  ///
  /// An element that is larger than or equal to a part p of its channel's becomes the target's value
  /// at that part, linearly between the target's values, as skimage's `match_histograms`. The order of
  /// elements within a channel is kept.
  ///
  /// Shape: `[C, H, W]` or `[N, C, H, W]`, each image separately, and `[C, h, w]`. Floats keep their
  /// type, others become `f32`; nothing is recorded on the tape. Throws `E-shape` for other shapes and
  /// where there are no pixels, `E-finite` for elements that are not finite.
  public func matchingHistogram(of target: Tensor) throws -> Tensor {
    guard rank == 3 || rank == 4, target.rank == 3, target.shape[0] == shape[rank - 3] else {
      throw Failure(
        "E-shape",
        "histogram_match takes images CxHxW or NxCxHxW and one target of as many channels, not \(shape) and \(target.shape)",
        parameter: rank == 3 || rank == 4 ? "target" : "x")
    }
    guard target.count > 0 else {
      throw Failure("E-shape", "the target \(target.shape) has no pixels", parameter: "target")
    }
    let curves = try (0..<target.shape[0]).map { channel in
      try CumulativeHistogram(target.selecting([.at(channel)]), parameter: "target")
    }
    let channels = shape[rank - 3]
    let type = type.isFloat ? type : .f32
    guard count > 0 else { return try cast(to: type) }
    let planes = try reshaped([count / (shape[rank - 2] * shape[rank - 1])] + shape.sizes.suffix(2))
    let matched = try (0..<planes.shape[0]).map { index in
      let plane = try planes.selecting([.at(index)])
      let own = try CumulativeHistogram(plane, parameter: "x")
      return try own.mapped(plane, onto: curves[index % channels]).cast(to: type)
    }
    return try Tensor.stacked(matched).reshaped(shape.sizes)
  }
}

/// The different values of a channel, and the part of its elements that is at most each.
private struct CumulativeHistogram {
  private(set) var values: [Double] = []
  private(set) var parts: [Double] = []

  init(_ channel: Tensor, parameter: String) throws {
    guard try channel.isFinite() else {
      throw Failure(
        "E-finite",
        "`\(parameter)` has elements that are not finite, which have no place in a histogram",
        parameter: parameter)
    }
    let flat = try channel.detached().cast(to: .f64).reshaped([channel.count])
    let sorted = try flat.sorted(axis: 0).doubles()
    for (index, value) in sorted.enumerated() {
      let part = Double(index + 1) / Double(sorted.count)
      if values.last == value {
        parts[parts.count - 1] = part
      } else {
        values.append(value)
        parts.append(part)
      }
    }
  }

  /// The elements of `channel`, each as the value of `target` at its part.
  func mapped(_ channel: Tensor, onto target: CumulativeHistogram) throws -> Tensor {
    let results = parts.map(target.value(at:))
    let numbers = try channel.doubles().map { results[place(of: $0)] }
    return try Tensor(numbers, channel.shape, on: channel.backend)
  }

  /// The value up to which `part` of the elements are, linearly between the values.
  private func value(at part: Double) -> Double {
    let above = CumulativeHistogram.firstPlace(in: parts) { $0 >= part }
    guard above > 0 else { return values[0] }
    guard above < parts.count else { return values[values.count - 1] }
    let (low, high) = (parts[above - 1], parts[above])
    return values[above - 1]
      + (values[above] - values[above - 1]) * ((part - low) / (high - low))
  }

  private func place(of value: Double) -> Int {
    min(CumulativeHistogram.firstPlace(in: values) { $0 >= value }, values.count - 1)
  }

  /// The first place of an ascending array where `isReached` is true, its count where none does.
  private static func firstPlace(in array: [Double], where isReached: (Double) -> Bool) -> Int {
    var (low, high) = (0, array.count)
    while low < high {
      let middle = low + (high - low) / 2
      if isReached(array[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
