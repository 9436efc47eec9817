// SPDX-License-Identifier: MIT
import HengeImage

extension AnimeFace {
  func paintBody(on canvas: Canvas) {
    let neck = Path.lines(
      [Point(-0.24, 0.6), Point(0.24, 0.6), Point(0.27, 1.45), Point(-0.27, 1.45)], closed: true)
    var torso = Path()
    torso.move(to: Point(-0.26, 1.18))
    torso.curve(to: Point(-1.3, 1.62), Point(-0.5, 1.4), Point(-1.05, 1.38))
    torso.line(to: Point(-1.6, 3.2))
    torso.line(to: Point(1.6, 3.2))
    torso.line(to: Point(1.3, 1.62))
    torso.curve(to: Point(0.26, 1.18), Point(1.05, 1.38), Point(0.5, 1.4))
    torso.close()
    canvas.fill(torso, traits.clothes == .straps ? traits.skin : traits.cloth)
    canvas.inside(torso) {
      let fold = Path.smooth(
        [Point(0.75, 1.3), Point(0.62, 1.7), Point(0.7, 3), Point(2, 3), Point(1.6, 1.4)],
        closed: true)
      canvas.fill(fold, Colour(0.1, 0.05, 0.2, alpha: 0.16))
    }
    canvas.stroke(torso, skinLine, width: line)
    canvas.fill(neck, traits.skin)
    // The chin's shadow.
    canvas.fill(
      .lines(
        [
          Point(-0.24, 0.6), Point(0.24, 0.6), Point(0.25, 1.22), Point(0, 1.3), Point(-0.25, 1.14),
        ],
        closed: true), skinShade.scaled(0.96))
    canvas.stroke(.lines([Point(-0.24, 0.8), Point(-0.26, 1.2)]), skinLine, width: line)
    canvas.stroke(.lines([Point(0.24, 0.8), Point(0.26, 1.2)]), skinLine, width: line)
    paintClothes(torso, on: canvas)
  }

  private func paintClothes(_ torso: Path, on canvas: Canvas) {
    let dark = traits.cloth * Colour(0.45, 0.42, 0.5)
    func both(_ points: [(Double, Double)], _ colour: Colour) {
      for side in [-1.0, 1] {
        let path = Path.lines(points.map { Point($0.0 * side, $0.1) }, closed: true)
        canvas.fill(path, colour)
        canvas.stroke(path, dark, width: line)
      }
    }
    switch traits.clothes {
    case .sailor:
      canvas.fill(
        .lines([Point(-0.26, 1.2), Point(0.26, 1.2), Point(0, 1.75)], closed: true), traits.skin)
      both([(0.24, 1.14), (0.75, 1.36), (0.85, 1.8), (0.02, 1.85)], traits.trim)
      both([(0.0, 1.72), (0.28, 1.62), (0.3, 1.9)], traits.accent)
    case .blazer:
      both([(0, 1.4), (0.27, 1.18), (0.5, 1.4), (0.1, 2.4), (0, 2.4)], .white)
      both([(0, 1.45), (0.08, 1.4), (0.1, 2.4), (0, 2.4)], traits.accent)
      both([(0.3, 1.24), (0.6, 1.38), (0.5, 1.9), (0.12, 2.4)], traits.cloth.scaled(0.8))
    case .turtleneck:
      let collar = Path.smooth(
        [
          Point(-0.28, 1.0), Point(0, 1.1), Point(0.28, 1.0), Point(0.36, 1.3), Point(0, 1.42),
          Point(-0.36, 1.3),
        ], closed: true)
      canvas.fill(collar, traits.cloth.mixed(with: .white, 0.12))
      canvas.stroke(collar, dark, width: line)
    case .hood:
      both(
        [(0.22, 1.08), (0.6, 1.0), (0.95, 1.3), (0.6, 1.62), (0.08, 1.62)], traits.cloth.scaled(0.9)
      )
      both([(0.1, 1.6), (0.14, 1.6), (0.15, 2), (0.11, 2)], traits.trim)
    case .kimono:
      canvas.fill(
        .lines([Point(-0.26, 1.2), Point(0.26, 1.2), Point(0, 1.6)], closed: true), traits.skin)
      both([(0.24, 1.12), (0.46, 1.24), (0.0, 2.0), (-0.1, 1.72)], traits.trim)
    case .straps:
      let top = Path.smooth(
        [Point(-1.4, 1.9), Point(-0.5, 1.66), Point(0, 1.75), Point(0.5, 1.66), Point(1.4, 1.9)])
      var filled = top
      filled.line(to: Point(1.6, 3.2))
      filled.line(to: Point(-1.6, 3.2))
      filled.close()
      canvas.inside(torso) {
        canvas.fill(filled, traits.cloth)
        canvas.stroke(top, dark, width: line)
      }
    }
  }

