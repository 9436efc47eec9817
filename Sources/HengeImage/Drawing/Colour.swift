// SPDX-License-Identifier: MIT

/// An sRGB color with its opacity, each component from 0 to 1.
public struct Colour: Sendable, Equatable {
  /// Red, 0 to 1.
  public var red: Double
  /// Green, 0 to 1.
  public var green: Double
  /// Blue, 0 to 1.
  public var blue: Double
  /// Opacity, 0 (transparent) to 1 (opaque).
  public var alpha: Double

  /// A color from its components.
  public init(_ red: Double, _ green: Double, _ blue: Double, alpha: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// The color of `hue` (degrees, 0 is red, 120 green), `saturation` and `value`, both 0 to 1.
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

  /// The same color with another opacity.
  public func with(alpha: Double) -> Colour { Colour(red, green, blue, alpha: alpha) }

  /// The linear mixture with `other`: `fraction` 0 is this color, 1 is `other`.
  public func mixed(with other: Colour, _ fraction: Double) -> Colour {
    Colour(
      red + (other.red - red) * fraction, green + (other.green - green) * fraction,
      blue + (other.blue - blue) * fraction, alpha: alpha + (other.alpha - alpha) * fraction)
  }

  /// Every part but the opacity times `factor`, kept within 0 to 1.
  public func scaled(_ factor: Double) -> Colour { self * Colour(factor, factor, factor) }

  /// The product of two colors, by component: colored light on a colored surface.
  public static func * (a: Colour, b: Colour) -> Colour {
    Colour(
      min(1, a.red * b.red), min(1, a.green * b.green), min(1, a.blue * b.blue),
      alpha: a.alpha * b.alpha)
  }

  /// The perceived lightness, 0 to 1: `0.299 R + 0.587 G + 0.114 B`.
  public var luma: Double { 0.299 * red + 0.587 * green + 0.114 * blue }
}

/// The fill of a shape or a line; positions are in the canvas's coordinates at the time of use.
public enum Paint: Sendable {
  /// One color everywhere.
  case colour(Colour)
  /// A linear gradient from one point to another; the end colors continue beyond them.
  case linear(from: Point, to: Point, stops: [(at: Double, colour: Colour)])
  /// A radial gradient by the distance from a point as a fraction of `radius`; the last color
  /// continues beyond it.
  case radial(centre: Point, radius: Double, stops: [(at: Double, colour: Colour)])

  /// A linear gradient between two colors.
  public static func linear(_ from: Point, _ first: Colour, _ to: Point, _ last: Colour) -> Paint {
    .linear(from: from, to: to, stops: [(0, first), (1, last)])
  }
}
