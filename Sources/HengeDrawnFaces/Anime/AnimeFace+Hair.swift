// SPDX-License-Identifier: MIT
import HengeImage

extension AnimeFace {
  /// One lock of the fringe: where it ends, and the notch between it and the next.
  struct Lock: Sendable {
    var tip: Point
    var notch: Point
  }

  /// The locks from left to right, as the style of the fringe places them.
  static func fringe(_ traits: AnimeTraits) -> [Lock] {
    var dice = traits.detail
    let count = traits.fringe == .open ? 5 : traits.locks
    let span = 1.9 / Double(count)
    var locks: [Lock] = []
    for index in 0..<count {
      let middle = -0.95 + span * (Double(index) + 0.5) + dice.between(-0.2, 0.2) * span
      let edge = -0.95 + span * Double(index + 1) + dice.between(-0.18, 0.18) * span
      let (tip, depth) = lockTip(traits, middle, &dice)
      locks.append(Lock(tip: tip, notch: Point(edge, tip.y - depth)))
    }
    // A notch is above the tips on both its sides; the last one is the temple.
    for index in 0..<(count - 1) {
      locks[index].notch.y = min(
        locks[index].notch.y, locks[index + 1].tip.y - 0.05)
    }
    locks[count - 1].notch = Point(0.97, 0.25)
    return locks
  }

  private static func lockTip(
    _ traits: AnimeTraits, _ x: Double, _ dice: inout Dice
  ) -> (tip: Point, depth: Double) {
    let length = traits.fringeLength
    switch traits.fringe {
    case .blunt:
      return (Point(x, length + 0.02 + 0.1 * x * x + dice.between(-0.02, 0.02)), 0.07)
    case .choppy:
      let y = length + 0.06 + 0.12 * x * x + dice.between(-0.12, 0.1)
      return (Point(x + traits.curl * 0.09, y), dice.between(0.18, 0.34))
    case .swept, .centre:
      let part = traits.fringe == .centre ? traits.parting * 0.25 : traits.parting
      let away = x - part
      let y = -0.42 + 0.72 * min(1.1, away.magnitude) + length * 0.7 + dice.between(-0.05, 0.05)
      return (Point(x + (away < 0 ? -0.1 : 0.1), y), 0.14)
    case .spiky:
      let y = length + dice.between(-0.2, 0.28)
      return (Point(x + traits.curl * 0.22 + dice.between(-0.08, 0.08), y), dice.between(0.3, 0.5))
    case .framed:
      let y = x.magnitude < 0.17 ? 0.27 + length * 0.6 : -0.12 + 0.45 * x * x + length
      return (Point(x + traits.curl * 0.06, y + dice.between(-0.04, 0.04)), 0.3)
    case .open:
      return (Point(x, -0.5 + 0.62 * x * x + dice.between(-0.02, 0.02)), 0.05)
    }
  }

  /// The hair of the front of the head: fringe below, dome above.
  var fringePath: Path {
    var path = Path()
    let left = Point(-0.97, 0.25)
    path.move(to: frame.seen(-1.02, 0.3, 0))
    path.line(to: onHair(left.x, left.y))
    var from = left
    for lock in fringeEdge {
      let into = Point(from.x + (lock.tip.x - from.x) * 0.1, from.y + (lock.tip.y - from.y) * 0.65)
      let out = Point(
        lock.notch.x - (lock.notch.x - lock.tip.x) * 0.2,
        lock.notch.y + (lock.tip.y - lock.notch.y) * 0.6)
      path.curve(to: onHair(lock.tip.x, lock.tip.y), via: onHair(into.x, into.y))
      path.curve(to: onHair(lock.notch.x, lock.notch.y), via: onHair(out.x, out.y))
      from = lock.notch
    }
    path.line(to: frame.seen(1.02, 0.3, 0))
    let top = -1.17 - 0.12 * traits.volume
    path.curve(
      to: Point(0, top), frame.seen(1.16, -0.55, 0), Point(0.66, top))
    path.curve(
      to: frame.seen(-1.02, 0.3, 0), Point(-0.66, top), frame.seen(-1.16, -0.55, 0))
    path.close()
    return path
  }

  /// Light above, the color itself, the tips' color below.
  var hairPaint: Paint {
    let light = traits.hair.mixed(with: .white, 0.1)
    return .linear(
      from: Point(-0.2, -1.2), to: Point(0.2, 1.9),
      stops: [(0, light), (0.3, traits.hair), (0.55, traits.hair), (1, traits.hairTip)])
  }

