// SPDX-License-Identifier: MIT
public import HengeBackend

/// A color map: the colors of numbers.
///
/// NaN is mid gray in every map; infinities have the color of their end of the range.
public enum ColourMap: String, Sendable, CaseIterable {
  /// Black for the least to white for the greatest.
  case gray
  /// Blue below zero, white at zero, red above; both sides to the largest distance from zero.
  case signed
  /// Black, purple, red, orange, pale yellow, from the least to the greatest.
  case heat

  /// The colors at equal steps over the range.
  private var stops: [(red: Float, green: Float, blue: Float)] {
    switch self {
    case .gray: [(0, 0, 0), (255, 255, 255)]
    case .signed:
      [(5, 48, 97), (67, 147, 195), (255, 255, 255), (214, 96, 77), (103, 0, 31)]
    case .heat: [(0, 0, 4), (87, 16, 110), (188, 55, 84), (249, 142, 9), (252, 255, 164)]
    }
  }

  /// The range that the finite `values` span, symmetric about zero for ``signed``; 0 to 0 when
  /// there are none.
  public func range(
    of values: ArraySlice<Float>, budget: MemoryBudget
  ) throws -> ClosedRange<Float> {
    var low = Float.infinity
    var high = -Float.infinity
    try values.withUnsafeBufferPointer { values in
      try budget.inStretches(values.count) { stretch in
        for value in values[stretch] where value.isFinite {
          low = min(low, value)
          high = max(high, value)
        }
      }
    }
    guard low <= high else { return 0...0 }
    guard self == .signed else { return low...high }
    let reach = max(low.magnitude, high.magnitude)
    return -reach...reach
  }

  /// The first plane of `planes` as an RGB image, over `range` or the range of its finite values.
  ///
  /// If the range has no width, its only value gets the middle color. Throws `E-shape` without a
  /// plane and `E-memory`.
  public func coloured(
    _ planes: Planes, over range: ClosedRange<Float>? = nil, budget: MemoryBudget
  ) throws -> Pixels {
    guard planes.channels > 0 else { throw Failure.noMaps() }
    let needed = 3 * planes.height * planes.width
    try budget.reserve(needed, for: "colouring a map")
    defer { budget.release(needed) }
    let plane = planes.plane(0)
    let range = try range ?? self.range(of: plane, budget: budget)
    return Pixels(
      height: planes.height, width: planes.width, channels: 3,
      bytes: try colours(plane, over: range, budget: budget))
  }

  /// The colors of `values` over `range`, three bytes each.
  func colours(
    _ values: ArraySlice<Float>, over range: ClosedRange<Float>, budget: MemoryBudget
  ) throws -> [UInt8] {
    let table = self.table
    return try values.withUnsafeBufferPointer { values in
      try budget.makeRows(values.count, of: 3) { index, color in
        let value = values[index]
        let entry = 3 * (value.isNaN ? ColourMap.levels : ColourMap.level(value, in: range))
        for part in 0..<3 { color[part] = table[entry + part] }
      }
    }
  }

  /// Odd, so that the middle of a range has its own level: zero is white in ``signed``.
  private static let levels = 1025

  /// The table's entry for `value`; in double, where no range of floats is too wide or too narrow.
  private static func level(_ value: Float, in range: ClosedRange<Float>) -> Int {
    if value == range.lowerBound, value == range.upperBound { return levels / 2 }
    if value >= range.upperBound { return levels - 1 }
    if value <= range.lowerBound { return 0 }
    let low = Double(range.lowerBound)
    let place = (Double(value) - low) / (Double(range.upperBound) - low)
    return Int((place * Double(levels - 1)).rounded())
  }

  /// Three bytes for each level, and those of NaN.
  private var table: [UInt8] {
    let stops = self.stops
    var bytes: [UInt8] = []
    for level in 0..<ColourMap.levels {
      let place = Float(level) / Float(ColourMap.levels - 1) * Float(stops.count - 1)
      let index = min(stops.count - 2, Int(place))
      let (a, b, t) = (stops[index], stops[index + 1], place - Float(index))
      for (from, to) in [(a.red, b.red), (a.green, b.green), (a.blue, b.blue)] {
        bytes.append(UInt8((from + (to - from) * t).rounded()))
      }
    }
    return bytes + [128, 128, 128]
  }
}

extension Pixels {
  /// The image with `map` overlaid in heat colors, `alpha` 0 (none of it) to 1 (only it).
  ///
  /// The first of the map's planes is resized to the image by bilinear interpolation; the colors
  /// span `range`, or its finite values. The result is RGB. Throws `E-range`, `E-shape` and
  /// `E-memory`.
  public func overlaid(
    with map: Planes, alpha: Double = 0.5, colours: ColourMap = .heat,
    over range: ClosedRange<Float>? = nil, budget: MemoryBudget
  ) throws -> Pixels {
    guard (0...1).contains(alpha) else { throw Failure.overlayAlpha(alpha) }
    guard map.channels > 0 else { throw Failure.noMaps() }
    var rgb = try converted(to: .rgb, budget: budget)
    let planes = try map.resizedFirst(height: height, width: width, budget: budget)
    let heat = try colours.coloured(planes, over: range, budget: budget)
    try rgb.bytes.withUnsafeMutableBufferPointer { bytes in
      try budget.inStretches(bytes.count) { stretch in
        for index in stretch {
          let mixture = Double(bytes[index]) * (1 - alpha) + Double(heat.bytes[index]) * alpha
          bytes[index] = UInt8(mixture.rounded())
        }
      }
    }
    return rgb
  }
}

extension Planes {
  /// The first map at another size, by bilinear interpolation.
  fileprivate func resizedFirst(height: Int, width: Int, budget: MemoryBudget) throws -> Planes {
    let bytes = 4 * height * width
    try budget.reserve(bytes, for: "resizing a map")
    defer { budget.release(bytes) }
    let first = Array(plane(0))
    var resized = [Float](repeating: 0, count: height * width)
    try first.withUnsafeBufferPointer { input in
      try resized.withUnsafeMutableBufferPointer { output in
        try resizePlanes(
          input, planes: 1, from: PictureSize(height: self.height, width: self.width),
          into: output, size: PictureSize(height: height, width: width), filter: .bilinear,
          budget: budget)
      }
    }
    return Planes(channels: 1, height: height, width: width, values: resized)
  }
}
