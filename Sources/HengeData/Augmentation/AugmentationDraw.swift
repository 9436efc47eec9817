// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage

/// What happens to one item in one epoch.
struct AugmentationDraw: Equatable {
  let isFlipped: Bool
  /// Clockwise, in degrees.
  let degrees: Double
  /// Where the part begins, as fractions of the room there is.
  let top: Double
  let left: Double
  /// Factors.
  let brightness: Double
  let contrast: Double
  let saturation: Double

  /// A draw that changes colors alone.
  init(brightness: Double, contrast: Double, saturation: Double) {
    (isFlipped, degrees, top, left) = (false, 0, 0, 0)
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
  }

  /// How many numbers of a stream belong to one item.
  private static let width: UInt64 = 8

  /// Item `index` in `epoch`: each number has a place of its own in the stream, so that one option
  /// changes no other's draws.
  init(_ options: Augmentation, seed: UInt64, stream name: String, epoch: Int, index: Int) {
    var stream = RandomStream(
      seed: seed, name: "\(name).\(epoch)", position: UInt64(index) &* AugmentationDraw.width)
    isFlipped = stream.uniform() < options.flip
    degrees = (2 * stream.uniform() - 1) * options.rotate
    (top, left) = (stream.uniform(), stream.uniform())
    func factor() -> Double { 1 + (2 * stream.uniform() - 1) * options.jitter }
    (brightness, contrast, saturation) = (factor(), factor(), factor())
  }

  /// Where the part begins in an image of `size`.
  func corner(of crop: PictureSize, in size: PictureSize) -> (row: Int, column: Int) {
    (
      Int(top * Double(size.height - crop.height + 1)),
      Int(left * Double(size.width - crop.width + 1))
    )
  }

  /// How the pixels of an image of `own` size move.
  func movement(_ options: Augmentation, of own: PictureSize) -> AffineMap {
    var map = AffineMap.identity
    var size = own
    if let resize = options.resize {
      map = .resized(
        height: own.height, width: own.width, toHeight: resize.height, width: resize.width)
      size = resize
    }
    if options.rotate > 0 {
      map = map.then(.turned(degrees: degrees, height: size.height, width: size.width))
    }
    if let crop = options.crop {
      let corner = corner(of: crop, in: size)
      map = map.then(.moved(x: -Double(corner.column), y: -Double(corner.row)))
      size = crop
    }
    return isFlipped ? map.then(.mirrored(width: size.width)) : map
  }
}
