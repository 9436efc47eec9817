// SPDX-License-Identifier: MIT

/// A point on a canvas: x to the right, y down; whole numbers are on the edges between pixels.
public struct Point: Sendable, Equatable {
  /// To the right.
  public var x: Double
  /// Down.
  public var y: Double

  /// The point (x, y).
  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  /// The sum of two points as vectors.
  public static func + (a: Point, b: Point) -> Point { Point(a.x + b.x, a.y + b.y) }
  /// The vector from `b` to `a`.
  public static func - (a: Point, b: Point) -> Point { Point(a.x - b.x, a.y - b.y) }
  /// The point as a vector, `factor` times as long.
  public static func * (a: Point, factor: Double) -> Point { Point(a.x * factor, a.y * factor) }

  /// The point on the line to `other`, `fraction` of the way.
  public func mixed(with other: Point, _ fraction: Double) -> Point {
    self + (other - self) * fraction
  }
}

/// An outline: lines and Bézier curves from point to point, in one or several pieces.
public struct Path: Sendable {
  enum Step: Sendable {
    case move(Point)
    case line(Point)
    case curve(Point, Point, Point)
    case close
  }

  private(set) var steps: [Step] = []
  /// The end of the last step.
  public private(set) var end = Point(0, 0)

  /// A path with nothing in it.
  public init() {}

  /// Whether nothing was added yet.
  public var isEmpty: Bool { steps.isEmpty }

  /// Begins a piece at `point`.
  public mutating func move(to point: Point) {
    steps.append(.move(point))
    end = point
  }

  /// A straight line to `point`.
  public mutating func line(to point: Point) {
    steps.append(.line(point))
    end = point
  }

  /// A cubic Bézier curve to `point`, leaving towards `first` and arriving from `second`.
  public mutating func curve(to point: Point, _ first: Point, _ second: Point) {
    steps.append(.curve(first, second, point))
    end = point
  }

  /// A quadratic Bézier curve to `point`, drawn towards `control`.
  public mutating func curve(to point: Point, via control: Point) {
    curve(to: point, end.mixed(with: control, 2 / 3), point.mixed(with: control, 2 / 3))
  }

  /// A line back to where the piece began.
  public mutating func close() { steps.append(.close) }

  /// Adds every piece of `other`.
  public mutating func append(_ other: Path) {
    steps += other.steps
    end = other.end
  }

  /// A smooth curve on from the path's end through `points` (Catmull-Rom).
  public mutating func smooth(through points: [Point]) {
    let all = [end] + points
    for index in 0..<(all.count - 1) {
      let before = all[max(0, index - 1)]
      let after = all[min(all.count - 1, index + 2)]
      curve(
        to: all[index + 1], all[index] + (all[index + 1] - before) * (1 / 6),
        all[index + 1] - (after - all[index]) * (1 / 6))
    }
  }

  /// The smooth curve through `points`, open or closed; at least two points.
  public static func smooth(_ points: [Point], closed: Bool = false) -> Path {
    var path = Path()
    guard let first = points.first else { return path }
    path.move(to: first)
    guard closed else {
      path.smooth(through: Array(points.dropFirst()))
      return path
    }
    let count = points.count
    for index in 0..<count {
      let here = points[index]
      let next = points[(index + 1) % count]
      let before = points[(index + count - 1) % count]
      let after = points[(index + 2) % count]
      path.curve(to: next, here + (next - before) * (1 / 6), next - (after - here) * (1 / 6))
    }
    path.close()
    return path
  }

  /// Straight lines through `points`, open or closed.
  public static func lines(_ points: [Point], closed: Bool = false) -> Path {
    var path = Path()
    guard let first = points.first else { return path }
    path.move(to: first)
    for point in points.dropFirst() { path.line(to: point) }
    if closed { path.close() }
    return path
  }

  /// The rectangle with its top left corner at `origin`.
  public static func rectangle(_ origin: Point, width: Double, height: Double) -> Path {
    lines(
      [
        origin, Point(origin.x + width, origin.y), Point(origin.x + width, origin.y + height),
        Point(origin.x, origin.y + height),
      ], closed: true)
  }

  /// An ellipse around `centre`, rotated by `rotation` degrees clockwise.
  public static func ellipse(
    _ centre: Point, _ radiusX: Double, _ radiusY: Double, rotation: Double = 0
  ) -> Path {
    // Four cubic quarters; the largest distance from the true ellipse is 0.03 % of the radius.
    let k = 0.552_284_749_8
    let turn = Transform.rotation(degrees: rotation)
    func at(_ x: Double, _ y: Double) -> Point {
      centre + turn.apply(Point(x * radiusX, y * radiusY))
    }
    var path = Path()
    path.move(to: at(1, 0))
    path.curve(to: at(0, 1), at(1, k), at(k, 1))
    path.curve(to: at(-1, 0), at(-k, 1), at(-1, k))
    path.curve(to: at(0, -1), at(-1, -k), at(-k, -1))
    path.curve(to: at(1, 0), at(k, -1), at(1, -k))
    path.close()
    return path
  }
}
