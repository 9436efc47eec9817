// SPDX-License-Identifier: MIT
import HengeImage

extension AnimeFace {
  /// The middle of the eye on one side (-1 left, 1 right).
  func eyeCentre(_ side: Double) -> Point { onFace(side * traits.eyeSpacing, traits.eyeLevel) }

  /// Eye units (1 is half an eye's width or height, x outwards) to head units; the far eye of a
  /// turned head is narrower.
  private func eyeFrame(_ side: Double) -> Transform {
    let outer = onFace(side * (traits.eyeSpacing + traits.eyeWidth), traits.eyeLevel)
    let inner = onFace(side * (traits.eyeSpacing - traits.eyeWidth), traits.eyeLevel)
    let half = max(0.1, ((outer.x - inner.x) * side) / 2)
    return Transform.translation(eyeCentre(side)).after(.scale(side * half, traits.eyeHeight))
  }

  func paintEye(_ side: Double, on canvas: Canvas) {
    canvas.saving {
      canvas.transform(eyeFrame(side))
      switch traits.eyes {
      case .open: paintOpenEye(side, openness: 1, on: canvas)
      case .half: paintOpenEye(side, openness: 0.55, on: canvas)
      case .happy: paintClosedEye(bow: -1, on: canvas)
      case .asleep: paintClosedEye(bow: 0.75, on: canvas)
      case .wink:
        side < 0
          ? paintClosedEye(bow: -0.8, on: canvas) : paintOpenEye(side, openness: 1, on: canvas)
      }
    }
  }

  private var lashColour: Colour { hairLine.scaled(0.6).mixed(with: .black, 0.35) }

  private func paintClosedEye(bow: Double, on canvas: Canvas) {
    let inner = Point(-0.95, 0.3)
    let outer = Point(1.05, 0.25 - traits.slant)
    var lid = Path()
    lid.move(to: inner)
    lid.curve(to: outer, via: Point(0.1, 0.35 + bow * 1.1))
    canvas.stroke(lid, lashColour, width: 0.2)
    var flick = Path()
    flick.move(to: outer)
    flick.line(to: outer + Point(0.22, bow < 0 ? 0.2 : -0.12))
    canvas.stroke(flick, lashColour, width: 0.14)
  }

  /// The upper lid from the inner to the outer corner.
  private func upperLid(_ openness: Double, thickness: Double = 0) -> Path {
    let top = 0.35 - 1.55 * openness - thickness
    var lid = Path()
    lid.move(to: Point(-0.95, 0.28 - thickness * 0.2))
    lid.curve(
      to: Point(1.02 + thickness * 0.5, 0.1 - traits.slant - thickness * 0.3),
      Point(-0.72, top), Point(0.62, top - traits.slant * 0.6))
    return lid
  }

  /// The lower lid from the outer to the inner corner, joined to `path`.
  private func lowerLid(_ path: inout Path) {
    path.curve(to: Point(-0.95, 0.28), Point(0.92, 1.12), Point(-0.62, 1.22))
  }

  private func paintOpenEye(_ side: Double, openness: Double, on canvas: Canvas) {
    var opening = upperLid(openness)
    lowerLid(&opening)
    opening.close()
    canvas.fill(opening, Colour(1, 1, 1))
    canvas.inside(opening) {
      paintIris(side, on: canvas)
      // The lid's shadow on the eyeball.
      canvas.stroke(
        upperLid(openness), Colour(0.25, 0.2, 0.4, alpha: 0.35), width: 0.5)
    }
    paintLashes(openness, on: canvas)
  }

