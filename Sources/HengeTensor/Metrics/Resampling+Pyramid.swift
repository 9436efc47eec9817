// SPDX-License-Identifier: MIT
internal import HengeBackend

// The two halves of a pyramid [Burt and Adelson 1983]: a blur by [1, 4, 6, 4, 1] / 16 along each
// axis, with reflection at the border (without repeating the edge).

extension Resampling {
  private static let blur = [1.0 / 16, 4.0 / 16, 6.0 / 16, 4.0 / 16, 1.0 / 16]

  /// The inputs blurred, every second one kept: ⌈size / 2⌉ of them.
  static func reduced(_ size: Int) -> Resampling {
    var sums = Resampling(inputs: size)
    for centre in stride(from: 0, to: size, by: 2) {
      sums.append(
        blur.enumerated().map { (mirrored(centre + $0.offset - 2, of: size), $0.element) })
    }
    return sums
  }

  /// ``reduced(_:)`` enlarged again to `size`: the inputs at every second place, zeros between them,
  /// blurred by twice the kernel.
  static func expanded(to size: Int) -> Resampling {
    var sums = Resampling(inputs: (size + 1) / 2)
    for centre in 0..<size {
      let terms = blur.enumerated().map {
        (place: mirrored(centre + $0.offset - 2, of: size), weight: 2 * $0.element)
      }
      sums.append(terms.filter { $0.place % 2 == 0 }.map { ($0.place / 2, $0.weight) })
    }
    return sums
  }

  /// The position inside `size` for `place`, by reflection without repeating the edges.
  private static func mirrored(_ place: Int, of size: Int) -> Int {
    let period = max(1, 2 * (size - 1))
    let inside = (place % period + period) % period
    return inside < size ? inside : period - inside
  }
}
