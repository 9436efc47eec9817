// SPDX-License-Identifier: MIT
public import HengeBackend

/// The way to fit an image of one aspect ratio into another.
public enum PictureFit: String, Sendable, CaseIterable {
  /// Both sides are scaled on their own.
  case stretch
  /// Scaled until it covers the new shape, and cut evenly where it is too long.
  case cover
  /// Scaled until the new shape contains it, and padded evenly with zeros (black, or transparent).
  case contain
}

/// A height and width in pixels.
public struct PictureSize: Sendable, Hashable {
  /// Rows.
  public let height: Int
  /// The width in pixels.
  public let width: Int

  /// A size of its parts.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

/// The size and channels of a dataset's images.
public struct PictureLayout: Sendable, Hashable {
  /// The size; `nil` keeps each image's own.
  public var size: PictureSize?
  /// The way to fit other aspect ratios into `size`.
  public var fit: PictureFit
  /// The resampling filter.
  public var filter: ResizeFilter
  /// The samples of a pixel.
  public var channels: PictureChannels
  /// Whether to apply the EXIF orientation, before anything else.
  public var upright: Bool

  /// A layout from its parts; `size` `nil` keeps each image's own.
  public init(
    size: PictureSize? = nil, fit: PictureFit = .stretch, filter: ResizeFilter = .bicubic,
    channels: PictureChannels = .rgb, upright: Bool = false
  ) {
    self.size = size
    self.fit = fit
    self.filter = filter
    self.channels = channels
    self.upright = upright
  }
}

extension Pixels {
  /// The image in the size, fit and channels of `layout`.
  ///
  /// Channels are converted first, as in `Image.convert(…).resize(…)`. Throws `E-range`, `E-shape`
  /// and `E-memory`.
  public func laidOut(as layout: PictureLayout, budget: MemoryBudget) throws -> Pixels {
    var plans = ResizePlans()
    return try laidOut(as: layout, plans: &plans, budget: budget)
  }

  func laidOut(
    as layout: PictureLayout, plans: inout ResizePlans, budget: MemoryBudget
  ) throws -> Pixels {
    let pixels = try converted(to: layout.channels, budget: budget)
    guard let size = layout.size else { return pixels }
    return try pixels.fitted(
      height: size.height, width: size.width, fit: layout.fit, filter: layout.filter,
      plans: &plans, budget: budget)
  }

  /// The image fitted into `height` x `width`, as in Pillow's `ImageOps.fit` and `pad`.
  ///
  /// Throws `E-range`, `E-shape` and `E-memory`.
  public func fitted(
    height: Int, width: Int, fit: PictureFit, filter: ResizeFilter = .bicubic,
    budget: MemoryBudget
  ) throws -> Pixels {
    var plans = ResizePlans()
    return try fitted(
      height: height, width: width, fit: fit, filter: filter, plans: &plans, budget: budget)
  }

  private func fitted(
    height: Int, width: Int, fit: PictureFit, filter: ResizeFilter, plans: inout ResizePlans,
    budget: MemoryBudget
  ) throws -> Pixels {
    guard !bytes.isEmpty else { throw Failure.emptyPicture("resized") }
    switch fit {
    case .stretch:
      return try resized(
        height: height, width: width, filter: filter, plans: &plans, budget: budget)
    case .cover:
      return try resized(
        height: height, width: width, filter: filter, region: ownSize.covering(height, width),
        plans: &plans, budget: budget)
    case .contain:
      let inner = ownSize.contained(height, width)
      let scaled = try resized(
        height: inner.height, width: inner.width, filter: filter, plans: &plans, budget: budget)
      guard inner != (height, width) else { return scaled }
      try budget.reserve(height * width * channels, for: "padding an image")
      defer { budget.release(height * width * channels) }
      return try scaled.centred(height: height, width: width, budget: budget)
    }
  }

  private var ownSize: PictureSize { PictureSize(height: height, width: width) }
}

extension PictureLayout {
  /// Where the points of an image of `own` size go when it is laid out.
  public func movement(from own: PictureSize) -> AffineMap {
    guard let size else { return .identity }
    func scaled(_ own: Double, to new: Int, from start: Double) -> (factor: Double, shift: Double) {
      let factor = Double(new) / own
      return (factor, (0.5 - start) * factor - 0.5)
    }
    switch fit {
    case .stretch, .cover:
      let region =
        fit == .cover
        ? own.covering(size.height, size.width)
        : PictureRegion(left: 0, top: 0, right: Double(own.width), bottom: Double(own.height))
      let across = scaled(region.right - region.left, to: size.width, from: region.left)
      let down = scaled(region.bottom - region.top, to: size.height, from: region.top)
      return AffineMap(xx: across.factor, x0: across.shift, yy: down.factor, y0: down.shift)
    case .contain:
      let inner = own.contained(size.height, size.width)
      func offset(_ space: Int) -> Double { (Double(space) * 0.5).rounded(.toNearestOrEven) }
      return AffineMap.resized(
        height: own.height, width: own.width, toHeight: inner.height, width: inner.width
      ).then(.moved(x: offset(size.width - inner.width), y: offset(size.height - inner.height)))
    }
  }
}

extension PictureSize {
  /// The largest centred region of the shape `height` x `width`.
  fileprivate func covering(_ height: Int, _ width: Int) -> PictureRegion {
    let ratio = Double(width) / Double(height)
    let own = Double(self.width) / Double(self.height)
    let covered = own >= ratio ? ratio * Double(self.height) : Double(self.width)
    let rows = own >= ratio ? Double(self.height) : Double(self.width) / ratio
    let left = (Double(self.width) - covered) * 0.5
    let top = (Double(self.height) - rows) * 0.5
    return PictureRegion(left: left, top: top, right: left + covered, bottom: top + rows)
  }

  /// The largest size of this picture's shape, at least one pixel each way, inside `height` x `width`.
  fileprivate func contained(_ height: Int, _ width: Int) -> (height: Int, width: Int) {
    let ratio = Double(width) / Double(height)
    let own = Double(self.width) / Double(self.height)
    func rounded(_ side: Double) -> Int { max(1, Int(side.rounded(.toNearestOrEven))) }
    if own > ratio {
      return (rounded(Double(self.height) / Double(self.width) * Double(width)), width)
    }
    if own < ratio {
      return (height, rounded(Double(self.width) / Double(self.height) * Double(height)))
    }
    return (height, width)
  }
}
