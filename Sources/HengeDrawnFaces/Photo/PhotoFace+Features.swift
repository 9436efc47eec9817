// SPDX-License-Identifier: MIT
import HengeImage

// MARK: - Eyes

extension PhotoFace {
  /// The middle of the eye on one side (-1 left, 1 right).
  func eyeCentre(_ side: Double) -> Point {
    onFace(side * traits.eyeSpacing, traits.eyeLevel)
  }

  /// Eye units (1 is half an eye's width or height, x outwards) to head units.
  private func eyeFrame(_ side: Double) -> Transform {
    let outer = onFace(side * (traits.eyeSpacing + traits.eyeWidth), traits.eyeLevel)
    let inner = onFace(side * (traits.eyeSpacing - traits.eyeWidth), traits.eyeLevel)
    let half = max(0.05, (outer.x - inner.x) * side / 2)
    return Transform.translation(eyeCentre(side)).after(.scale(side * half, traits.eyeHeight))
  }

  private var innerCorner: Point { Point(-1.02, 0.3) }
  private var outerCorner: Point { Point(1.02, 0.1 - traits.slant) }

  private func upperLid(_ lift: Double = 0) -> Path {
    let top = 0.75 - 2.15 * traits.openness - lift
    var lid = Path()
    lid.move(to: innerCorner)
    lid.curve(to: outerCorner, Point(-0.5, top), Point(0.5, top - traits.slant * 0.5))
    return lid
  }

  private func lowerLid(_ path: inout Path) {
    path.curve(to: innerCorner, Point(0.6, 1.2), Point(-0.5, 1.3))
  }

  func paintEye(_ side: Double, on canvas: Canvas) {
    canvas.saving {
      canvas.transform(eyeFrame(side))
      let lidSkin = traits.skin.mixed(with: shade, 0.22 + 0.3 * traits.makeup)
      canvas.airbrush(Point(0.1, -0.75), 1.3, 1.1, lidSkin.with(alpha: 0.55))
      if traits.openness > 0.1 {
        var opening = upperLid()
        lowerLid(&opening)
        opening.close()
        canvas.fill(opening, Colour(0.9, 0.87, 0.85).mixed(with: traits.skin, 0.15))
        canvas.inside(opening) {
          paintIris(side, on: canvas)
          canvas.stroke(upperLid(), Colour(0.1, 0.05, 0.05, alpha: 0.35), width: 0.55)
          canvas.airbrush(innerCorner, 0.4, 0.6, Colour(0.75, 0.4, 0.38, alpha: 0.7))
        }
      }
      let lash = Colour(0.09, 0.05, 0.04)
      canvas.stroke(upperLid(), lash.with(alpha: 0.8), width: 0.16 + 0.2 * traits.makeup)
      var lower = Path()
      lower.move(to: outerCorner)
      lowerLid(&lower)
      canvas.stroke(lower, shade.with(alpha: 0.55 + 0.3 * traits.makeup), width: 0.13)
      var crease = Path()
      crease.move(to: Point(-0.95, -0.35))
      crease.curve(to: Point(1.2, -0.35 - traits.slant), Point(-0.4, -1.55), Point(0.6, -1.6))
      canvas.stroke(crease, shade.with(alpha: 0.5), width: 0.14)
    }
  }

  private func paintIris(_ side: Double, on canvas: Canvas) {
    // Round in head units: an eye is about twice as wide as high.
    let rx = 0.47
    let ry = rx * traits.eyeWidth / traits.eyeHeight
    let centre = Point(traits.gaze.x * side, traits.gaze.y)
    canvas.fill(.ellipse(centre, rx, ry), traits.iris.scaled(0.55))
    canvas.airbrush(centre + Point(0, ry * 0.25), rx * 0.95, ry * 0.9, traits.iris.scaled(1.35))
    canvas.stroke(.ellipse(centre, rx, ry), Colour(0.05, 0.04, 0.04, alpha: 0.6), width: 0.09)
    canvas.fill(.ellipse(centre, rx * 0.42, ry * 0.42), Colour(0.03, 0.02, 0.02))
    canvas.airbrush(
      centre + Point(lit * side * 0.16, -ry * 0.34), 0.17, 0.36, Colour(1, 1, 1, alpha: 0.95))
  }

  func paintBrow(_ side: Double, on canvas: Canvas) {
    let y = traits.eyeLevel - 0.185 - traits.browRaise
    let inner = onFace(side * 0.13, y + 0.02)
    let peak = onFace(side * 0.34, y - traits.browArch - 0.02)
    let outer = onFace(side * 0.5, y + 0.03)
    let w = traits.browWidth
    var brow = Path()
    brow.move(to: inner + Point(0, w * 0.7))
    brow.line(to: inner - Point(0, w * 0.7))
    brow.curve(to: outer, via: peak - Point(0, w * 1.6))
    brow.curve(to: inner + Point(0, w * 0.7), via: peak + Point(0, w * 0.4))
    brow.close()
    let tone = traits.hair.mixed(with: shade, 0.4).scaled(0.8)
    canvas.fill(brow, tone.with(alpha: 0.5))
    var dice = traits.detail
    for hair in 0..<12 {
      let t = Double(hair) / 11
      let root =
        inner.mixed(with: peak, t).mixed(with: peak.mixed(with: outer, t), t)
        + Point(0, w * (0.7 - 0.6 * t) + dice.between(-0.01, 0.01))
      canvas.stroke(
        .lines([root, root + Point(side * (0.02 + 0.06 * t), -w * (1.3 - t))]),
        tone.with(alpha: 0.6), width: 0.018)
    }
  }

