// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One photograph-like face at one size: airbrushed light and shade, then a camera's faults.
///
/// Head units: the chin is near y = 1, the crown near y = -1, the eyes at 0.
struct PhotoFace: FacePainter, Sendable {
  let traits: PhotoTraits
  let frame: FaceFrame
  /// Skin out of the light; laid over it at various strengths.
  let shade: Colour
  /// Skin in full light.
  let glow: Colour
  /// The side the light comes from, -1 or 1.
  let lit: Double

  init(_ traits: PhotoTraits, height: Int, width: Int) {
    self.traits = traits
    frame = FaceFrame(traits.pose, height: height, width: width, neck: Point(0, 1.1))
    shade = traits.skin * Colour(0.36, 0.24, 0.2)
    glow = traits.skin.mixed(with: Colour(1, 0.96, 0.9), 0.55)
    lit = traits.light < 0 ? -1 : 1
  }

  func paintHead(on canvas: Canvas) {
    paintEars(on: canvas)
    paintSkin(on: canvas)
    paintBeard(on: canvas)
    paintMouth(on: canvas)
    paintNose(on: canvas)
    for side in [-1.0, 1] {
      paintEye(side, on: canvas)
      paintBrow(side, on: canvas)
    }
    paintFrontHair(on: canvas)
    paintEyewear(on: canvas)
  }

  /// The light's color.
  func paintCast(on canvas: Canvas) { canvas.fill(.colour(traits.cast)) }

  /// The camera's rendering of each of the 256 levels.
  private var cameraCurve: [Int] {
    (0..<256).map { level in
      let light = pow(Double(level) / 255, traits.gamma)
      let steep = light * light * (3 - 2 * light)
      return Int(((light + (steep - light) * traits.punch) * 255).rounded())
    }
  }

  /// Softens as a lens does and adds a sensor's noise, one draw of the stream for four pixels.
  func develop(_ canvas: Canvas) throws -> Pixels {
    // Halving the step fills the gaps between copies, which a large picture would show as ghosts.
    var radius = traits.blur * frame.unit
    repeat {
      try canvas.soften(radius: radius)
      radius /= 2
    } while radius > 0.4
    var pixels = try canvas.pixels()
    var stream = traits.grainStream
    let curve = cameraCurve
    // The difference of two bytes has deviation 104.
    let strength = Int(traits.grain * 256 / 104)
    pixels.bytes.withUnsafeMutableBufferPointer { bytes in
      var bits: UInt64 = 0
      for pixel in 0..<(bytes.count / 3) {
        if pixel & 3 == 0 { bits = stream.next() }
        let difference = Int(bits & 255) - Int(bits >> 8 & 255)
        bits >>= 16
        let noise = (difference * strength + 128) >> 8
        for channel in 0..<3 {
          let at = pixel * 3 + channel
          bytes[at] = UInt8(min(255, max(0, curve[Int(bytes[at])] + noise)))
        }
      }
    }
    return pixels
  }

  /// Where the point (x, y) of the face's front is seen, `out` above the surface.
  func onFace(_ x: Double, _ y: Double, out: Double = 0) -> Point {
    let r = x * x / 0.55 + y * y / 1.25
    return frame.seen(x, y, 0.72 * max(0, 1 - r).squareRoot() + out)
  }
}

// MARK: - Skin

extension PhotoFace {
  /// The head's outline without hair.
  var outline: Path {
    let w = traits.width
    let half: [(Double, Double, Double)] = [
      (w * 0.84, -0.68, 0), (w, -0.2, 0), (w * 0.97, 0.2, 0.02), (w * 0.88, 0.5, 0.08),
      (traits.jaw, 0.76, 0.2), (0.25, traits.chin - 0.04, 0.36),
    ]
    let (right, left) = frame.bothSides(half)
    return .smooth(
      [frame.seen(0, -0.98, 0)] + right + [frame.seen(0, traits.chin, 0.38)] + left, closed: true)
  }

  func paintEars(on canvas: Canvas) {
    for side in [-1.0, 1] {
      let centre = frame.seen(side * traits.width * 1.02, 0.1, -0.1)
      let tone = side == lit ? 0.96 : 0.96 - 0.35 * traits.contrast
      let skin = traits.skin.scaled(tone) * Colour(1, 0.9, 0.88)
      canvas.fill(.ellipse(centre, 0.085, 0.19, rotation: 8 * side), skin)
      canvas.airbrush(centre, 0.05, 0.12, shade.with(alpha: 0.5))
    }
  }

  func paintSkin(on canvas: Canvas) {
    let turn = frame.seen(0, 0, 0.5)
    canvas.inside(outline) {
      let dark = traits.skin.mixed(
        with: shade, 0.12 + 0.5 * traits.contrast * traits.light.magnitude)
      let bright = traits.skin.mixed(with: glow, 0.45)
      canvas.fill(
        .linear(
          from: Point(lit * 0.8, -0.3), to: Point(-lit * 0.85, 0.3),
          stops: [(0, bright), (0.5, traits.skin), (1, dark)]))
      // The head turns away from the viewer at its edge.
      canvas.saving {
        canvas.transform(Transform.translation(turn * 0.5).after(.scale(traits.width * 1.2, 1.12)))
        canvas.fill(
          .radial(
            centre: Point(0, -0.03), radius: 1,
            stops: [
              (0.5, shade.with(alpha: 0)), (0.8, shade.with(alpha: 0.2)),
              (1, shade.with(alpha: 0.6)),
            ]))
      }
      paintRelief(on: canvas)
    }
  }

