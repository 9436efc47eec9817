// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage

/// Everything that makes one photograph-like face differ from another.
struct PhotoTraits: Sendable {
  enum Hair: CaseIterable { case bald, buzz, short, parted, fringe, curly, bob, long, wavy, up }
  enum Beard: CaseIterable { case none, stubble, moustache, goatee, full }
  enum Mouth: CaseIterable { case closed, smile, teeth, open }
  enum Clothes: CaseIterable { case crew, vNeck, shirt, suit, straps, rollNeck }
  enum Backdrop: CaseIterable { case studio, foliage, sky, room, lights, wall }
  enum Eyewear: CaseIterable { case none, thin, heavy, shades }

  var pose: FacePose
  /// 0 broad and angular to 1 narrow and soft.
  var softness: Double
  /// 0 young to 1 old.
  var age: Double
  var skin: Colour
  var hair: Colour
  var iris: Colour

  var width: Double
  var jaw: Double
  var chin: Double
  var eyeSpacing: Double
  var eyeWidth: Double
  var eyeHeight: Double
  var eyeLevel: Double
  var slant: Double
  /// 1 open to 0 closed.
  var openness: Double
  var gaze: Point
  var makeup: Double
  var browWidth: Double
  var browArch: Double
  var browRaise: Double
  var noseWidth: Double
  var noseLength: Double
  var mouth: Mouth
  var mouthWidth: Double
  var mouthLevel: Double
  var lips: Double
  var lipColour: Colour

  var hairStyle: Hair
  var hairline: Double
  var parting: Double
  var volume: Double
  var hairLength: Double
  var waves: Double
  var beard: Beard
  var eyewear: Eyewear
  var clothes: Clothes
  var cloth: Colour
  var shirt: Colour

  /// -1 lit from the left to 1 from the right.
  var light: Double
  var contrast: Double
  var backdrop: Backdrop
  var scene: (Colour, Colour)
  var cast: Colour
  /// How the camera renders light: the exponent of its curve and the steepness of its middle.
  var gamma: Double
  var punch: Double
  var blur: Double
  /// Deviation of the noise, in levels of 255.
  var grain: Double
  var grainStream: RandomStream
  var detail: Dice
}

