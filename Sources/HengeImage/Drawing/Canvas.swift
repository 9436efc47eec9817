// SPDX-License-Identifier: MIT
internal import CHengeCairo
public import HengeBackend

/// An image being drawn with cairo: antialiased paths, gradients, clipping and text.
///
/// It begins transparent. An error (a coordinate that is not finite, cairo out of memory) does not
/// stop the drawing at once: every later call does nothing, and ``pixels(alpha:)`` throws. A canvas
/// belongs to one thread; equal calls produce equal bytes on any thread.
public final class Canvas {
  /// The width in pixels.
  public let width: Int
  /// Rows.
  public let height: Int
  let context: OpaquePointer
  let surface: OpaquePointer
  let budget: MemoryBudget
  private let reserved: Int
  private var sawBadNumber = false

  /// The longest side cairo draws.
  static let largestSide = 32_767

  /// A transparent canvas; throws `E-range` for an impossible size and `E-memory` beyond `budget`.
  public init(width: Int, height: Int, budget: MemoryBudget) throws {
    guard (1...Canvas.largestSide).contains(width), (1...Canvas.largestSide).contains(height) else {
      throw Failure.canvasSize(width: width, height: height, largest: Canvas.largestSide)
    }
    try openCairo()
    // Four bytes a pixel here, and as many for the copy that is handed out.
    let bytes = width * height * 8
    try budget.reserve(bytes, for: "a drawing of \(width) x \(height) pixels")
    guard
      let surface = cairo.image_surface_create(CAIRO_FORMAT_ARGB32, Int32(width), Int32(height)),
      let context = cairo.create(surface)
    else { preconditionFailure("cairo answers a failed creation with an object in error") }
    self.width = width
    self.height = height
    self.surface = surface
    self.context = context
    self.budget = budget
    reserved = bytes
    try check()
  }

  /// A canvas on a surface that draws elsewhere, `width` x `height` units.
  init(
    on surface: OpaquePointer, _ context: OpaquePointer, width: Int, height: Int,
    budget: MemoryBudget
  ) throws {
    self.width = width
    self.height = height
    self.surface = surface
    self.context = context
    self.budget = budget
    reserved = 0
    try check()
  }

  deinit {
    cairo.destroy(context)
    cairo.surface_destroy(surface)
    budget.release(reserved)
  }

  /// Throws what went wrong since the canvas was made.
  func check() throws {
    guard !sawBadNumber else { throw Failure.coordinateNotFinite() }
    let status = cairo.status(context)
    guard status == CAIRO_STATUS_SUCCESS else { throw Failure.drawing(status) }
  }

  /// The number if cairo's fixed-point coordinates can represent it, else 0 with the canvas in
  /// error.
  func checked(_ number: Double) -> Double {
    if number.magnitude <= 1e6 { return number }
    sawBadNumber = true
    return 0
  }
}

// MARK: - State

extension Canvas {
  /// Draws with `body` and then puts back the clip and the transform of before.
  public func saving<T>(_ body: () throws -> T) rethrows -> T {
    cairo.save(context)
    defer { cairo.restore(context) }
    return try body()
  }

  /// Prepends `transform` to the current transform: later coordinates pass through it first.
  public func transform(_ transform: Transform) {
    var matrix = cairo_matrix_t(
      xx: checked(transform.xx), yx: checked(transform.yx), xy: checked(transform.xy),
      yy: checked(transform.yy), x0: checked(transform.x0), y0: checked(transform.y0))
    cairo.transform(context, &matrix)
  }

  /// Draws with `body` in a third less time: 4 x 4 samples a pixel where it would be 15 x 17, and
  /// curves in straight pieces up to a quarter of a pixel off.
  public func coarsely(_ body: () throws -> Void) rethrows {
    try saving {
      cairo.set_antialias(context, CAIRO_ANTIALIAS_FAST)
      cairo.set_tolerance(context, 0.25)
      try body()
    }
  }

  /// Draws with `body` and keeps only the part inside `path`.
  ///
  /// The drawing goes to a separate layer that is blended through `path` at the end: there is one
  /// blend at the edge, and many shapes cost no more than without it (a clip would cut each
  /// separately).
  public func inside(_ path: Path, _ body: () throws -> Void) rethrows {
    cairo.save(context)
    defer { cairo.restore(context) }
    trace(path)
    var (left, top, right, bottom) = (0.0, 0.0, 0.0, 0.0)
    cairo.save(context)
    cairo.identity_matrix(context)
    cairo.path_extents(context, &left, &top, &right, &bottom)
    // Whole pixels, so that the layer is no larger than it must be and its edge cuts nothing.
    cairo.new_path(context)
    let x = left.rounded(.down) - 1
    let y = top.rounded(.down) - 1
    cairo.rectangle(context, x, y, right.rounded(.up) + 1 - x, bottom.rounded(.up) + 1 - y)
    cairo.restore(context)
    cairo.clip(context)
    cairo.push_group(context)
    defer {
      cairo.pop_group_to_source(context)
      trace(path)
      cairo.fill(context)
    }
    try saving(body)
  }
}

