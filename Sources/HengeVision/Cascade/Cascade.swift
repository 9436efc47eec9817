// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend

/// A cascade of boosted trees that decides whether a window of an image shows a face.
///
/// Read from the XML file that OpenCV's training writes. [Viola and Jones 2001; Liao et al. 2007]
public struct Cascade: Sendable {
  /// What its trees ask about.
  public enum Feature: String, Sendable {
    /// Local binary patterns: which of eight blocks are at least as bright as the one in the middle.
    case lbp = "LBP"
    /// Haar-like features: weighted sums of rectangles.
    case haar = "Haar"
  }

  /// The file it was read from.
  public let path: String
  /// What its trees ask about.
  public let feature: Feature
  /// Pixels in a row of the smallest face that it finds.
  public let windowWidth: Int
  /// Rows of the smallest face that it finds.
  public let windowHeight: Int

  /// A weighted rectangle of a Haar-like feature.
  struct WeightedBox: Sendable {
    var box = Box(x: 0, y: 0, width: 0, height: 0)
    var weight: Float = 0
  }

  /// A Haar-like feature: three rectangles, turned by 45 degrees where it is tilted.
  struct Haar: Sendable {
    var boxes = [WeightedBox](repeating: WeightedBox(), count: 3)
    var isTilted = false
  }

  /// The threshold of each stage, less what OpenCV allows for rounding.
  let thresholds: [Float]
  /// Trees in each stage.
  let trees: [Int32]
  /// Nodes of each tree.
  let treeNodes: [Int32]
  let nodes: [henge_cascade_node]
  /// The leaves of each tree, one more than it has nodes.
  let leaves: [Float]
  /// For LBP 256 bits of each node, none otherwise.
  let subsets: [UInt32]
  /// The rectangle of the first of nine blocks, for LBP.
  let blocks: [Box]
  let haar: [Haar]

  /// The number of stages.
  public var stageCount: Int { thresholds.count }
  /// The number of trees.
  public var treeCount: Int { treeNodes.count }
  /// The number of features.
  public var featureCount: Int { max(blocks.count, haar.count) }
  /// Whether a feature is turned by 45 degrees.
  var hasTiltedFeatures: Bool { haar.contains { $0.isTilted } }
  /// Whether every tree is one question.
  var consistsOfStumps: Bool { treeNodes.allSatisfy { $0 == 1 } }

  /// Reads the file at `path`.
  ///
  /// Throws `E-file`, with the line, for what is not a cascade that it reads; `E-memory`.
  public init(reading path: String, budget: MemoryBudget) throws {
    let file = try RegularFile(path)
    guard file.size <= Cascade.largestFile else {
      throw Failure.file(
        path,
        "has \(formatBytes(file.size)); a cascade has \(formatBytes(Cascade.largestFile)) at most")
    }
    try self.init(decoding: file.bytes(budget: budget), path: path, budget: budget)
  }

  /// Reads the text of a file, which messages name `path`.
  ///
  /// Throws `E-file` for a file that is no cascade, is damaged or has features that are not read, and
  /// `E-memory`.
  public init(decoding bytes: [UInt8], path: String, budget: MemoryBudget) throws {
    let root = try XMLReader.root(of: bytes, path: path, budget: budget)
    let reader = CascadeReader(path: path)
    let element = try reader.cascade(in: root)
    self.path = path
    feature = try reader.feature(of: element)
    (windowWidth, windowHeight) = try reader.window(of: element)
    let window = (width: windowWidth, height: windowHeight)
    let list = try reader.need("features", in: element)
    switch feature {
    case .lbp:
      blocks = try list.children.map { try reader.block($0, window: window) }
      haar = []
    case .haar:
      haar = try list.children.map { try reader.haar($0, window: window) }
      blocks = []
    }
    let stages = try reader.stages(
      of: element, isLBP: feature == .lbp, features: list.children.count)
    thresholds = stages.thresholds
    trees = stages.trees
    treeNodes = stages.treeNodes
    nodes = stages.nodes
    leaves = stages.leaves
    subsets = stages.subsets
  }

  /// No cascade is nearly as long.
  static let largestFile = 256_000_000
}
