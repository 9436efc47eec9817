// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage

/// Everything that makes one drawn-style face differ from another.
struct AnimeTraits: Sendable {
  enum Eyes: CaseIterable { case open, half, happy, asleep, wink }
  enum Mouth: CaseIterable { case smile, flat, frown, open, laugh, small, cat }
  enum Nose: CaseIterable { case dot, line, shadow }
  enum Fringe: CaseIterable { case blunt, choppy, swept, centre, spiky, framed, open }
  enum Back: CaseIterable { case short, bob, long, twinTails, ponytail, spiky, braids, buns }
  enum Clothes: CaseIterable { case sailor, blazer, turtleneck, hood, kimono, straps }
  enum Accessory: CaseIterable { case none, bow, band, clip, catEars, flower }
  enum Backdrop: CaseIterable { case plain, vertical, glow, stripes, dots, split }

  var pose: FacePose
  var skin: Colour
  var hair: Colour
  var hairTip: Colour
  var irises: (left: Colour, right: Colour)

  var faceWidth: Double
  var jaw: Double
  var chin: Double

  var eyes: Eyes
  var eyeSpacing: Double
  var eyeWidth: Double
  var eyeHeight: Double
  var eyeLevel: Double
  var slant: Double
  var gaze: Point
  var pupil: Double
  var lashes: Int
  var glasses: Bool

  var browAngle: Double
  var browRaise: Double
  var browWidth: Double
  var nose: Nose
  var mouth: Mouth
  var mouthWidth: Double
  var mouthLevel: Double
  var blush: Double

  var fringe: Fringe
  var locks: Int
  var parting: Double
  var fringeLength: Double
  var back: Back
  var backLength: Double
  var volume: Double
  var curl: Double
  var sideLock: Double
  var cowlick: Bool
  var shine: Double

  var accessory: Accessory
  var accent: Colour
  var clothes: Clothes
  var cloth: Colour
  var trim: Colour
  var backdrop: Backdrop
  var backdropColours: (Colour, Colour)

  /// For the details: where exactly each lock of hair ends.
  var detail: Dice
}

extension AnimeTraits {
  /// The traits drawn from `stream` at its position.
  init(_ stream: RandomStream) {
    var dice = Dice(stream)
    pose = FacePose(
      tilt: dice.tilt(), yaw: dice.about(0, 0.22, limit: 0.45),
      pitch: dice.about(0.02, 0.07, limit: 0.16), scale: dice.between(0.6, 0.84),
      centre: Point(dice.about(0, 0.06, limit: 0.14), dice.about(0.01, 0.06, limit: 0.14)))
    skin = dice.pick([
      (Colour(1, 0.93, 0.88), weight: 4), (Colour(1, 0.89, 0.82), weight: 4),
      (Colour(0.98, 0.84, 0.74), weight: 2), (Colour(0.86, 0.66, 0.52), weight: 0.8),
      (Colour(0.66, 0.46, 0.35), weight: 0.5),
    ]).scaled(dice.between(0.97, 1))
    hair = AnimeTraits.hairColour(&dice)
    hairTip = dice.chance(0.2) ? AnimeTraits.hairColour(&dice) : hair
    let iris = AnimeTraits.irisColour(&dice)
    irises = (iris, dice.chance(0.03) ? AnimeTraits.irisColour(&dice) : iris)

    faceWidth = dice.between(0.76, 0.88)
    jaw = dice.between(0.5, 0.62)
    chin = dice.between(0.94, 1.06)

    eyes = dice.pick([
      (.open, weight: 14), (.half, weight: 2), (.happy, weight: 1), (.asleep, weight: 0.8),
      (.wink, weight: 0.6),
    ])
    eyeSpacing = dice.between(0.38, 0.44)
    eyeWidth = dice.between(0.21, 0.27)
    eyeHeight = dice.between(0.2, 0.3)
    eyeLevel = dice.between(0.2, 0.3)
    slant = dice.about(0.05, 0.18, limit: 0.4)
    gaze = Point(dice.about(0, 0.1, limit: 0.24), dice.about(0, 0.06, limit: 0.12))
    pupil = dice.between(0.7, 1.15)
    lashes = dice.whole(0...3)
    glasses = dice.chance(0.08)

    browAngle = dice.about(0, 0.13, limit: 0.3)
    browRaise = dice.between(0, 0.1)
    browWidth = dice.between(0.025, 0.06)
    nose = dice.any(Nose.self)
    mouth = dice.pick([
      (.smile, weight: 5), (.flat, weight: 2), (.frown, weight: 1), (.open, weight: 2.5),
      (.laugh, weight: 2), (.small, weight: 2), (.cat, weight: 0.6),
    ])
    mouthWidth = dice.between(0.11, 0.2)
    mouthLevel = dice.between(0.68, 0.75)
    blush = dice.chance(0.75) ? dice.between(0.15, 0.7) : 0

    fringe = dice.pick([
      (.blunt, weight: 2.5), (.choppy, weight: 4), (.swept, weight: 3), (.centre, weight: 1.6),
      (.spiky, weight: 2.5), (.framed, weight: 3), (.open, weight: 0.8),
    ])
    locks = dice.whole(5...9)
    parting = dice.between(-0.55, 0.55)
    fringeLength = dice.between(-0.1, 0.14)
    back = dice.pick([
      (.short, weight: 2.5), (.bob, weight: 3), (.long, weight: 4), (.twinTails, weight: 1.8),
      (.ponytail, weight: 1.6), (.spiky, weight: 1.8), (.braids, weight: 0.8), (.buns, weight: 0.8),
    ])
    backLength = dice.between(0, 1)
    volume = dice.between(0, 1)
    curl = dice.between(-1, 1)
    sideLock = dice.chance(0.8) ? dice.between(0.35, 1.2) : 0
    cowlick = dice.chance(0.25)
    shine = dice.between(0.15, 0.75)

    accessory = dice.pick([
      (.none, weight: 9), (.bow, weight: 1.6), (.band, weight: 1.2), (.clip, weight: 1.6),
      (.catEars, weight: 0.7), (.flower, weight: 0.8),
    ])
    accent = dice.colour((0, 360), (0.45, 0.95), (0.6, 1))
    clothes = dice.any(Clothes.self)
    cloth =
      dice.chance(0.3)
      ? dice.colour((0, 360), (0, 0.08), (0.15, 1))
      : dice.colour((0, 360), (0.2, 0.8), (0.25, 0.95))
    trim =
      dice.chance(0.5)
      ? dice.colour((0, 360), (0, 0.06), (0.85, 1)) : dice.colour((0, 360), (0.4, 0.9), (0.3, 0.95))
    backdrop = dice.pick([
      (.plain, weight: 6), (.vertical, weight: 3), (.glow, weight: 2.4), (.stripes, weight: 0.8),
      (.dots, weight: 0.8), (.split, weight: 1),
    ])
    let plain = dice.chance(0.5)
    backdropColours = (
      plain ? .white : dice.colour((0, 360), (0.02, 0.35), (0.8, 1)),
      dice.colour((0, 360), (0.05, 0.5), (0.6, 1))
    )
    detail = dice
  }

