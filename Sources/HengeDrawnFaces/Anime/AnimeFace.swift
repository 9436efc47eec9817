// SPDX-License-Identifier: MIT
import HengeImage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One drawn-style face at one size, painted from back to front.
///
/// Head units: the skull's radius is about 1; the chin is at y = 1, the crown at y = -1.
struct AnimeFace: FacePainter, Sendable {
  let traits: AnimeTraits
  let frame: FaceFrame
  /// The colors of lines and shades, one darker tone per fill.
  let skinLine: Colour
  let skinShade: Colour
  let hairLine: Colour
  let hairShade: Colour
  /// The fringe's lower edge, right to left; drawn as hair and as its shadow on the forehead.
  let fringeEdge: [Lock]

  init(_ traits: AnimeTraits, height: Int, width: Int) {
    self.traits = traits
    frame = FaceFrame(traits.pose, height: height, width: width, neck: Point(0, 1.15))
    skinLine = traits.skin * Colour(0.55, 0.36, 0.34)
    skinShade = traits.skin * Colour(0.9, 0.76, 0.77)
    hairLine = (traits.hair * Colour(0.36, 0.3, 0.38))
    hairShade = traits.hair * Colour(0.74, 0.7, 0.82)
    fringeEdge = AnimeFace.fringe(traits)
  }

  /// The width of an outline in head units; a little under a pixel in a small picture.
  var line: Double { max(0.02, 0.5 / frame.unit) }

  func paintHead(on canvas: Canvas) {
    paintEars(on: canvas)
    paintSkin(on: canvas)
    paintNose(on: canvas)
    paintMouth(on: canvas)
    for side in [-1.0, 1] { paintEye(side, on: canvas) }
    paintFrontHair(on: canvas)
    for side in [-1.0, 1] { paintBrow(side, on: canvas) }
    if traits.glasses { paintGlasses(on: canvas) }
    paintAccessory(on: canvas)
  }

  func develop(_ canvas: Canvas) throws -> Pixels { try canvas.pixels() }

  /// Where the point (x, y) of the face's front is seen.
  func onFace(_ x: Double, _ y: Double) -> Point {
    let r = x * x / 1.1 + (y - 0.1) * (y - 0.1) / 1.7
    return frame.seen(x, y, 0.8 * max(0, 1 - r).squareRoot())
  }

  /// Where the point (x, y) of the hair's front is seen.
  func onHair(_ x: Double, _ y: Double) -> Point {
    let r = x * x / 1.16 + y * y / 2
    return frame.seen(x, y, 0.9 * max(0, 1 - r).squareRoot())
  }
}

// MARK: - Skin

extension AnimeFace {
  /// The head's outline without hair.
  var outline: Path {
    let w = traits.faceWidth
    let half: [(Double, Double, Double)] = [
      (w * 0.98, -0.2, 0), (w, 0.2, 0.08), (w * 0.9, 0.47, 0.16), (traits.jaw, 0.73, 0.28),
      (0.2, traits.chin - 0.07, 0.42),
    ]
    let (right, left) = frame.bothSides(half)
    var path = Path.smooth(right + [frame.seen(0, traits.chin, 0.45)] + left)
    path.curve(
      to: right[0], frame.seen(-w * 0.95, -1.2, 0), frame.seen(w * 0.95, -1.2, 0))
    path.close()
    return path
  }

  func paintEars(on canvas: Canvas) {
    for side in [-1.0, 1] {
      let centre = frame.seen(side * traits.faceWidth * 1.02, 0.27, -0.05)
      let ear = Path.ellipse(centre, 0.13, 0.2, rotation: -12 * side)
      canvas.fill(ear, traits.skin.mixed(with: skinShade, 0.4))
      canvas.stroke(ear, skinLine, width: line)
    }
  }

  func paintSkin(on canvas: Canvas) {
    canvas.fill(outline, traits.skin)
    canvas.inside(outline) {
      // One flat shade on the side away from the light, one under the hair.
      let side = Path.smooth(
        [
          onFace(0.95, -0.3), onFace(0.66, 0.2), onFace(0.6, 0.55), onFace(0.2, 0.98),
          onFace(0.3, 1.2), onFace(1.2, 0.9), onFace(1.2, 0),
        ], closed: true)
      canvas.fill(side, skinShade.with(alpha: 0.5))
      canvas.saving {
        canvas.transform(.translation(Point(0.02, 0.09)))
        canvas.fill(fringePath, skinShade)
      }
      paintBlush(on: canvas)
    }
    canvas.stroke(outline, skinLine, width: line)
  }

