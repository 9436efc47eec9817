// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeImage

/// What is known of the face in an image: its landmarks and its tilt.
public struct Annotation: Sendable, Equatable {
  /// The landmarks, in pixels of the image; none where they are not known.
  public var marks: [Landmark]
  /// The tilt of the line between the eyes in degrees, clockwise positive, where it is known.
  public var angle: Double?
  /// Whether something was known and could not be followed to this image.
  public var isLost: Bool

  /// Keeps both.
  public init(marks: [Landmark] = [], angle: Double? = nil, isLost: Bool = false) {
    self.marks = marks
    self.angle = angle
    self.isLost = isLost
  }

  /// Whether nothing is known.
  var isEmpty: Bool { marks.isEmpty && angle == nil }

  /// What is known after `map` moved the pixels.
  ///
  /// Points are named by the side of the image where they are, so a mirror exchanges the names. An
  /// angle turns with a rotation, is negated by a mirror, and changes as the tangent does where rows and
  /// columns are scaled differently.
  public func moved(by map: AffineMap) -> Annotation {
    let names = marks.map(\.name)
    var moved = marks.map { mark in
      let (x, y) = map(mark.x, mark.y)
      return Landmark(map.exchangesSides ? mark.nameOfOtherSide : mark.name, x: x, y: y)
    }
    // In the order of the names, whichever point has them now.
    moved.sort {
      (names.firstIndex(of: $0.name) ?? names.count)
        < (names.firstIndex(of: $1.name) ?? names.count)
    }
    return Annotation(marks: moved, angle: angle.map { map(angle: $0) }, isLost: isLost)
  }

  /// What is left where the pixels could not be followed.
  var lost: Annotation { Annotation(isLost: isLost || !isEmpty) }
}

extension Landmark {
  /// `eye.right` for `eye.left`, and the other way round.
  fileprivate var nameOfOtherSide: String {
    name.split(separator: ".", omittingEmptySubsequences: false).map { part in
      switch part {
      case "left": "right"
      case "right": "left"
      default: String(part)
      }
    }.joined(separator: ".")
  }
}
