// SPDX-License-Identifier: MIT
import HengeImage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension AnimeFace {
  /// The hair behind the head.
  func paintBackHair(on canvas: Canvas) {
    switch traits.back {
    case .short: paint(cap(reach: 1.06, end: 0.62), on: canvas)
    case .bob:
      paint(
        curtain(end: 0.85 + 0.35 * traits.backLength, flare: 0.06 + 0.16 * traits.volume),
        on: canvas)
    case .long:
      paint(curtain(end: 1.6 + traits.backLength, flare: 0.04 + 0.22 * traits.volume), on: canvas)
    case .twinTails:
      for side in [-1.0, 1] { paintTail(side, on: canvas) }
      paint(cap(reach: 1.04, end: 0.7), on: canvas)
    case .ponytail:
      paintPonytail(on: canvas)
      paint(cap(reach: 1.04, end: 0.66), on: canvas)
    case .spiky: paint(spikes, on: canvas)
    case .braids:
      paint(cap(reach: 1.05, end: 0.75), on: canvas)
      for side in [-1.0, 1] { paintBraid(side, on: canvas) }
    case .buns:
      for side in [-1.0, 1] {
        let bun = Path.ellipse(frame.seen(side * 0.74, -0.98, -0.2), 0.33, 0.31)
        paint(bun, on: canvas, light: true)
      }
      paint(cap(reach: 1.06, end: 0.7), on: canvas)
    }
  }

  private func paint(_ path: Path, on canvas: Canvas, light: Bool = false) {
    let shade = traits.hairTip * Colour(0.74, 0.7, 0.82)
    canvas.fill(
      path,
      light ? hairPaint : .linear(Point(0, -0.8), hairShade.scaled(0.92), Point(0, 1.7), shade))
    canvas.stroke(path, hairLine, width: line)
  }

  /// Hair cut at the nape.
  private func cap(reach: Double, end: Double) -> Path {
    var path = Path()
    path.move(to: frame.seen(-reach, -0.2, -0.1))
    let tips = 7
    for index in 0...tips {
      let t = Double(index) / Double(tips) * 2 - 1
      let x = t * reach * (1.03 - 0.14 * abs(t))
      let drop = end - 0.22 * abs(t)
      path.line(to: frame.seen(x * 1.04, drop, -0.3))
      path.line(to: frame.seen(x + 0.06, drop - 0.12, -0.3))
    }
    path.line(to: frame.seen(reach, -0.2, -0.1))
    path.curve(
      to: frame.seen(-reach, -0.2, -0.1), Point(reach, -1.5), Point(-reach, -1.5))
    path.close()
    return path
  }

  /// Hair that falls on both sides down to `end`, wider by `flare` there.
  private func curtain(end: Double, flare: Double) -> Path {
    let wide = 1.06 + flare
    let inward = traits.curl < 0 ? 0.16 : -0.08
    var path = Path()
    path.move(to: frame.seen(-1.05, -0.3, -0.1))
    path.curve(
      to: Point(-wide + inward * 0.6, end), Point(-1.12 - flare * 0.6, 0.2),
      Point(-wide - 0.14, end - 0.35))
    let tips = 6
    for index in 0..<tips {
      let t = (Double(index) + 1) / Double(tips) * 2 - 1
      let x = t * (wide - inward * 0.6)
      path.curve(
        to: Point(x - 0.04, end + 0.06 * abs(t) - 0.1),
        via: Point(x - 0.28, end + 0.1 * Double(index % 2)))
      path.line(to: Point(x, end))
    }
    path.curve(
      to: frame.seen(1.05, -0.3, -0.1), Point(wide + 0.14, end - 0.35),
      Point(1.12 + flare * 0.6, 0.2))
    path.curve(to: frame.seen(-1.05, -0.3, -0.1), Point(1, -1.5), Point(-1, -1.5))
    path.close()
    return path
  }

  private func paintTail(_ side: Double, on canvas: Canvas) {
    let out = 1.38 + 0.25 * traits.volume
    let end = 1.1 + 0.7 * traits.backLength
    let root = frame.seen(side * 0.92, -0.55, -0.1)
    var path = Path()
    path.move(to: root)
    path.curve(
      to: Point(side * (out - 0.06), end), Point(side * (out + 0.25), -0.9),
      Point(side * (out + 0.25), end * 0.5))
    path.curve(
      to: Point(side * (out - 0.3), end * 0.8), via: Point(side * (out - 0.16), end * 0.8))
    path.curve(to: root + Point(0, 0.32), Point(side * 1.05, 0.7), Point(side * 1.2, 0.1))
    path.close()
    paint(path, on: canvas, light: true)
    var fold = Path()
    fold.move(to: root + Point(side * 0.08, 0.1))
    fold.curve(
      to: Point(side * (out - 0.1), end * 0.75), Point(side * (out + 0.02), -0.3),
      Point(side * (out + 0.05), end * 0.4))
    canvas.stroke(fold, hairShade, width: 0.07)
    canvas.fill(.ellipse(root + Point(side * 0.04, 0.1), 0.11, 0.16), traits.accent)
  }

  private func paintPonytail(on canvas: Canvas) {
    let side = traits.curl < 0 ? -1.0 : 1
    let end = 0.9 + 0.8 * traits.backLength
    let root = Point(side * 0.5, -1.02)
    var path = Path()
    path.move(to: root - Point(side * 0.12, 0))
    path.curve(
      to: Point(side * 1.3, end), Point(side * 1.0, -1.75), Point(side * 1.85, -0.2))
    path.curve(to: Point(side * 1.02, -0.3), Point(side * 1.18, 0.6), Point(side * 1.2, 0.1))
    path.line(to: root + Point(side * 0.25, 0.25))
    path.close()
    paint(path, on: canvas, light: true)
    canvas.fill(
      .ellipse(root + Point(side * 0.1, 0), 0.13, 0.17, rotation: 30 * side), traits.accent)
  }

  private func paintBraid(_ side: Double, on canvas: Canvas) {
    let length = 4 + Int(traits.backLength * 3)
    for index in 0..<length {
      let y = 0.62 + 0.24 * Double(index)
      let x = side * (0.96 + 0.05 * traits.volume)
      for half in [-1.0, 1] {
        let knot = Path.ellipse(
          Point(x + half * 0.07, y + half * 0.06), 0.15, 0.12, rotation: 35 * half)
        paint(knot, on: canvas, light: true)
      }
    }
    canvas.fill(
      .ellipse(Point(side * 0.98, 0.6 + 0.24 * Double(length)), 0.1, 0.08), traits.accent)
  }

  /// A crown of points around the head, each a curved tuft.
  private var spikes: Path {
    var dice = traits.detail
    let count = 5 + traits.locks / 2
    let lean = 0.3 * traits.curl
    func at(_ turn: Double, _ reach: Double) -> Point {
      let angle = (205 - 230 * turn / Double(count)) * .pi / 180
      return frame.seen(cos(angle) * reach, -sin(angle) * reach - 0.05, -0.1)
    }
    var path = Path()
    path.move(to: at(0, 1.05))
    for index in 0..<count {
      let turn = Double(index) + dice.between(-0.12, 0.12)
      let reach = 1.3 + 0.3 * traits.volume * dice.between(0.3, 1) + dice.between(0, 0.1)
      let tip = at(turn + 0.5 + lean, reach)
      path.curve(to: tip, via: at(turn + 0.05, 1.22))
      path.curve(to: at(turn + 1, 1.04), via: at(turn + 0.7, 1.14))
    }
    path.curve(to: at(0, 1.05), frame.seen(0.8, 0.9, -0.3), frame.seen(-0.8, 0.9, -0.3))
    path.close()
    return path
  }
}