  /// Light on raised parts, shade in deep ones.
  private func paintRelief(on canvas: Canvas) {
    func light(_ x: Double, _ y: Double, _ rx: Double, _ ry: Double, _ strength: Double) {
      canvas.airbrush(onFace(x, y), rx, ry, glow.with(alpha: strength))
    }
    func dark(_ x: Double, _ y: Double, _ rx: Double, _ ry: Double, _ strength: Double) {
      canvas.airbrush(onFace(x, y), rx, ry, shade.with(alpha: strength))
    }
    light(lit * 0.14, -0.38, 0.4, 0.24, 0.6)
    light(0, traits.chin - 0.16, 0.16, 0.11, 0.4)
    dark(0, traits.mouthLevel + 0.15, 0.2, 0.06, 0.4)
    let red = traits.skin * Colour(1, 0.62, 0.58)
    for side in [-1.0, 1] {
      let facing = side == lit ? 1.0 : 1 - 0.6 * traits.contrast
      canvas.airbrush(onFace(side * 0.36, 0.34), 0.22, 0.17, red.with(alpha: 0.26))
      light(side * 0.35, 0.22, 0.2, 0.14, 0.6 * facing)
      dark(side * 0.3, traits.eyeLevel - 0.03, 0.24, 0.13, 0.42)
      dark(side * 0.13, traits.eyeLevel - 0.03, 0.09, 0.13, 0.4)
      dark(side * 0.28, traits.eyeLevel + 0.12, 0.16, 0.05, 0.16 + 0.3 * traits.age)
      dark(side * 0.62, 0.56, 0.24, 0.4, 0.2 + 0.3 * (1 - traits.softness))
      let smiling = traits.mouth == .teeth || traits.mouth == .smile
      var fold = Path()
      fold.move(to: onFace(side * (traits.noseWidth + 0.02), traits.noseLength))
      fold.curve(
        to: onFace(side * (traits.mouthWidth + 0.07), traits.mouthLevel),
        via: onFace(side * (traits.mouthWidth + 0.06), traits.noseLength + 0.06))
      let depth = (smiling ? 0.2 : 0.06) + 0.28 * traits.age
      canvas.stroke(fold, shade.with(alpha: depth * 0.5), width: 0.055)
      canvas.stroke(fold, shade.with(alpha: depth * 0.5), width: 0.025)
    }
    if traits.age > 0.6 {
      for line in 0..<3 {
        let y = -0.36 - 0.09 * Double(line)
        canvas.stroke(
          .smooth([onFace(-0.3, y + 0.03), onFace(0, y), onFace(0.3, y + 0.03)]),
          shade.with(alpha: 0.45 * (traits.age - 0.5)), width: 0.02)
      }
    }
  }

  var noseTip: Point { onFace(0, traits.noseLength, out: 0.16) }

  func paintNose(on canvas: Canvas) {
    let tip = noseTip
    let w = traits.noseWidth
    let bridge = onFace(0, traits.eyeLevel + 0.02, out: 0.05)
    func along(_ t: Double) -> Point { bridge.mixed(with: tip, t) }
    canvas.airbrush(
      along(0.5) + Point(-lit * 0.09, 0), 0.065, 0.24,
      shade.with(alpha: 0.32 * traits.contrast + 0.1))
    canvas.airbrush(tip + Point(-lit * w * 0.8, 0.04), 0.09, 0.09, shade.with(alpha: 0.35))
    canvas.airbrush(tip + Point(0, 0.1), w * 1.25, 0.055, shade.with(alpha: 0.6))
    let ball = traits.skin * Colour(1, 0.9, 0.87)
    canvas.airbrush(tip, w * 0.9, 0.1, ball.with(alpha: 0.6))
    for side in [-1.0, 1] {
      let wing = onFace(side * w * 0.86, traits.noseLength + 0.035, out: 0.05)
      canvas.airbrush(wing + Point(side * 0.035, 0.005), 0.035, 0.07, shade.with(alpha: 0.5))
      canvas.airbrush(wing - Point(side * 0.02, 0.01), 0.05, 0.05, ball.with(alpha: 0.7))
      let nostril = onFace(side * w * 0.5, traits.noseLength + 0.07, out: 0.1)
      canvas.airbrush(nostril, 0.05, 0.03, shade.scaled(0.4).with(alpha: 0.95), rotation: 14 * side)
    }
    canvas.airbrush(along(0.45) + Point(lit * 0.012, 0), 0.04, 0.26, glow.with(alpha: 0.5))
    canvas.airbrush(tip + Point(lit * 0.025, -0.03), 0.055, 0.05, glow.with(alpha: 0.7))
  }
}