  func paintEyewear(on canvas: Canvas) {
    guard traits.eyewear != .none else { return }
    let heavy = traits.eyewear != .thin
    let rim = heavy ? Colour(0.07, 0.06, 0.06) : Colour(0.35, 0.31, 0.28)
    let thickness = heavy ? 0.045 : 0.022
    for side in [-1.0, 1] {
      let inner = onFace(side * 0.09, traits.eyeLevel, out: 0.12)
      let outer = onFace(side * 0.52, traits.eyeLevel, out: 0.12)
      let middle = inner.mixed(with: outer, 0.5) + Point(0, 0.035)
      let lens = Path.ellipse(middle, (outer.x - inner.x).magnitude / 2, 0.165)
      if traits.eyewear == .shades {
        canvas.fill(
          lens,
          .linear(
            middle - Point(0, 0.16), Colour(0.03, 0.03, 0.04, alpha: 0.9),
            middle + Point(0, 0.16), Colour(0.16, 0.13, 0.12, alpha: 0.75)))
      } else {
        canvas.fill(lens, Colour(0.85, 0.92, 1, alpha: 0.1))
      }
      canvas.stroke(lens, rim.with(alpha: 0.9), width: thickness)
      canvas.stroke(
        .lines([outer, frame.seen(side * traits.width, 0.0, -0.05)]), rim, width: thickness)
    }
    canvas.stroke(
      .smooth([
        onFace(-0.09, traits.eyeLevel, out: 0.12), onFace(0, traits.eyeLevel - 0.03, out: 0.14),
        onFace(0.09, traits.eyeLevel, out: 0.12),
      ]), rim, width: thickness)
  }
}

// MARK: - Mouth

extension PhotoFace {
  private var smile: Double {
    switch traits.mouth {
    case .closed: 0
    case .smile: 0.035
    case .teeth: 0.05
    case .open: 0.01
    }
  }

  func mouthCorner(_ side: Double) -> Point {
    onFace(side * (traits.mouthWidth + smile * 0.7), traits.mouthLevel - smile)
  }

  /// The line between corners, bent down by `depth` in its middle.
  private func lipLine(_ depth: Double, dip: Double) -> [Point] {
    let left = mouthCorner(-1)
    let right = mouthCorner(1)
    let w = traits.mouthWidth
    func at(_ x: Double, _ dy: Double) -> Point {
      onFace(x, traits.mouthLevel + dy)
    }
    return [
      left, at(-w * 0.5, depth * 0.75 - dip * 0.8), at(-w * 0.18, depth - dip),
      at(0, depth - dip * 0.7),
      at(w * 0.18, depth - dip), at(w * 0.5, depth * 0.75 - dip * 0.8), right,
    ]
  }

  func paintMouth(on canvas: Canvas) {
    let thick = 0.058 * traits.lips
    let gap: Double =
      switch traits.mouth {
      case .closed, .smile: 0
      case .teeth: 0.085
      case .open: 0.13
      }
    let upper = lipLine(0.005, dip: thick)
    let seamTop = lipLine(0.008, dip: 0)
    let seamBottom = lipLine(gap + 0.008, dip: 0)
    let lower = lipLine(gap + thick * 1.35, dip: 0)
    func band(_ above: [Point], _ below: [Point]) -> Path {
      var path = Path.smooth(above)
      path.smooth(through: Array(below.reversed().dropFirst()))
      path.close()
      return path
    }
    canvas.airbrush(
      onFace(0, traits.mouthLevel + 0.02), traits.mouthWidth * 1.3, 0.13, shade.with(alpha: 0.16))
    if gap > 0 {
      let opening = band(seamTop, seamBottom)
      canvas.fill(opening, Colour(0.25, 0.08, 0.08))
      canvas.inside(opening) {
        let teeth = Colour(0.93, 0.9, 0.86)
        let depth = traits.mouth == .teeth ? 0.06 : 0.03
        canvas.airbrush(
          onFace(0, traits.mouthLevel + depth * 0.5), traits.mouthWidth * 1.15, depth * 1.9, teeth)
      }
    }
    canvas.fill(band(upper, seamTop), traits.lipColour.scaled(0.84))
    canvas.fill(band(seamBottom, lower), traits.lipColour)
    canvas.stroke(
      .smooth(seamTop), shade.scaled(0.5).with(alpha: gap > 0 ? 0.35 : 0.75), width: 0.018)
    canvas.airbrush(
      onFace(lit * 0.04, traits.mouthLevel + gap + thick * 0.7), 0.12, thick * 0.6,
      Colour(1, 0.9, 0.88, alpha: 0.35))
    for side in [-1.0, 1] {
      canvas.airbrush(mouthCorner(side), 0.05, 0.045, shade.with(alpha: 0.5))
    }
  }
}