extension PhotoTraits {
  /// The traits drawn from `stream` at its position.
  init(_ stream: RandomStream) {
    var dice = Dice(stream)
    grainStream = RandomStream(
      seed: stream.seed, name: "\(stream.name).grain", position: stream.position)
    pose = FacePose(
      tilt: dice.tilt(), yaw: dice.about(0, 0.2, limit: 0.42),
      pitch: dice.about(0, 0.07, limit: 0.17), scale: dice.between(0.68, 0.9),
      centre: Point(dice.about(0, 0.06, limit: 0.14), dice.about(0.06, 0.05, limit: 0.12)))
    softness = dice.between(0, 1)
    age = dice.between(0, 1)
    skin = PhotoTraits.skinColour(&dice)
    hair = PhotoTraits.hairColour(age, skin, &dice)
    iris = PhotoTraits.irisColour(skin, &dice)

    width = dice.between(0.65, 0.73) - 0.03 * softness
    jaw = dice.between(0.45, 0.55) - 0.06 * softness
    chin = dice.between(0.96, 1.04) - 0.04 * softness
    eyeSpacing = dice.between(0.265, 0.305)
    eyeWidth = dice.between(0.135, 0.16) + 0.008 * softness
    eyeHeight = dice.between(0.055, 0.072) + 0.008 * softness
    eyeLevel = dice.between(-0.03, 0.03)
    slant = dice.about(0.1, 0.2, limit: 0.5)
    openness = dice.chance(0.04) ? 0 : dice.chance(0.15) ? dice.between(0.35, 0.7) : 1
    gaze = Point(dice.about(0, 0.14, limit: 0.36), dice.about(0, 0.06, limit: 0.15))
    makeup = softness > 0.5 && dice.chance(0.7) ? dice.between(0.3, 1) : 0
    browWidth = dice.between(0.035, 0.06) - 0.02 * softness
    browArch = dice.between(0.01, 0.07)
    browRaise = dice.between(-0.02, 0.04)
    noseWidth = dice.between(0.12, 0.175) - 0.02 * softness
    noseLength = dice.between(0.34, 0.42)
    mouth = dice.pick([
      (.closed, weight: 3), (.smile, weight: 3), (.teeth, weight: 4), (.open, weight: 0.8),
    ])
    mouthWidth = dice.between(0.2, 0.27)
    mouthLevel = dice.between(0.58, 0.64)
    lips = dice.between(0.6, 1.15) + 0.15 * softness
    let natural = skin * Colour(0.86, 0.6, 0.6)
    lipColour =
      makeup > 0.5
      ? natural.mixed(with: dice.colour((340, 372), (0.5, 0.85), (0.5, 0.85)), 0.65) : natural

    hairStyle = PhotoTraits.hairStyle(softness, &dice)
    hairline = dice.between(-0.62, -0.5) - (softness < 0.5 ? 0.12 * age : 0)
    parting = dice.between(-0.45, 0.45)
    volume = dice.between(0, 1)
    hairLength = dice.between(0, 1)
    waves = dice.between(0, 1)
    beard =
      softness < 0.45
      ? dice.pick([
        (.none, weight: 4), (.stubble, weight: 2.5), (.moustache, weight: 0.7),
        (.goatee, weight: 1), (.full, weight: 2),
      ]) : .none
    eyewear = dice.pick([
      (.none, weight: 12), (.thin, weight: 1), (.heavy, weight: 1), (.shades, weight: 0.25),
    ])
    clothes = dice.any(Clothes.self)
    if clothes == .straps && softness < 0.5 { clothes = .crew }
    cloth =
      dice.chance(0.5)
      ? dice.colour((0, 360), (0, 0.2), (0.06, 0.9))
      : dice.colour((0, 360), (0.3, 0.85), (0.2, 0.8))
    shirt =
      dice.chance(0.6) ? Colour(0.92, 0.93, 0.95) : dice.colour((180, 360), (0.1, 0.4), (0.5, 0.9))

    light = dice.between(-1, 1)
    contrast = dice.between(0.3, 1)
    backdrop = dice.any(Backdrop.self)
    scene = PhotoTraits.sceneColours(backdrop, &dice)
    cast = dice.pick([
      (Colour(1, 0.72, 0.4, alpha: dice.between(0, 0.14)), weight: 2),
      (Colour(0.5, 0.7, 1, alpha: dice.between(0, 0.11)), weight: 1.2),
      (Colour(0.04, 0.03, 0.05, alpha: dice.between(0, 0.22)), weight: 1.2),
      (Colour(1, 1, 1, alpha: dice.between(0, 0.12)), weight: 1),
    ])
    gamma = dice.between(0.78, 1.12)
    punch = dice.between(0.1, 0.75)
    blur = dice.between(0.008, 0.026)
    grain = dice.between(0.6, 2.6)
    detail = dice
  }

  /// Very light to very dark, towards red or yellow.
  private static func skinColour(_ dice: inout Dice) -> Colour {
    let tones = [
      Colour(0.97, 0.83, 0.75), Colour(0.93, 0.76, 0.66), Colour(0.88, 0.69, 0.56),
      Colour(0.8, 0.6, 0.46), Colour(0.7, 0.49, 0.36), Colour(0.57, 0.38, 0.27),
      Colour(0.43, 0.28, 0.2), Colour(0.33, 0.21, 0.155),
    ]
    // The lighter half is a little more frequent, as in the photo collections that this replaces.
    let place = Double(tones.count - 1) * dice.between(0, 1) * dice.between(0.25, 1)
    let index = min(tones.count - 2, Int(place))
    let tone = tones[index].mixed(with: tones[index + 1], place - Double(index))
    let warmth = dice.between(-0.03, 0.03)
    return tone * Colour(1 + warmth, 1, 1 - warmth)
  }

