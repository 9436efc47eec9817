// SPDX-License-Identifier: MIT
import HengeBackend

/// A range: the values of black and white, −1 and 1 unless a dataset has others.
///
/// A byte b of a file is `low + b * (high - low) / 255`, rounded once, to single precision.
public struct ImageRange: Hashable, Sendable {
  /// What byte 0 becomes.
  public let low: Double
  /// What byte 255 becomes.
  public let high: Double

  /// Keeps finite `low` below finite `high`, or throws `E-range`.
  public init(low: Double, high: Double) throws {
    guard low.isFinite, high.isFinite, low < high else {
      throw Failure(
        "E-range",
        "a range must be two finite numbers, the smaller one first, not (\(low), \(high))",
        suggestion: "range=(-1, 1)", parameter: "range")
    }
    self.low = low
    self.high = high
  }

  private init(trusted low: Double, _ high: Double) {
    self.low = low
    self.high = high
  }

  /// −1 to 1, the one convention.
  public static let signed = ImageRange(trusted: -1, 1)

  /// What one step of a byte is.
  public var step: Double { (high - low) / 255 }

  /// The value of each byte.
  public var table: [Float] { (0..<256).map { Float(low + Double($0) * (high - low) / 255) } }
}

extension ImageRange: CustomStringConvertible {
  /// `(-1, 1)`.
  public var description: String { "(\(short(low)), \(short(high)))" }
}

/// `x` without `.0` where it is whole.
func short(_ x: Double) -> String {
  Int(exactly: x).map(String.init) ?? "\(x)"
}