  private func paintBlush(on canvas: Canvas) {
    let red = Colour(0.95, 0.35, 0.35, alpha: 0.55 * traits.blush)
    for side in [-1.0, 1] {
      canvas.airbrush(onFace(side * 0.48, 0.56), 0.26, 0.15, red)
      guard traits.blush > 0.5 else { continue }
      for stroke in -1...1 {
        let x = side * 0.48 + 0.09 * Double(stroke)
        canvas.stroke(
          .lines([onFace(x - 0.02, 0.6), onFace(x + 0.03, 0.53)]), red.with(alpha: 0.6),
          width: line * 0.9)
      }
    }
  }

  var noseTip: Point { onFace(0, 0.53) }

  func paintNose(on canvas: Canvas) {
    let turned = frame.pose.yaw < 0 ? -1.0 : 1
    switch traits.nose {
    case .dot:
      canvas.fill(.ellipse(noseTip, 0.025, 0.02), skinLine.with(alpha: 0.8))
    case .line:
      let bridge = Path.smooth([onFace(0.03 * turned, 0.44), onFace(0.04 * turned, 0.5), noseTip])
      canvas.stroke(bridge, skinLine.with(alpha: 0.75), width: line)
    case .shadow:
      let shade = Path.lines(
        [onFace(0, 0.46), onFace(0.06, 0.55), onFace(-0.015, 0.56)], closed: true)
      canvas.fill(shade, skinShade)
      canvas.fill(.ellipse(noseTip + Point(0, 0.02), 0.022, 0.014), skinLine.with(alpha: 0.7))
    }
  }
}

// MARK: - Mouth

extension AnimeFace {
  func mouthCorner(_ side: Double) -> Point {
    onFace(side * traits.mouthWidth, traits.mouthLevel)
  }

  func paintMouth(on canvas: Canvas) {
    let left = mouthCorner(-1)
    let right = mouthCorner(1)
    let middle = left.mixed(with: right, 0.5)
    let w = traits.mouthWidth
    func arc(_ depth: Double) -> Path {
      var path = Path()
      path.move(to: left)
      path.curve(to: right, via: middle + Point(0, depth * 2))
      return path
    }
    switch traits.mouth {
    case .smile: canvas.stroke(arc(0.05), skinLine, width: line * 1.2)
    case .flat: canvas.stroke(arc(0.004), skinLine, width: line * 1.2)
    case .frown: canvas.stroke(arc(-0.035), skinLine, width: line * 1.2)
    case .small:
      paintOpenMouth(.ellipse(middle + Point(0, 0.02), w * 0.5, w * 0.42), on: canvas)
      return
    case .cat:
      var path = Path()
      path.move(to: left)
      path.curve(to: middle, via: left.mixed(with: middle, 0.5) + Point(0, 0.1))
      path.curve(to: right, via: right.mixed(with: middle, 0.5) + Point(0, 0.1))
      canvas.stroke(path, skinLine, width: line * 1.2)
    case .open, .laugh:
      var path = arc(traits.mouth == .laugh ? 0.015 : 0.03)
      let depth = traits.mouth == .laugh ? 0.25 : 0.16
      path.curve(
        to: left, right + Point(-0.02, depth), left + Point(0.02, depth))
      path.close()
      paintOpenMouth(path, on: canvas)
      return
    }
    let lip = middle + Point(0, 0.12)
    canvas.stroke(
      .lines([lip - Point(0.04, 0), lip + Point(0.04, 0)]), skinShade, width: line)
  }

  private func paintOpenMouth(_ path: Path, on canvas: Canvas) {
    let middle = mouthCorner(-1).mixed(with: mouthCorner(1), 0.5)
    canvas.fill(path, Colour(0.62, 0.2, 0.22))
    canvas.inside(path) {
      canvas.fill(
        .ellipse(middle + Point(0, 0.19), traits.mouthWidth * 0.8, 0.09), Colour(0.93, 0.5, 0.5))
      if traits.mouth == .laugh {
        let corner = middle - Point(0.3, 0.1)
        canvas.fill(.rectangle(corner, width: 0.6, height: 0.15), .white)
      }
    }
    canvas.stroke(path, skinLine, width: line)
  }
}
