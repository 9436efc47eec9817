// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend

/// Landmarks of a face by an ensemble of regression trees, as dlib's `shape_predictor`.
///
/// [Kazemi and Sullivan 2014]
public struct ShapePredictor: Sendable {
  /// The file it was read from.
  public let path: String
  /// The number of points.
  public var pointCount: Int { initial.count / 2 }
  /// The number of steps, each of which moves the points.
  public var stepCount: Int { steps.count }
  /// The number of trees in all steps.
  public var treeCount: Int { steps.reduce(0) { $0 + $1.splits.count / splitsInTree } }

  /// One step: where it looks, and its trees.
  struct Step: Sendable {
    /// The point of the face that each place is next to.
    var anchors: [Int32] = []
    /// The x of each place, from its point, in the mean face.
    var across: [Float] = []
    /// The y of each place, from its point.
    var down: [Float] = []
    var splits: [henge_landmark_split] = []
    /// A change of all points for each leaf.
    var leaves: [Float] = []
  }

  /// The x and y of each point of the mean face, in a box from 0 to 1.
  let initial: [Float]
  let steps: [Step]
  /// The splits of each tree; it has one leaf more.
  let splitsInTree: Int
  /// What it takes in memory.
  private let reservation: Reservation

  /// Reads the file at `path`.
  ///
  /// Throws `E-file`, with the byte, for what is not a shape predictor; `E-memory`.
  public init(reading path: String, budget: MemoryBudget) throws {
    try self.init(decoding: readRegularFile(path, budget: budget), path: path, budget: budget)
  }

  /// Reads the bytes of a file, which messages name `path`.
  ///
  /// Throws `E-file` for a file that is no shape predictor or is damaged, and `E-memory`.
  public init(decoding bytes: [UInt8], path: String, budget: MemoryBudget) throws {
    // A float of four bytes in memory takes at least four in the file, a split of twelve eight.
    reservation = try Reservation(
      bytes.count / 2 * 3, of: budget, for: "reading \(quotedPath(path))")
    let parts = try bytes.withUnsafeBufferPointer {
      var parts = ShapePredictorParts(DlibReader($0, path: path))
      try parts.read(budget: budget)
      return parts
    }
    self.path = path
    initial = parts.initial
    steps = parts.steps
    splitsInTree = parts.splitsInTree
  }
}
