// SPDX-License-Identifier: MIT
public import HengeImage

/// The names of the points that predictors find, which are numbered.
public enum FaceLandmarks {
  /// The points with their names, left of the image; nil for a number of points that has no names.
  ///
  /// 5 and 68 are dlib's and iBUG's, 24 the landmark network's of anime faces. An eye is the mean of
  /// its points where it has none of its own.
  public static func named(_ points: [(x: Double, y: Double)]) -> [Landmark]? {
    guard let layout = layouts[points.count] else { return nil }
    return layout.map { name, indices in
      let count = Double(indices.count)
      return Landmark(
        name, x: indices.reduce(0) { $0 + points[$1].x } / count,
        y: indices.reduce(0) { $0 + points[$1].y } / count)
    }
  }

  /// The numbers of points that have names.
  public static let counts = [5, 24, 68]

  private static let layouts: [Int: [(name: String, indices: [Int])]] = [
    5: [
      ("eye.left", [2, 3]), ("eye.right", [0, 1]), ("nose", [4]), ("eye.left.outer", [2]),
      ("eye.left.inner", [3]), ("eye.right.inner", [1]), ("eye.right.outer", [0]),
    ],
    68: [
      ("eye.left", Array(36...41)), ("eye.right", Array(42...47)), ("nose", [33]),
      ("mouth.left", [48]), ("mouth.right", [54]), ("eye.left.outer", [36]),
      ("eye.left.inner", [39]), ("eye.right.inner", [42]), ("eye.right.outer", [45]),
      ("nose.tip", [30]), ("mouth.top", [51]), ("mouth.bottom", [57]), ("chin", [8]),
      ("face.left", [0]), ("face.right", [16]), ("brow.left.outer", [17]),
      ("brow.left.middle", [19]), ("brow.left.inner", [21]), ("brow.right.inner", [22]),
      ("brow.right.middle", [24]), ("brow.right.outer", [26]),
    ],
    // The character's right is left of the image.
    24: [
      ("eye.left", [14]), ("eye.right", [19]), ("nose", [9]), ("mouth.left", [20]),
      ("mouth.right", [22]), ("face.left", [0]), ("chin", [1]), ("face.right", [2]),
      ("brow.left.outer", [3]), ("brow.left.middle", [4]), ("brow.left.inner", [5]),
      ("brow.right.inner", [6]), ("brow.right.middle", [7]), ("brow.right.outer", [8]),
      ("eye.left.outer", [10]), ("eye.left.top", [11]), ("eye.left.inner", [12]),
      ("eye.left.bottom", [13]), ("eye.right.inner", [15]), ("eye.right.top", [16]),
      ("eye.right.outer", [17]), ("eye.right.bottom", [18]), ("mouth.top", [21]),
      ("mouth.bottom", [23]),
    ],
  ]
}