  /// Every hue there is, and black, brown, blond and silver more often.
  private static func hairColour(_ dice: inout Dice) -> Colour {
    let range: ((Double, Double), (Double, Double), (Double, Double)) = dice.pick([
      (((220, 280), (0.05, 0.3), (0.16, 0.3)), weight: 2.4),
      (((10, 30), (0.35, 0.65), (0.25, 0.5)), weight: 3.2),
      (((22, 36), (0.4, 0.7), (0.5, 0.72)), weight: 1.8),
      (((38, 52), (0.3, 0.62), (0.85, 1)), weight: 2.4),
      (((200, 260), (0.02, 0.14), (0.74, 0.97)), weight: 1.6),
      (((0, 16), (0.55, 0.85), (0.6, 0.92)), weight: 1.3),
      (((322, 352), (0.25, 0.55), (0.85, 1)), weight: 1.6),
      (((262, 300), (0.25, 0.6), (0.5, 0.9)), weight: 1.3),
      (((205, 240), (0.35, 0.75), (0.4, 0.95)), weight: 1.7),
      (((165, 200), (0.3, 0.6), (0.65, 0.95)), weight: 1),
      (((80, 150), (0.25, 0.55), (0.5, 0.88)), weight: 0.9),
    ])
    return dice.colour(range.0, range.1, range.2)
  }

  private static func irisColour(_ dice: inout Dice) -> Colour {
    dice.pick([
      (dice.colour((195, 235), (0.6, 0.95), (0.7, 1)), weight: 3),
      (dice.colour((15, 32), (0.55, 0.85), (0.45, 0.75)), weight: 2.6),
      (dice.colour((340, 368), (0.65, 0.95), (0.65, 0.95)), weight: 2),
      (dice.colour((95, 165), (0.45, 0.85), (0.5, 0.85)), weight: 2),
      (dice.colour((255, 300), (0.5, 0.85), (0.6, 0.95)), weight: 2),
      (dice.colour((38, 54), (0.65, 0.95), (0.8, 1)), weight: 1.6),
      (dice.colour((165, 195), (0.5, 0.85), (0.6, 0.9)), weight: 1.2),
      (dice.colour((200, 260), (0.05, 0.25), (0.35, 0.65)), weight: 0.8),
    ])
  }
}
