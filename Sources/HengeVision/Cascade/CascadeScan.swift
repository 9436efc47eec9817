// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend

/// A cascade at work on one image: its tables of sums, one size of window after another.
struct CascadeScan {
  private let cascade: Cascade
  /// Numbers in a row of the tables, of all sizes of the image.
  private let pitch: Int
  private let haar: [henge_haar_feature]
  private let lbp: [henge_lbp_feature]
  private let isStumps: Bool
  private var sums: [UInt32]
  private var squares: [UInt32]
  private var tilted: [UInt32]
  private var pixels: [UInt8]
  private var lines: [UInt16]
  private var width = 0
  private var height = 0

  /// The most windows that may pass; a cascade of faces lets a few hundred through.
  private static let mostWindows = 50_000

  /// Room for images of up to `width` by `height` pixels.
  init(_ cascade: Cascade, width: Int, height: Int) {
    self.cascade = cascade
    let pitch = width + 1
    self.pitch = pitch
    let count = pitch * (height + 1)
    sums = [UInt32](repeating: 0, count: count)
    squares = [UInt32](repeating: 0, count: cascade.feature == .haar ? count : 0)
    tilted = [UInt32](repeating: 0, count: cascade.hasTiltedFeatures ? count : 0)
    pixels = [UInt8](repeating: 0, count: width * height)
    lines = [UInt16](repeating: 0, count: 2 * width)
    haar = cascade.haar.map { henge_haar_feature($0, pitch: pitch) }
    lbp = cascade.blocks.map { henge_lbp_feature($0, pitch: pitch) }
    isStumps = cascade.consistsOfStumps
  }

  /// Makes the tables of `gray` divided by `factor`.
  mutating func prepare(_ gray: GrayImage, factor: Float) {
    width = rounded(Float(gray.width) / factor)
    height = rounded(Float(gray.height) / factor)
    func blends(_ from: Int, _ to: Int) -> [henge_blend] {
      [henge_blend](unsafeUninitializedCapacity: to) { buffer, count in
        henge_blends(Int32(from), Int32(to), buffer.baseAddress)
        count = to
      }
    }
    let across = blends(gray.width, width)
    let down = blends(gray.height, height)
    henge_blend_u8(
      gray.bytes, Int32(gray.width), &pixels, Int32(width), Int32(height), across, down, &lines)
    squares.withUnsafeMutableBufferPointer { squares in
      tilted.withUnsafeMutableBufferPointer { tilted in
        henge_integral_u8(
          pixels, Int32(width), Int32(height), Int64(pitch), &sums,
          squares.isEmpty ? nil : squares.baseAddress, tilted.isEmpty ? nil : tilted.baseAddress)
      }
    }
  }

  /// Appends the windows that pass, in pixels of the image before it was divided by `factor`.
  func run(factor: Float, budget: MemoryBudget, found: inout [Box]) throws {
    let columns = width + 1 - cascade.windowWidth
    let step = factor >= 2 ? 1 : 2
    let rows = rowsInStripes(height + 1 - cascade.windowHeight, step: step)
    guard columns > 0, rows > 0 else { return }
    let size = (
      width: rounded(Float(cascade.windowWidth) * factor),
      height: rounded(Float(cascade.windowHeight) * factor)
    )
    let stripe = max(2, 200_000 / columns / 2 * 2)
    var places = [Int32](repeating: 0, count: 2 * (columns * min(stripe, rows) / step + columns))
    for row in stride(from: 0, to: rows, by: stripe) {
      try budget.checkStop()
      let count = scan(
        columns: columns, rows: row..<min(row + stripe, rows), step: step, places: &places)
      guard found.count + count <= CascadeScan.mostWindows else {
        throw Failure(
          "E-range",
          "\(quotedPath(cascade.path)) takes more than \(CascadeScan.mostWindows) windows of the image for faces: it is no working detector, or `scale` is too small"
        )
      }
      for index in 0..<count {
        found.append(
          Box(
            x: rounded(Float(places[2 * index]) * factor),
            y: rounded(Float(places[2 * index + 1]) * factor), width: size.width,
            height: size.height))
      }
    }
  }

