// SPDX-License-Identifier: MIT

/// The names of points as files spell them, brought to henge's: `lefteye`, `left_eye`, `eye.left`.
enum LandmarkNames {
  /// henge's name for `name`; parts are separated by dots.
  static func own(_ name: String) -> String {
    let parts = name.lowercased().split { "_.- ".contains($0) }.map(String.init)
    return known[parts.sorted().joined()] ?? known[parts.joined()] ?? parts.joined(separator: ".")
  }

  private static let known: [String: String] = {
    var known: [String: String] = [:]
    for side in ["left", "right"] {
      for part in ["eye", "mouth"] {
        for spelling in [side + part, part + side] { known[spelling] = "\(part).\(side)" }
      }
    }
    return known
  }()

  /// The name of the point and the axis of a column such as `left_eye_x`; nil for other columns.
  static func column(_ name: String) -> (point: String, isX: Bool)? {
    let parts = name.lowercased().split { "_.- ".contains($0) }
    guard parts.count > 1, let axis = parts.last, axis == "x" || axis == "y" else { return nil }
    return (own(parts.dropLast().joined(separator: ".")), axis == "x")
  }
}
