// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
public import HengeImage

/// How an image is searched for faces.
public struct DetectionSettings: Sendable {
  /// Pixels that the image is extended by on each side; they repeat its edge.
  public var padding: Int
  /// The ratio of each size of window to the one before, more than 1.
  public var scale: Double
  /// Number of further windows that must agree on a face; 0 returns every window.
  public var neighbors: Int
  /// The width and height of the smallest face; nil for the cascade's window.
  public var smallest: (width: Int, height: Int)?

  /// The defaults are OpenCV's.
  public init(
    padding: Int = 0, scale: Double = 1.1, neighbors: Int = 3,
    smallest: (width: Int, height: Int)? = nil
  ) {
    self.padding = padding
    self.scale = scale
    self.neighbors = neighbors
    self.smallest = smallest
  }

  func check() throws {
    guard (0...10_000).contains(padding) else {
      throw Failure(
        "E-range", "`pad` is \(padding); 0 to 10,000 pixels are possible", parameter: "pad")
    }
    guard scale.isFinite, (1.001...10).contains(scale) else {
      throw Failure(
        "E-range", "`scale` is \(scale); it is a factor of 1.001 to 10", suggestion: "scale=1.1",
        parameter: "scale")
    }
    guard neighbors >= 0 else {
      throw Failure(
        "E-range", "`neighbours` is \(neighbors); it is 0 or more", parameter: "neighbours")
    }
    if let smallest, smallest.width < 1 || smallest.height < 1 {
      throw Failure(
        "E-range", "`smallest` is \(smallest.height)x\(smallest.width); both are 1 or more",
        parameter: "smallest")
    }
  }
}

extension Cascade {
  /// The faces in `image`, largest first; x and y are negative for those that begin in its padding.
  ///
  /// As OpenCV's `detectMultiScale`, with the gray of its `cvtColor`. Throws `E-range`, `E-memory`.
  public func faces(
    in image: Pixels, _ settings: DetectionSettings = DetectionSettings(), budget: MemoryBudget
  ) throws -> [Box] {
    try settings.check()
    let side = 2 * settings.padding
    let area = (image.width + side) * (image.height + side)
    try budget.reserve(2 * area, for: "looking for faces")
    defer { budget.release(2 * area) }
    let gray = GrayImage(image, by: .luma).padded(settings.padding)
    let windows = try windows(in: gray, settings, budget: budget)
    return try BoxGrouping(windows, neighbors: settings.neighbors, budget: budget).boxes
      .compactMap { $0.inside(width: gray.width, height: gray.height) }
      .map { box in
        Box(
          x: box.x - settings.padding, y: box.y - settings.padding, width: box.width,
          height: box.height)
      }
      .sorted(by: Box.isBefore)
  }

  /// The sizes of windows that are looked for, as factors of the cascade's own.
  private func factors(
    width: Int, height: Int, _ settings: DetectionSettings
  ) -> [Float] {
    let smallest = settings.smallest ?? (windowWidth, windowHeight)
    var factors: [Float] = []
    var factor = 1.0
    while rounded(Double(windowWidth) * factor) <= width,
      rounded(Double(windowHeight) * factor) <= height
    {
      let single = Float(factor)
      if rounded(Float(windowWidth) * single) >= smallest.width,
        rounded(Float(windowHeight) * single) >= smallest.height
      {
        factors.append(single)
      }
      factor *= settings.scale
    }
    return factors
  }

  /// Every window that passes all stages.
  private func windows(
    in gray: GrayImage, _ settings: DetectionSettings, budget: MemoryBudget
  ) throws -> [Box] {
    let factors = factors(width: gray.width, height: gray.height, settings)
    guard let first = factors.first else { return [] }
    let largest = (
      width: rounded(Float(gray.width) / first), height: rounded(Float(gray.height) / first)
    )
    let tables = feature == .lbp ? 1 : hasTiltedFeatures ? 3 : 2
    let needed = (largest.width + 1) * (largest.height + 1) * (4 * tables + 1)
    try budget.reserve(needed, for: "looking for faces")
    defer { budget.release(needed) }
    var scan = CascadeScan(self, width: largest.width, height: largest.height)
    var found: [Box] = []
    for factor in factors {
      scan.prepare(gray, factor: factor)
      try scan.run(factor: factor, budget: budget, found: &found)
    }
    return found
  }
}

/// The nearest whole number, the even one of two, as `lrint`.
func rounded(_ value: Double) -> Int { Int(value.rounded(.toNearestOrEven)) }

/// The nearest whole number, the even one of two, as `lrintf`.
func rounded(_ value: Float) -> Int { Int(value.rounded(.toNearestOrEven)) }

extension Box {
  /// The part of it inside an image; nil if there is none.
  public func inside(width imageWidth: Int, height imageHeight: Int) -> Box? {
    let (left, top) = (max(x, 0), max(y, 0))
    let (right, bottom) = (min(x + width, imageWidth), min(y + height, imageHeight))
    guard right > left, bottom > top else { return nil }
    return Box(x: left, y: top, width: right - left, height: bottom - top)
  }
}