  func paintFrontHair(on canvas: Canvas) {
    if traits.sideLock > 0 {
      for side in [-1.0, 1] { paintSideLock(side, on: canvas) }
    }
    canvas.fill(fringePath, hairPaint)
    canvas.inside(fringePath) {
      paintStrands(on: canvas)
      paintShine(on: canvas)
    }
    canvas.stroke(fringePath, hairLine, width: line)
    if traits.cowlick { paintCowlick(on: canvas) }
  }

  private func paintSideLock(_ side: Double, on canvas: Canvas) {
    let end = traits.sideLock
    let sway = 0.1 * traits.curl * side
    var path = Path()
    path.move(to: onHair(side * 0.72, -0.25))
    path.curve(
      to: onHair(side * 0.86 + sway, end), onHair(side * 0.8, 0.1),
      onHair(side * 0.7, end * 0.7))
    path.curve(
      to: frame.seen(side * 1.06, -0.3, 0.1), onHair(side * 1.0, end * 0.8),
      frame.seen(side * 1.16, 0.25, 0.1))
    path.close()
    canvas.fill(path, hairPaint)
    canvas.inside(path) {
      var shade = Path()
      shade.move(to: onHair(side * 0.72, -0.25))
      shade.curve(
        to: onHair(side * 0.86 + sway, end), onHair(side * 0.82, 0.1),
        onHair(side * 0.74, end * 0.7))
      canvas.stroke(shade, hairShade, width: 0.12)
    }
    canvas.stroke(path, hairLine, width: line)
  }

  private func paintStrands(on canvas: Canvas) {
    let crown = Point(traits.parting * 0.5, -1.1)
    for lock in fringeEdge.dropLast() {
      // The shade next to each notch, and a line that runs from it towards the crown.
      let notch = onHair(lock.notch.x, lock.notch.y)
      let high = notch.mixed(with: crown, 0.55)
      let bend = notch.mixed(with: crown, 0.3) + Point((lock.notch.x - crown.x) * 0.12, 0)
      var wedge = Path()
      wedge.move(to: notch + Point(-0.05, 0.08))
      wedge.curve(to: high, via: bend + Point(-0.05, 0))
      wedge.curve(to: notch + Point(0.07, 0.1), via: bend + Point(0.06, 0))
      wedge.close()
      canvas.fill(wedge, hairShade)
      var strand = Path()
      strand.move(to: notch)
      strand.curve(to: high, via: bend)
      canvas.stroke(strand, hairLine.with(alpha: 0.65), width: line * 0.8)
    }
    // The side away from the light.
    let edge = Path.smooth([
      frame.seen(0.75, -1.15, 0), frame.seen(0.92, -0.6, 0.1), frame.seen(1.0, 0.3, 0.1),
    ])
    canvas.stroke(edge, hairShade, width: 0.22)
  }

  /// The ring of light across the hair, jagged below.
  private func paintShine(on canvas: Canvas) {
    var dice = traits.detail
    let teeth = 9
    func at(_ step: Int, _ drop: Double) -> Point {
      let x = -0.72 + 1.44 * Double(step) / Double(teeth)
      return onHair(x, -0.68 + 0.28 * x * x + drop)
    }
    var upper: [Point] = []
    var lower: [Point] = []
    for step in 0...teeth {
      let middle = 1 - (Double(step) / Double(teeth) * 2 - 1).magnitude
      upper.append(at(step, -0.02 - dice.between(0, 0.06) * middle))
      lower.append(at(step, 0.02 + dice.between(0.02, 0.2) * middle))
    }
    canvas.fill(
      .lines(upper + lower.reversed(), closed: true),
      traits.hair.mixed(with: .white, 0.62).with(alpha: traits.shine))
  }

  private func paintCowlick(on canvas: Canvas) {
    let root = Point(0.02, -1.12 - 0.12 * traits.volume)
    let side = traits.curl < 0 ? -1.0 : 1
    var path = Path()
    path.move(to: root - Point(0.07, 0))
    path.curve(
      to: root + Point(0.42 * side, -0.16), root + Point(-0.12 * side, -0.32),
      root + Point(0.2 * side, -0.36))
    path.curve(to: root + Point(0.07, 0.02), via: root + Point(0.1 * side, -0.2))
    path.close()
    canvas.fill(path, traits.hair)
    canvas.stroke(path, hairLine, width: line)
  }
}
