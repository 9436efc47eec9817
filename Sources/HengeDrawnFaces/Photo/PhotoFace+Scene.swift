// SPDX-License-Identifier: MIT
import HengeImage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

// MARK: - Beard

extension PhotoFace {
  func paintBeard(on canvas: Canvas) {
    var dice = traits.detail
    let tone = traits.hair.mixed(with: shade, 0.25).scaled(0.85)
    switch traits.beard {
    case .none: return
    case .stubble:
      canvas.inside(outline) {
        let grey = tone.mixed(with: Colour(0.2, 0.2, 0.22), 0.3).with(alpha: 0.34)
        for side in [-1.0, 1] {
          canvas.airbrush(onFace(side * 0.45, 0.72), 0.3, 0.36, grey)
          canvas.airbrush(onFace(side * 0.12, traits.mouthLevel - 0.09), 0.18, 0.07, grey)
        }
        canvas.airbrush(onFace(0, 0.88), 0.42, 0.24, grey)
      }
    case .moustache: paintMoustache(tone, &dice, on: canvas)
    case .goatee:
      paintMoustache(tone, &dice, on: canvas)
      let chin = Path.ellipse(onFace(0, traits.chin - 0.1), 0.24, 0.19)
      canvas.airbrush(onFace(0, traits.chin - 0.1), 0.29, 0.24, tone.with(alpha: 0.9))
      paintBristles(
        in: chin, -0.3, 0.3, traits.chin - 0.28, traits.chin + 0.06, tone, &dice, on: canvas)
    case .full:
      let line: [(Double, Double)] = [
        (-traits.width * 0.96, 0.1), (-traits.width * 0.8, 0.36), (-0.44, 0.52), (-0.28, 0.5),
        (0, 0.48),
        (0.28, 0.5), (0.44, 0.52), (traits.width * 0.8, 0.36), (traits.width * 0.96, 0.1),
      ]
      let jaw = [
        frame.seen(traits.width, 0.45, 0.05), frame.seen(traits.jaw + 0.05, 0.82, 0.2),
        frame.seen(0, traits.chin + 0.09, 0.36), frame.seen(-traits.jaw - 0.05, 0.82, 0.2),
        frame.seen(-traits.width, 0.45, 0.05),
      ]
      let path = Path.smooth(line.map { onFace($0.0, $0.1) } + jaw, closed: true)
      canvas.fill(path, tone.with(alpha: 0.82))
      paintBristles(in: path, -0.8, 0.8, 0.1, 1.1, tone, &dice, on: canvas)
    }
  }

  private func paintMoustache(_ tone: Colour, _ dice: inout Dice, on canvas: Canvas) {
    let y = traits.mouthLevel - 0.085
    let w = traits.mouthWidth
    let path = Path.smooth(
      [
        onFace(0, y - 0.035), onFace(w * 0.7, y - 0.01), onFace(w * 1.15, y + 0.09),
        onFace(w * 0.6, y + 0.05),
        onFace(0, y + 0.04), onFace(-w * 0.6, y + 0.05), onFace(-w * 1.15, y + 0.09),
        onFace(-w * 0.7, y - 0.01),
      ], closed: true)
    canvas.fill(path, tone.with(alpha: 0.85))
    paintBristles(in: path, -w, w, y - 0.05, y + 0.1, tone, &dice, on: canvas)
  }

  private func paintBristles(
    in path: Path, _ left: Double, _ right: Double, _ top: Double, _ bottom: Double,
    _ tone: Colour, _ dice: inout Dice, on canvas: Canvas
  ) {
    canvas.inside(path) {
      var strands = Strands()
      for _ in 0..<60 {
        let x = dice.between(left, right)
        let root = onFace(x, dice.between(top, bottom))
        let tip = root + Point(x * 0.14, 0.1)
        strands.add(
          root, root.mixed(with: tip, 0.5), tip, width: 0.035, lightness: dice.between(0, 1))
      }
      strands.draw(on: canvas) {
        tone.scaled(0.55 + 0.95 * $0).with(alpha: 0.6)
      }
    }
  }
}

