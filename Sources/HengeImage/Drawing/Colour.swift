// SPDX-License-Identifier: MIT

/// A colour of sRGB with its opacity, each part 0 to 1.
public struct Colour: Sendable, Equatable {
  /// Red, 0 to 1.
  public var red: Double
  /// Green, 0 to 1.
  public var green: Double
  /// Blue, 0 to 1.
  public var blue: Double
  /// Opacity, 0 (nothing) to 1 (covers what lies below).
  public var alpha: Double

  /// A colour of its parts.
  public init(_ red: Double, _ green: Double, _ blue: Double, alpha: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// The colour of `hue` (degrees, 0 is red, 120 green), `saturation` and `value`, both 0 to 1.
  public init(hue: Double, saturation: Double, value: Double, alpha: Double = 1) {
    let sector = (hue / 60).truncatingRemainder(dividingBy: 6)
    let h = sector < 0 ? sector + 6 : sector
    // Each part is a trapezium over the hue circle, shifted by a third of a turn.
    func part(_ n: Double) -> Double {
      let k = (n + h).truncatingRemainder(dividingBy: 6)
      return value - value * saturation * max(0, min(k, 4 - k, 1))
    }
    self.init(part(5), part(3), part(1), alpha: alpha)
  }

  /// Opaque white.
  public static let white = Colour(1, 1, 1)
  /// Opaque black.
  public static let black = Colour(0, 0, 0)

  /// The same colour at another opacity.
  public func with(alpha: Double) -> Colour { Colour(red, green, blue, alpha: alpha) }

  /// The straight mixture with `other`: `fraction` 0 is this colour, 1 is `other`.
  public func mixed(with other: Colour, _ fraction: Double) -> Colour {
    Colour(
      red + (other.red - red) * fraction, green + (other.green - green) * fraction,
      blue + (other.blue - blue) * fraction, alpha: alpha + (other.alpha - alpha) * fraction)
  }

  /// Every part but the opacity times `factor`, kept within 0 to 1.
  public func scaled(_ factor: Double) -> Colour { self * Colour(factor, factor, factor) }

  /// The product of two colours part by part, as a coloured light on a coloured thing.
  public static func * (a: Colour, b: Colour) -> Colour {
    Colour(
      min(1, a.red * b.red), min(1, a.green * b.green), min(1, a.blue * b.blue),
      alpha: a.alpha * b.alpha)
  }

  /// How light it looks, 0 to 1: `0.299 R + 0.587 G + 0.114 B`.
  public var luma: Double { 0.299 * red + 0.587 * green + 0.114 * blue }
}

/// What fills a shape or a line; positions are in the canvas's coordinates when it is used.
public enum Paint: Sendable {
  /// One colour everywhere.
  case colour(Colour)
  /// Colours along the line from one point to another, the ends continued beyond them.
  case linear(from: Point, to: Point, stops: [(at: Double, colour: Colour)])
  /// Colours by the distance from a point as a fraction of `radius`, the last continued beyond it.
  case radial(centre: Point, radius: Double, stops: [(at: Double, colour: Colour)])

  /// One colour fading into another from point to point.
  public static func linear(_ from: Point, _ first: Colour, _ to: Point, _ last: Colour) -> Paint {
    .linear(from: from, to: to, stops: [(0, first), (1, last)])
  }
}