  func paintAccessory(on canvas: Canvas) {
    let dark = traits.accent.scaled(0.5)
    let side = traits.parting < 0 ? -1.0 : 1
    switch traits.accessory {
    case .none: break
    case .bow:
      let knot = onHair(side * 0.66, -0.8)
      for half in [-1.0, 1] {
        let wing = Path.smooth(
          [knot, knot + Point(half * 0.36, -0.24), knot + Point(half * 0.34, 0.2)], closed: true)
        canvas.fill(wing, traits.accent)
        canvas.stroke(wing, dark, width: line)
      }
      canvas.fill(.ellipse(knot, 0.09, 0.1), traits.accent.scaled(0.85))
    case .band:
      let band = Path.smooth([
        frame.seen(-1.05, -0.3, 0.1), onHair(-0.7, -0.82), onHair(0, -1.02), onHair(0.7, -0.82),
        frame.seen(1.05, -0.3, 0.1),
      ])
      canvas.stroke(band, dark, width: 0.17)
      canvas.stroke(band, traits.accent, width: 0.12)
    case .clip:
      for shift in [0.0, 0.13] {
        let from = onHair(side * (0.52 + shift), -0.3 - shift * 0.5)
        canvas.stroke(
          .lines([from, from + Point(side * 0.2, 0.13)]), traits.accent, width: 0.075)
      }
    case .catEars:
      for ear in [-1.0, 1] { paintCatEar(ear, on: canvas) }
    case .flower:
      let middle = onHair(side * 0.72, -0.5)
      for petal in 0..<5 {
        let turn = Transform.rotation(degrees: Double(petal) * 72)
        canvas.fill(.ellipse(middle + turn.apply(Point(0.13, 0)), 0.11, 0.11), traits.accent)
      }
      canvas.fill(.ellipse(middle, 0.07, 0.07), Colour(1, 0.9, 0.4))
    }
  }

  private func paintCatEar(_ side: Double, on canvas: Canvas) {
    func triangle(_ size: Double) -> Path {
      let middle = frame.seen(side * 0.62, -1.08, 0)
      return .lines(
        [
          middle + Point(-side * 0.3, 0.02) * size, middle + Point(side * 0.2, -0.46) * size,
          middle + Point(side * 0.3, 0.3) * size,
        ], closed: true)
    }
    canvas.fill(triangle(1), traits.hair)
    canvas.stroke(triangle(1), hairLine, width: line)
    canvas.fill(triangle(0.62), Colour(0.98, 0.72, 0.74))
  }

  func paintBackdrop(on canvas: Canvas) {
    let (first, second) = traits.backdropColours
    let (w, h) = (Double(canvas.width), Double(canvas.height))
    canvas.fill(.colour(first))
    switch traits.backdrop {
    case .plain: break
    case .vertical: canvas.fill(.linear(Point(0, 0), first, Point(w * 0.2, h), second))
    case .glow:
      canvas.fill(
        .radial(
          centre: Point(w / 2, h * 0.45), radius: max(w, h) * 0.75,
          stops: [(0, first), (1, second)]))
    case .stripes:
      for index in -2..<8 {
        let x = w * Double(index) / 5
        canvas.stroke(
          .lines([Point(x, -4), Point(x + w * 0.4, h + 4)]), second.with(alpha: 0.5), width: w / 12)
      }
    case .dots:
      for row in 0..<6 {
        for column in 0..<6 {
          let x = (Double(column) + 0.5 * Double(row % 2)) * w / 5
          canvas.fill(
            .ellipse(Point(x, Double(row) * h / 5), w / 26, w / 26), second.with(alpha: 0.6))
        }
      }
    case .split:
      canvas.fill(
        .lines(
          [Point(0, h), Point(0, h * (0.5 + 0.3 * traits.curl)), Point(w, h * 0.5), Point(w, h)],
          closed: true), second.with(alpha: 0.8))
    }
  }
}