// MARK: - Shapes

extension Canvas {
  /// Fills the whole clip.
  public func fill(_ paint: Paint) {
    use(paint) { cairo.paint(context) }
  }

  /// Fills the inside of `path` (nonzero winding).
  public func fill(_ path: Path, _ paint: Paint) {
    trace(path)
    use(paint) { cairo.fill(context) }
  }

  /// Fills the inside of `path` with one color.
  public func fill(_ path: Path, _ colour: Colour) { fill(path, .colour(colour)) }

  /// Draws along `path` with round ends and joins, `width` units of the current transform wide.
  ///
  /// `dashes` are the lengths of its dashes and gaps in turn; none for a solid line.
  public func stroke(_ path: Path, _ paint: Paint, width: Double, dashes: [Double] = []) {
    trace(path)
    cairo.set_dash(context, dashes.map(checked), Int32(dashes.count), 0)
    cairo.set_line_width(context, checked(width))
    cairo.set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    cairo.set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    use(paint) { cairo.stroke(context) }
  }

  /// Draws along `path` in one color.
  public func stroke(_ path: Path, _ colour: Colour, width: Double) {
    stroke(path, .colour(colour), width: width)
  }

  private func trace(_ path: Path) {
    cairo.new_path(context)
    for step in path.steps {
      switch step {
      case .move(let p): cairo.move_to(context, checked(p.x), checked(p.y))
      case .line(let p): cairo.line_to(context, checked(p.x), checked(p.y))
      case .curve(let a, let b, let p):
        cairo.curve_to(
          context, checked(a.x), checked(a.y), checked(b.x), checked(b.y), checked(p.x),
          checked(p.y))
      case .close: cairo.close_path(context)
      }
    }
  }

  func use(_ paint: Paint, _ draw: () -> Void) {
    switch paint {
    case .colour(let colour):
      cairo.set_source_rgba(context, colour.red, colour.green, colour.blue, colour.alpha)
      draw()
    case .linear(let from, let to, let stops):
      let pattern = cairo.pattern_create_linear(
        checked(from.x), checked(from.y), checked(to.x), checked(to.y))
      use(pattern, stops, draw)
    case .radial(let centre, let radius, let stops):
      let (x, y) = (checked(centre.x), checked(centre.y))
      use(cairo.pattern_create_radial(x, y, 0, x, y, checked(radius)), stops, draw)
    }
  }

  private func use(
    _ pattern: OpaquePointer?, _ stops: [(at: Double, colour: Colour)], _ draw: () -> Void
  ) {
    for (at, colour) in stops {
      cairo.pattern_add_color_stop_rgba(
        pattern, at, colour.red, colour.green, colour.blue, colour.alpha)
    }
    cairo.set_source(context, pattern)
    cairo.pattern_destroy(pattern)
    draw()
  }
}

extension Canvas {
  /// Airbrush: an ellipse around `centre` that is `colour` inside and fades smoothly to nothing.
  ///
  /// It is rotated by `rotation` degrees clockwise.
  public func airbrush(
    _ centre: Point, _ radiusX: Double, _ radiusY: Double, _ colour: Colour, rotation: Double = 0
  ) {
    saving {
      transform(
        Transform.translation(centre).after(.rotation(degrees: rotation))
          .after(.scale(radiusX, radiusY)))
      let stops = Canvas.falloff.map {
        (at: $0.at, colour: colour.with(alpha: colour.alpha * $0.opacity))
      }
      let paint = Paint.radial(centre: Point(0, 0), radius: 1, stops: stops)
      use(paint) {
        // The color is fully transparent outside the circle, so whole pixels may be filled, which
        // is much faster: the box of the circle's image.
        var map = cairo_matrix_t()
        cairo.get_matrix(context, &map)
        let halfWidth = (map.xx * map.xx + map.xy * map.xy).squareRoot()
        let halfHeight = (map.yx * map.yx + map.yy * map.yy).squareRoot()
        let left = (map.x0 - halfWidth).rounded(.down)
        let top = (map.y0 - halfHeight).rounded(.down)
        cairo.identity_matrix(context)
        cairo.new_path(context)
        cairo.rectangle(
          context, left, top, (map.x0 + halfWidth).rounded(.up) - left,
          (map.y0 + halfHeight).rounded(.up) - top)
        cairo.fill(context)
      }
    }
  }

  /// Half a cosine wave in four pieces.
  private static let falloff: [(at: Double, opacity: Double)] = [
    (0, 1), (0.25, 0.86), (0.5, 0.5), (0.75, 0.14), (1, 0),
  ]
}
