// SPDX-License-Identifier: MIT
import Glibc
import Testing

@testable import HengeImage

@Suite struct PlotStyleTests {
  private typealias Triple = [Double]

  /// Linear RGB as readers without one kind of cone see it: Machado, Oliveira and Fernandes 2009,
  /// severity 1.
  private static let visions: [(name: String, matrix: [Triple])] = [
    ("normal", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
    (
      "protanopia",
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    ),
    (
      "deuteranopia",
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    ),
    (
      "tritanopia",
      [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ]
    ),
  ]

  private func times(_ matrix: [Triple], _ vector: Triple) -> Triple {
    matrix.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  private func linear(_ hex: UInt32) -> Triple {
    [16, 8, 0].map { shift in
      let part = Double(hex >> UInt32(shift) & 255) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
  }

  /// Lightness and two axes of color in Ottosson's OKLab, in which 0.02 is a difference that one
  /// just sees.
  private func lab(_ rgb: Triple) -> Triple {
    let cones = times(
      [
        [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ], rgb.map { min(1, max(0, $0)) }
    ).map { cbrt($0) }
    return times(
      [
        [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
      ], cones)
  }

  @Test func coloursStayApartForEveryKindOfColourVision() {
    for (name, matrix) in PlotStyleTests.visions {
      let seen = PlotStyle.colours.map { lab(times(matrix, linear($0))) }
      for first in seen.indices {
        for second in seen.indices where second > first {
          let distance = zip(seen[first], seen[second]).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
          }.squareRoot()
          #expect(distance > 0.07, "\(name): colors \(first) and \(second) are \(distance) apart")
        }
      }
    }
  }

  @Test func coloursAreDarkEnoughOnWhite() {
    for colour in PlotStyle.colours {
      let light = linear(colour)
      let luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
      #expect(1.05 / (luminance + 0.05) > 2, "\(String(colour, radix: 16))")
    }
  }

  @Test func moreThanEightSeriesHaveOtherDashesAndMarkers() {
    let styles = (0..<32).map { PlotStyle($0) }
    let looks = styles.map { "\($0.colour) \($0.dashes)" }
    #expect(Set(looks).count == 32)
    let dots = styles.map { "\($0.dot(Point(0, 0), radius: 1))" }
    #expect(Set(dots).count == 32)
  }
}