// MARK: - Neck and shoulders

extension PhotoFace {
  func paintBody(on canvas: Canvas) {
    let broad = 1.45 - 0.25 * traits.softness
    var torso = Path()
    torso.move(to: Point(-0.38, 1.12))
    torso.curve(to: Point(-broad, 1.62), Point(-0.52, 1.34), Point(-broad + 0.3, 1.36))
    torso.line(to: Point(-broad - 0.2, 3.4))
    torso.line(to: Point(broad + 0.2, 3.4))
    torso.line(to: Point(broad, 1.62))
    torso.curve(to: Point(0.38, 1.12), Point(broad - 0.3, 1.36), Point(0.52, 1.34))
    torso.close()
    let bare = traits.clothes == .straps
    let lightSide = bare ? traits.skin : traits.cloth.mixed(with: .white, 0.1)
    let darkSide = bare ? traits.skin.mixed(with: shade, 0.5) : traits.cloth.scaled(0.5)
    canvas.fill(torso, .linear(Point(lit * 1.2, 1.2), lightSide, Point(-lit * 1.3, 1.8), darkSide))
    paintNeck(on: canvas)
    canvas.inside(torso) {
      paintClothes(on: canvas)
    }
  }

  private func paintNeck(on canvas: Canvas) {
    let w = 0.44 - 0.1 * traits.softness
    let neck = Path.smooth(
      [
        Point(-w, 0.4), Point(-w, 0.9), Point(-w - 0.1, 1.22), Point(0, 1.5), Point(w + 0.1, 1.22),
        Point(w, 0.9), Point(w, 0.4),
      ], closed: true)
    let dark = traits.skin.mixed(with: shade, 0.35 + 0.3 * traits.contrast)
    canvas.fill(
      neck,
      .linear(Point(lit * w, 0.9), traits.skin.mixed(with: shade, 0.1), Point(-lit * w, 1), dark))
    canvas.inside(neck) {
      // The chin's shadow, away from the light.
      canvas.airbrush(Point(-lit * 0.08, 0.9), 0.62, 0.42, shade.with(alpha: 0.75))
      canvas.airbrush(
        Point(lit * 0.12, 1.35), 0.08, 0.3, glow.with(alpha: 0.25), rotation: -20 * lit)
    }
  }

  private func paintClothes(on canvas: Canvas) {
    func both(_ points: [(Double, Double)], _ colour: Colour) {
      for side in [-1.0, 1] {
        let tone = side == lit ? 1.0 : 0.72
        canvas.fill(
          .lines(points.map { Point($0.0 * side, $0.1) }, closed: true), colour.scaled(tone))
      }
    }
    let skin = traits.skin.mixed(with: shade, 0.2)
    switch traits.clothes {
    case .crew:
      canvas.fill(.ellipse(Point(0, 1.16), 0.46, 0.26), skin)
      canvas.stroke(.ellipse(Point(0, 1.16), 0.47, 0.27), traits.cloth.scaled(0.7), width: 0.05)
    case .vNeck:
      canvas.fill(
        .lines([Point(-0.5, 1.08), Point(0.5, 1.08), Point(0, 1.85)], closed: true), skin)
      canvas.stroke(
        .lines([Point(-0.5, 1.08), Point(0, 1.85), Point(0.5, 1.08)]), traits.cloth.scaled(0.7),
        width: 0.05)
    case .shirt:
      both(
        [(0, 1.5), (0.36, 1.05), (0.62, 1.24), (0.3, 1.72)], traits.cloth.mixed(with: .white, 0.2))
      canvas.stroke(.lines([Point(0, 1.5), Point(0, 3)]), traits.cloth.scaled(0.6), width: 0.03)
    case .suit:
      both([(0, 1.42), (0.36, 1.1), (0.5, 1.3), (0.2, 3), (0, 3)], traits.shirt)
      canvas.fill(
        .lines(
          [Point(-0.09, 1.46), Point(0.09, 1.46), Point(0.15, 3), Point(-0.15, 3)], closed: true),
        traits.lipColour * traits.cloth.mixed(with: .white, 0.4))
      both(
        [(0.37, 1.12), (0.64, 1.28), (0.5, 1.8), (0.18, 3), (0.3, 1.7)], traits.cloth.scaled(0.7))
    case .straps:
      let top = Path.smooth([
        Point(-1.5, 1.75), Point(-0.6, 1.62), Point(0, 1.8), Point(0.6, 1.62), Point(1.5, 1.75),
      ])
      var filled = top
      filled.line(to: Point(2, 3.4))
      filled.line(to: Point(-2, 3.4))
      filled.close()
      canvas.fill(filled, traits.cloth)
      both([(0.55, 1.2), (0.68, 1.22), (0.72, 1.75), (0.58, 1.75)], traits.cloth)
    case .rollNeck:
      let collar = Path.smooth(
        [
          Point(-0.47, 0.98), Point(0, 1.16), Point(0.47, 0.98), Point(0.54, 1.3), Point(0, 1.46),
          Point(-0.54, 1.3),
        ], closed: true)
      canvas.fill(
        collar,
        .linear(
          Point(lit * 0.5, 1.2), traits.cloth.mixed(with: .white, 0.15), Point(-lit * 0.5, 1.2),
          traits.cloth.scaled(0.55)))
    }
  }
}

