// SPDX-License-Identifier: MIT
import HengeImage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension PhotoFace {
  private var isLong: Bool {
    switch traits.hairStyle {
    case .bob, .long, .wavy: true
    default: false
    }
  }

  /// The distance of the hair's surface from the skull.
  private var lift: Double {
    switch traits.hairStyle {
    case .bald: 0
    case .buzz: 0.015
    case .short, .parted: 0.06 + 0.09 * traits.volume
    case .fringe, .bob, .long: 0.07 + 0.06 * traits.volume
    case .wavy: 0.1 + 0.08 * traits.volume
    case .curly: 0.14 + 0.26 * traits.volume
    case .up: 0.04
    }
  }

  private var dark: Colour { traits.hair * Colour(0.42, 0.38, 0.38) }
  private var sheen: Colour { traits.hair.mixed(with: Colour(1, 0.93, 0.82), 0.22) }

  /// How light a strand at `x` is, 0 to 1: random, and lighter on the lit side.
  private func lightness(_ x: Double, _ dice: inout Dice) -> Double {
    min(1, max(0, 0.5 + 0.3 * x * lit + dice.between(-0.5, 0.5)))
  }

  /// The hair's color in shade (0), unshaded (0.5) and in full light (1).
  private func tone(_ lightness: Double) -> Colour {
    lightness < 0.5
      ? dark.mixed(with: traits.hair, lightness * 2)
      : traits.hair.mixed(with: sheen, lightness * 2 - 1)
  }

  // MARK: Back hair

  func paintBackHair(on canvas: Canvas) {
    switch traits.hairStyle {
    case .bald, .buzz, .short, .parted: return
    case .fringe: fillBack(end: 0.3 + 0.3 * traits.hairLength, wide: 0.84, on: canvas)
    case .bob: fillBack(end: 0.7 + 0.3 * traits.hairLength, wide: 0.9, on: canvas)
    case .long, .wavy: fillBack(end: 1.4 + traits.hairLength, wide: 0.94, on: canvas)
    case .up:
      let bun = frame.seen(traits.parting * 0.6, -1.05, -0.4)
      canvas.fill(.ellipse(bun, 0.34, 0.28), traits.hair.mixed(with: dark, 0.5))
      canvas.airbrush(bun + Point(lit * 0.1, -0.1), 0.2, 0.14, sheen.with(alpha: 0.5))
    case .curly:
      paintCurls(
        about: frame.seen(0, -0.25, -0.2), 0.82 + lift, 0.76 + lift + 0.4 * traits.hairLength,
        on: canvas)
    }
  }

  private func fillBack(end: Double, wide: Double, on canvas: Canvas) {
    let w = wide + 0.12 * traits.volume
    let path = Path.smooth(
      [
        frame.seen(0, -1.0 - lift, 0), frame.seen(0.66, -0.8, 0), frame.seen(w, -0.1, -0.1),
        Point(w + 0.06, end * 0.6), Point(w - 0.12, end), Point(0, end + 0.1), Point(0.12 - w, end),
        Point(-w - 0.06, end * 0.6), frame.seen(-w, -0.1, -0.1), frame.seen(-0.66, -0.8, 0),
      ], closed: true)
    canvas.fill(path, dark)
    canvas.inside(path) {
      var dice = traits.detail
      var strands = Strands()
      for _ in 0..<36 {
        let x = dice.between(-w, w)
        addFall(from: Point(x * 0.7, -0.6), to: Point(x * 1.05, end + 0.1), &dice, &strands)
      }
      strands.draw(on: canvas) { tone($0).with(alpha: 0.55) }
      canvas.airbrush(Point(0, 0.5), 0.6, 1.2, dark.scaled(0.6).with(alpha: 0.55))
    }
  }

  /// One strand of hanging hair, waved as the traits say.
  private func addFall(
    from: Point, to: Point, _ dice: inout Dice, _ strands: inout Strands
  ) {
    let light = lightness(to.x, &dice)
    let width = dice.between(0.03, 0.08)
    guard traits.hairStyle == .wavy else {
      let bend = from.mixed(with: to, 0.5) + Point(dice.between(-0.03, 0.03), 0)
      strands.add(from, bend, to, width: width, lightness: light)
      return
    }
    // Half waves in turn to the left and to the right.
    let swing = (0.06 + 0.1 * traits.waves) * (to.x < 0 ? -1 : 1)
    let shift = dice.between(-0.08, 0.08)
    let halves = 5
    for half in 0..<halves {
      let start = from.mixed(with: to, Double(half) / Double(halves) + (half == 0 ? 0 : shift))
      let end = from.mixed(with: to, Double(half + 1) / Double(halves) + shift)
      let bend = start.mixed(with: end, 0.5) + Point(half % 2 == 0 ? swing : -swing, 0)
      strands.add(start, bend, end, width: width * 1.3, lightness: light)
    }
  }

  /// Curly hair: a dark mass with an uneven edge, and many small bent strands over it.
  private func paintCurls(
    about centre: Point, _ radiusX: Double, _ radiusY: Double, on canvas: Canvas
  ) {
    var dice = traits.detail
    var mass = Path.ellipse(centre, radiusX * 0.92, radiusY * 0.92)
    for bump in 0..<26 {
      let angle = (Double(bump) + dice.between(-0.4, 0.4)) / 26 * 2 * .pi
      let edge = centre + Point(cos(angle) * radiusX, sin(angle) * radiusY) * 0.9
      mass.append(.ellipse(edge, dice.between(0.07, 0.14), dice.between(0.07, 0.14)))
    }
    canvas.fill(mass, dark)
    var strands = Strands()
    for _ in 0..<150 {
      let angle = dice.between(0, 2 * .pi)
      let reach = dice.between(0, 1).squareRoot()
      let place = centre + Point(cos(angle) * radiusX, sin(angle) * radiusY) * reach
      addCurl(at: place, lightness(place.x - centre.x, &dice), &dice, &strands)
    }
    strands.draw(on: canvas) { tone($0).with(alpha: 0.55) }
  }

  private func addCurl(
    at place: Point, _ light: Double, _ dice: inout Dice, _ strands: inout Strands
  ) {
    let turn = Transform.rotation(degrees: dice.between(0, 360))
    let long = dice.between(0.05, 0.1)
    strands.add(
      place + turn.apply(Point(-long, 0)), place + turn.apply(Point(0, long * 1.6)),
      place + turn.apply(Point(long, 0)), width: 0.045, lightness: light)
  }

  // MARK: In front

  /// The hairline from the left temple to the right, in face coordinates.
  private var hairlinePoints: [(Double, Double)] {
    let y = traits.hairline
    let w = traits.width
    switch traits.hairStyle {
    case .fringe:
      let low = -0.27 + 0.08 * traits.volume
      return [
        (-w, 0.16), (-w * 0.9, -0.1), (-0.4, low), (0, low - 0.02), (0.4, low), (w * 0.9, -0.1),
        (w, 0.16),
      ]
    case .parted, .bob, .long, .wavy:
      // Combed from the parting to both sides.
      let p = traits.parting
      return [
        (-w, 0.2), (-w * 0.93, -0.16), (p - 0.5, y + 0.14), (p, y - 0.1), (p + 0.5, y + 0.14),
        (w * 0.93, -0.16), (w, 0.2),
      ]
    default:
      let back = traits.softness < 0.5 ? 0.12 * traits.age : 0
      return [
        (-w, 0.14), (-w * 0.93, -0.2), (-0.46, y + 0.06 - back), (0, y), (0.46, y + 0.06 - back),
        (w * 0.93, -0.2), (w, 0.14),
      ]
    }
  }

  private var cap: Path {
    let line = hairlinePoints.map { onFace($0.0, $0.1) }
    var path = Path.smooth(line)
    let w = traits.width + lift * 0.75
    let top = -0.98 - lift
    path.smooth(through: [
      frame.seen(w, -0.2, -0.05), frame.seen(w * 0.82, -0.72, 0),
      frame.seen(w * 0.42, top + 0.06, 0),
      frame.seen(0, top, 0), frame.seen(-w * 0.42, top + 0.06, 0), frame.seen(-w * 0.82, -0.72, 0),
      frame.seen(-w, -0.2, -0.05), line[0],
    ])
    path.close()
    return path
  }

  func paintFrontHair(on canvas: Canvas) {
    switch traits.hairStyle {
    case .bald:
      canvas.airbrush(frame.seen(lit * 0.2, -0.72, 0.4), 0.3, 0.16, glow.with(alpha: 0.55))
      return
    case .buzz:
      canvas.inside(cap) {
        canvas.fill(.colour(traits.hair.mixed(with: shade, 0.3).with(alpha: 0.72)))
        canvas.airbrush(Point(lit * 0.25, -0.75), 0.4, 0.25, glow.with(alpha: 0.2))
      }
      return
    case .curly:
      paintCurlyCap(on: canvas)
      return
    default: break
    }
    // The hair's shadow on the forehead.
    canvas.inside(outline) {
      canvas.transform(.translation(Point(-lit * 0.02, 0.05)))
      canvas.fill(cap, shade.with(alpha: 0.35))
    }
    canvas.fill(cap, traits.hair.mixed(with: dark, 0.55))
    canvas.inside(cap) {
      paintCombing(on: canvas)
    }
    if isLong { for side in [-1.0, 1] { paintCurtain(side, on: canvas) } }
  }

  private func paintCurlyCap(on canvas: Canvas) {
    var dice = traits.detail
    canvas.fill(cap, dark)
    var strands = Strands()
    for _ in 0..<90 {
      let x = dice.between(-1, 1)
      let t = dice.between(0, 1)
      let low = traits.hairline + 0.72 * x * x * x * x
      let high = -1 - lift
      let place = frame.seen(
        x * (traits.width + lift * 0.6), low + (high - low) * t * (1 - 0.5 * x * x), 0.3 * (1 - t))
      addCurl(at: place, lightness(x, &dice), &dice, &strands)
    }
    strands.draw(on: canvas) { tone($0).with(alpha: 0.55) }
  }

  /// Strands from the parting, or the crown, over the skull to the hairline and the sides.
  private func paintCombing(on canvas: Canvas) {
    var dice = traits.detail
    let parted = traits.hairStyle == .parted || isLong
    let root = parted ? traits.parting : traits.parting * 0.3
    let ends = hairlinePoints
    var strands = Strands()
    for _ in 0..<90 {
      let place = dice.between(0, Double(ends.count - 1) - 0.001)
      let index = Int(place)
      let t = place - Double(index)
      let x = ends[index].0 + (ends[index + 1].0 - ends[index].0) * t
      let y = ends[index].1 + (ends[index + 1].1 - ends[index].1) * t
      let start = frame.seen(
        root + dice.between(-0.1, 0.1) + (x - root) * 0.25, -0.97 - lift * dice.between(0.2, 1), 0.1
      )
      let end = onFace(x, y) + Point(0, dice.between(-0.05, 0.08))
      strands.add(
        start, frame.seen(x * 1.15 + (x - root) * 0.1, -0.72 + 0.2 * (y + 0.3), 0.25), end,
        width: dice.between(0.02, 0.07), lightness: lightness(x, &dice))
    }
    strands.draw(on: canvas) { tone($0).with(alpha: 0.6) }
    canvas.airbrush(
      frame.seen(lit * 0.3, -0.76 - lift * 0.5, 0.3), 0.4, 0.13, sheen.with(alpha: 0.4),
      rotation: 18 * lit)
    canvas.airbrush(frame.seen(-lit * 0.75, -0.5, 0), 0.35, 0.6, dark.with(alpha: 0.55))
  }

  /// Hair hanging in front of the ear.
  private func paintCurtain(_ side: Double, on canvas: Canvas) {
    var dice = traits.detail
    let end: Double =
      traits.hairStyle == .bob ? 0.75 + 0.3 * traits.hairLength : 1.5 + traits.hairLength
    let out = traits.width + 0.14 + 0.14 * traits.volume
    let tuck = traits.hairStyle == .bob ? 0.12 : 0.0
    let path = Path.smooth(
      [
        frame.seen(side * traits.width, -0.45, 0), onFace(side * traits.width * 0.93, -0.1),
        Point(onFace(side * traits.width * 0.92, 0.3).x, 0.35),
        Point(side * (traits.width * 0.82), end * 0.7),
        Point(side * (traits.width * 0.8 - tuck), end),
        Point(side * (out - tuck), end - 0.05), Point(side * (out + 0.04), end * 0.6),
        frame.seen(side * (traits.width + 0.1), 0, 0),
        frame.seen(side * (traits.width + 0.04), -0.4, 0),
      ], closed: true)
    canvas.fill(path, traits.hair.mixed(with: dark, 0.6))
    canvas.inside(path) {
      var strands = Strands()
      for _ in 0..<24 {
        let t = dice.between(0, 1)
        let top = frame.seen(side * (traits.width * 0.86 + 0.2 * t), -0.5, 0.1)
        let bottom = Point(
          side * (traits.width * 0.78 + (out - traits.width * 0.74) * t - tuck), end)
        addFall(from: top, to: bottom, &dice, &strands)
      }
      strands.draw(on: canvas) { tone($0).with(alpha: 0.6) }
      canvas.airbrush(
        Point(side * 0.86, 0.15), 0.16, 0.4, sheen.with(alpha: side == lit ? 0.35 : 0.1))
    }
  }
}