  /// How many of the `rows` OpenCV looks at: it shares them out in stripes, as many for every size as
  /// the first one has columns by 32, and rounds down, so that the last row can be left out.
  private func rowsInStripes(_ rows: Int, step: Int) -> Int {
    guard rows > 0 else { return 0 }
    let stripes = (pitch - cascade.windowWidth + 31) / 32
    let size = max((rows / step + stripes - 1) / stripes, 1) * step
    return min(rows, stripes * size)
  }

  private func scan(columns: Int, rows: Range<Int>, step: Int, places: inout [Int32]) -> Int {
    withTables { tables in
      squares.withUnsafeBufferPointer { squares in
        tilted.withUnsafeBufferPointer { tilted in
          var tables = tables
          return Int(
            henge_cascade_scan(
              &tables, sums, squares.baseAddress, tilted.isEmpty ? nil : tilted.baseAddress,
              Int32(columns), Int32(rows.lowerBound), Int32(rows.upperBound), Int32(step), &places,
              Int64(places.count / 2)))
        }
      }
    }
  }

  private func withTables<Result>(_ body: (henge_cascade) -> Result) -> Result {
    cascade.thresholds.withUnsafeBufferPointer { thresholds in
      cascade.trees.withUnsafeBufferPointer { trees in
        cascade.treeNodes.withUnsafeBufferPointer { treeNodes in
          cascade.nodes.withUnsafeBufferPointer { nodes in
            cascade.leaves.withUnsafeBufferPointer { leaves in
              cascade.subsets.withUnsafeBufferPointer { subsets in
                haar.withUnsafeBufferPointer { haar in
                  lbp.withUnsafeBufferPointer { lbp in
                    body(
                      henge_cascade(
                        stages: Int32(thresholds.count), is_stumps: isStumps ? 1 : 0,
                        thresholds: thresholds.baseAddress, trees: trees.baseAddress,
                        tree_nodes: treeNodes.baseAddress, nodes: nodes.baseAddress,
                        leaves: leaves.baseAddress, subsets: subsets.baseAddress,
                        haar: haar.isEmpty ? nil : haar.baseAddress,
                        lbp: lbp.isEmpty ? nil : lbp.baseAddress,
                        window_width: Int32(cascade.windowWidth),
                        window_height: Int32(cascade.windowHeight), pitch: Int64(pitch)))
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

extension henge_haar_feature {
  /// The corners of its rectangles in tables of `pitch` numbers a row.
  fileprivate init(_ feature: Cascade.Haar, pitch: Int) {
    self.init()
    func corners(_ box: Box) -> (Int32, Int32, Int32, Int32) {
      func at(_ x: Int, _ y: Int) -> Int32 { Int32(y * pitch + x) }
      let (x, y, w, h) = (box.x, box.y, box.width, box.height)
      return feature.isTilted
        ? (at(x, y), at(x - h, y + h), at(x + w, y + w), at(x + w - h, y + w + h))
        : (at(x, y), at(x + w, y), at(x, y + h), at(x + w, y + h))
    }
    let boxes = feature.boxes
    self.corners = (corners(boxes[0].box), corners(boxes[1].box), corners(boxes[2].box))
    weights = (boxes[0].weight, boxes[1].weight, boxes[2].weight)
    is_tilted = feature.isTilted ? 1 : 0
  }
}

extension henge_lbp_feature {
  /// The corners of its nine blocks in tables of `pitch` numbers a row.
  fileprivate init(_ first: Box, pitch: Int) {
    self.init()
    withUnsafeMutableBytes(of: &corners) { bytes in
      let corners = bytes.bindMemory(to: Int32.self)
      for row in 0..<4 {
        for column in 0..<4 {
          corners[row * 4 + column] = Int32(
            (first.y + row * first.height) * pitch + first.x + column * first.width)
        }
      }
    }
  }
}