// MARK: - Background

extension PhotoFace {
  /// A blurred background.
  func paintBackdrop(on canvas: Canvas) {
    var dice = traits.detail
    let (first, second) = traits.scene
    let (w, h) = (Double(canvas.width), Double(canvas.height))
    let size = max(w, h)
    let corner = Point(dice.between(0, 1) * w, 0)
    canvas.fill(.linear(corner, first, Point(w - corner.x, h), first.mixed(with: second, 0.55)))
    func blob(_ colour: Colour, _ small: Double, _ large: Double) {
      canvas.airbrush(
        Point(dice.between(0, w), dice.between(0, h)), dice.between(small, large) * size,
        dice.between(small, large) * size, colour, rotation: dice.between(0, 90))
    }
    switch traits.backdrop {
    case .studio:
      canvas.fill(
        .radial(
          centre: Point(w * dice.between(0.2, 0.8), h * 0.4), radius: size * 0.85,
          stops: [(0, first), (1, second)]))
    case .foliage:
      for _ in 0..<22 {
        blob(
          first.mixed(with: second, dice.between(0, 1)).scaled(dice.between(0.4, 1.2)).with(
            alpha: 0.7), 0.06, 0.2)
      }
    case .sky:
      for _ in 0..<6 { blob(Colour(1, 1, 1, alpha: 0.6), 0.12, 0.4) }
      canvas.fill(
        .linear(
          Point(0, h * 0.55), second.with(alpha: 0), Point(0, h * 0.75), second.with(alpha: 0.9)))
    case .room, .wall:
      for _ in 0..<3 {
        let x = dice.between(-0.1, 1) * w
        let wide = dice.between(0.05, 0.35) * w
        let colour = second.scaled(dice.between(0.5, 1.3))
        let edge = wide * 0.2
        canvas.fill(
          .linear(
            from: Point(x, 0), to: Point(x + wide, dice.between(-3, 3)),
            stops: [
              (0, colour.with(alpha: 0)), (edge / wide, colour.with(alpha: 0.75)),
              (1 - edge / wide, colour.with(alpha: 0.75)), (1, colour.with(alpha: 0)),
            ]))
      }
      if traits.backdrop == .room { for _ in 0..<5 { blob(second.with(alpha: 0.6), 0.06, 0.25) } }
    case .lights:
      for _ in 0..<12 {
        let light = second.mixed(with: Colour(1, 0.85, 0.6), dice.between(0, 0.8))
        blob(light.with(alpha: dice.between(0.2, 0.8)), 0.03, 0.12)
      }
    }
  }
}
