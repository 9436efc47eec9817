// SPDX-License-Identifier: MIT
import HengeBackend

/// A half of an image that shows two side by side.
public enum PictureHalf: String, Sendable {
  case left
  case right
}

extension Pixels {
  /// One half of the image called `name`; throws `E-file` for a width that cannot be halved.
  func half(_ half: PictureHalf, name: String, budget: MemoryBudget) throws -> Pixels {
    guard width % 2 == 0 else { throw Failure.noHalves(name, self) }
    return try cropped(
      top: 0, left: half == .left ? 0 : width / 2, height: height, width: width / 2,
      budget: budget)
  }
}

extension PictureHeader {
  /// The header of one half of the image.
  public var halved: PictureHeader {
    PictureHeader(
      format: format, height: height, width: width / 2, channels: channels, depth: depth,
      orientation: orientation)
  }
}