  private func paintIris(_ side: Double, on canvas: Canvas) {
    let colour = side < 0 ? traits.irises.left : traits.irises.right
    let dark = colour * Colour(0.3, 0.26, 0.38)
    let centre = Point(traits.gaze.x * side, traits.gaze.y)
    let iris = Path.ellipse(centre, 0.64, 0.97)
    canvas.fill(
      iris,
      .linear(
        from: centre - Point(0, 0.95), to: centre + Point(0, 0.95),
        stops: [
          (0, dark), (0.35, colour.scaled(0.75)), (0.65, colour),
          (1, colour.mixed(with: .white, 0.5)),
        ]))
    canvas.fill(
      .ellipse(centre + Point(0, 0.52), 0.42, 0.3),
      colour.mixed(with: .white, 0.6).with(alpha: 0.55))
    canvas.fill(
      .ellipse(centre - Point(0, 0.04), 0.27 * traits.pupil, 0.44 * traits.pupil), dark.scaled(0.55)
    )
    canvas.stroke(iris, dark.scaled(0.8), width: 0.13)
    // Highlights are on the light's side in both eyes, so they are not mirrored.
    canvas.fill(.ellipse(centre + Point(-0.24 * side, -0.42), 0.23, 0.27), .white)
    canvas.fill(
      .ellipse(centre + Point(0.26 * side, 0.42), 0.13, 0.15), Colour(1, 1, 1, alpha: 0.9))
  }

  private func paintLashes(_ openness: Double, on canvas: Canvas) {
    // The upper lash is the sliver between the lid and a higher copy of it.
    var lash = upperLid(openness, thickness: 0.34)
    let tip = lash.end
    lash.line(to: tip + Point(0.2, -0.14))
    lash.line(to: Point(1.02, 0.16 - traits.slant))
    let top = 0.35 - 1.55 * openness
    lash.curve(
      to: Point(-0.95, 0.28), Point(0.62, top - traits.slant * 0.6), Point(-0.72, top))
    lash.close()
    canvas.fill(lash, lashColour)
    for index in 0..<traits.lashes {
      let from = Point(1.0 - 0.2 * Double(index), -0.02 - traits.slant - 0.24 * Double(index))
      canvas.stroke(.lines([from, from + Point(0.3, -0.16)]), lashColour, width: 0.1)
    }
    var lower = Path()
    lower.move(to: Point(0.95, 0.2 - traits.slant * 0.5))
    lowerLid(&lower)
    canvas.inside(.rectangle(Point(-0.5, 0.3), width: 2, height: 2)) {
      canvas.stroke(lower, lashColour.with(alpha: 0.75), width: 0.08)
    }
    var crease = Path()
    crease.move(to: Point(-0.6, top + 0.02))
    crease.curve(to: Point(0.95, -0.42 - traits.slant), via: Point(0.25, top - 0.42))
    canvas.stroke(crease, skinLine.with(alpha: 0.6), width: 0.07)
  }

  func paintBrow(_ side: Double, on canvas: Canvas) {
    let level = traits.eyeLevel - traits.eyeHeight - 0.16 - traits.browRaise
    let inner = onFace(side * (traits.eyeSpacing - 0.2), level + traits.browAngle * 0.45)
    let outer = onFace(side * (traits.eyeSpacing + 0.26), level - traits.browAngle * 0.3 + 0.05)
    var brow = Path()
    brow.move(to: inner)
    brow.curve(to: outer, via: inner.mixed(with: outer, 0.55) - Point(0, 0.1))
    canvas.stroke(
      brow, traits.hair.mixed(with: hairLine, 0.75).with(alpha: 0.85), width: traits.browWidth)
  }

  func paintGlasses(on canvas: Canvas) {
    let frameColour = traits.accent.scaled(0.5)
    for side in [-1.0, 1] {
      let centre = eyeCentre(side) + Point(0.02 * side, 0.04)
      let rim = Path.ellipse(centre, traits.eyeWidth * 1.4, traits.eyeHeight * 1.25)
      canvas.fill(rim, Colour(0.9, 0.97, 1, alpha: 0.18))
      canvas.stroke(rim, frameColour, width: line * 1.3)
      canvas.stroke(
        .lines([
          centre + Point(side * traits.eyeWidth * 1.4, 0), frame.seen(side * 0.86, 0.15, 0),
        ]), frameColour, width: line * 1.3)
    }
    let inner = traits.eyeSpacing - traits.eyeWidth * 1.4
    canvas.stroke(
      .lines([onFace(-inner, traits.eyeLevel), onFace(inner, traits.eyeLevel)]), frameColour,
      width: line * 1.3)
  }
}