  private static func hairColour(_ age: Double, _ skin: Colour, _ dice: inout Dice) -> Colour {
    let fair = skin.luma > 0.62
    let colour = dice.pick([
      (dice.colour((10, 40), (0.1, 0.35), (0.05, 0.14)), weight: fair ? 1.6 : 6),
      (dice.colour((15, 28), (0.4, 0.65), (0.14, 0.3)), weight: fair ? 3 : 2),
      (dice.colour((20, 32), (0.45, 0.65), (0.3, 0.46)), weight: fair ? 2.4 : 0.5),
      (dice.colour((32, 44), (0.35, 0.6), (0.55, 0.85)), weight: fair ? 2.2 : 0.15),
      (dice.colour((12, 22), (0.6, 0.8), (0.42, 0.65)), weight: fair ? 0.9 : 0.05),
    ])
    let grey = Colour(0.72, 0.71, 0.7).scaled(dice.between(0.75, 1.2))
    return age > 0.72 && dice.chance(0.7) ? colour.mixed(with: grey, dice.between(0.4, 1)) : colour
  }

  private static func irisColour(_ skin: Colour, _ dice: inout Dice) -> Colour {
    let fair = skin.luma > 0.62
    return dice.pick([
      (dice.colour((18, 30), (0.5, 0.75), (0.16, 0.42)), weight: fair ? 3 : 8),
      (dice.colour((200, 220), (0.3, 0.6), (0.45, 0.75)), weight: fair ? 2.4 : 0.1),
      (dice.colour((80, 130), (0.2, 0.45), (0.35, 0.6)), weight: fair ? 1.4 : 0.2),
      (dice.colour((200, 220), (0.05, 0.15), (0.4, 0.65)), weight: fair ? 1 : 0.1),
    ])
  }

  private static func hairStyle(_ softness: Double, _ dice: inout Dice) -> Hair {
    let soft = softness
    return dice.pick([
      (.bald, weight: 1.2 * (1 - soft) * (1 - soft)), (.buzz, weight: 1.6 * (1 - soft)),
      (.short, weight: 3 * (1 - soft) + 0.3), (.parted, weight: 2.4 * (1 - soft) + 0.3),
      (.fringe, weight: 0.6 + soft), (.curly, weight: 0.8), (.bob, weight: 1.8 * soft),
      (.long, weight: 3.4 * soft * soft + 0.15), (.wavy, weight: 3 * soft * soft + 0.15),
      (.up, weight: 1.8 * soft * soft),
    ])
  }

  private static func sceneColours(
    _ backdrop: Backdrop, _ dice: inout Dice
  ) -> (Colour, Colour) {
    switch backdrop {
    case .studio:
      (dice.colour((0, 360), (0, 0.25), (0.3, 1)), dice.colour((0, 360), (0, 0.3), (0.05, 0.8)))
    case .foliage:
      (
        dice.colour((60, 115), (0.2, 0.5), (0.18, 0.6)),
        dice.colour((40, 100), (0.15, 0.5), (0.4, 0.95))
      )
    case .sky:
      (
        dice.colour((195, 225), (0.15, 0.6), (0.7, 1)),
        dice.colour((20, 220), (0.05, 0.3), (0.5, 0.95))
      )
    case .room:
      (
        dice.colour((15, 50), (0.15, 0.6), (0.3, 0.85)),
        dice.colour((0, 360), (0.1, 0.6), (0.15, 0.7))
      )
    case .lights:
      (
        dice.colour((220, 380), (0.2, 0.8), (0.04, 0.3)),
        dice.colour((0, 360), (0.3, 0.9), (0.6, 1))
      )
    case .wall:
      (dice.colour((0, 360), (0, 0.45), (0.3, 1)), dice.colour((0, 360), (0, 0.5), (0.2, 0.9)))
    }
  }
}
