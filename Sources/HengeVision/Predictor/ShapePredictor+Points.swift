// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
public import HengeImage

extension ShapePredictor {
  /// The points of the face in `box` of `image`, x and y each, rounded as dlib does.
  ///
  /// Throws `E-range` for a box without pixels.
  public func points(
    in image: Pixels, box: Box, budget: MemoryBudget
  ) throws -> [(x: Int, y: Int)] {
    let side = -1_000_000...1_000_000
    guard box.width > 0, box.height > 0, side.contains(box.x), side.contains(box.y),
      side.contains(box.width), side.contains(box.height)
    else {
      throw Failure(
        "E-range",
        "a box at (\(box.x), \(box.y)) of \(box.width)x\(box.height) pixels has no face in it",
        suggestion: "(x=0, y=0, width=64, height=64)", parameter: "box")
    }
    let size = image.width * image.height
    try budget.reserve(size, for: "finding landmarks")
    defer { budget.release(size) }
    let gray = GrayImage(image, by: .mean)
    var shape = initial
    for step in steps {
      let pixels = look(step, shape: shape, gray: gray, box: box)
      henge_landmark_trees(
        step.splits, step.leaves, Int64(step.splits.count / splitsInTree), Int64(splitsInTree),
        pixels, &shape, Int64(shape.count))
    }
    return (0..<pointCount).map { index in
      ShapePredictor.place(shape[2 * index], shape[2 * index + 1], in: box)
    }
  }

  /// What is seen at the places of `step`, moved, turned and scaled as the face is; 0 outside.
  private func look(_ step: Step, shape: [Float], gray: GrayImage, box: Box) -> [Float] {
    let (cosine, sine) = similarity(to: shape)
    let count = step.anchors.count
    return [Float](unsafeUninitializedCapacity: count) { pixels, filled in
      step.anchors.withUnsafeBufferPointer { anchors in
        step.across.withUnsafeBufferPointer { across in
          step.down.withUnsafeBufferPointer { down in
            gray.bytes.withUnsafeBufferPointer { bytes in
              var places = henge_landmark_places(
                count: Int64(count), anchors: anchors.baseAddress, across: across.baseAddress,
                down: down.baseAddress)
              var picture = henge_landmark_picture(
                gray: bytes.baseAddress, width: Int32(gray.width), height: Int32(gray.height),
                left: Double(box.x), top: Double(box.y), scale_x: Double(box.width - 1),
                scale_y: Double(box.height - 1))
              henge_landmark_pixels(
                &places, &picture, shape, cosine, sine, pixels.baseAddress)
            }
          }
        }
      }
      filled = count
    }
  }

  /// The pixel at a place of the unit box: a box covers x to x + width - 1, as dlib's rectangles.
  private static func place(_ x: Float, _ y: Float, in box: Box) -> (x: Int, y: Int) {
    // A damaged file can move points anywhere.
    func pixel(_ value: Double) -> Int {
      Int(min(max((value + 0.5).rounded(.down), -1e9), 1e9))
    }
    guard x.isFinite, y.isFinite else { return (-1_000_000_000, -1_000_000_000) }
    return (
      pixel(Double(x) * Double(box.width - 1) + Double(box.x)),
      pixel(Double(y) * Double(box.height - 1) + Double(box.y))
    )
  }

  /// The rotation and scale that bring the mean face nearest to `shape` [Umeyama 1991]: of a map
  /// (c x - s y, s x + c y), c and s.
  private func similarity(to shape: [Float]) -> (cosine: Float, sine: Float) {
    guard pointCount > 1 else { return (1, 0) }
    let count = Double(pointCount)
    var (fromX, fromY, toX, toY) = (0.0, 0.0, 0.0, 0.0)
    for index in stride(from: 0, to: shape.count, by: 2) {
      fromX += Double(initial[index])
      fromY += Double(initial[index + 1])
      toX += Double(shape[index])
      toY += Double(shape[index + 1])
    }
    (fromX, fromY, toX, toY) = (fromX / count, fromY / count, toX / count, toY / count)
    var (along, across, spread) = (0.0, 0.0, 0.0)
    for index in stride(from: 0, to: shape.count, by: 2) {
      let (x, y) = (Double(initial[index]) - fromX, Double(initial[index + 1]) - fromY)
      let (u, v) = (Double(shape[index]) - toX, Double(shape[index + 1]) - toY)
      along += x * u + y * v
      across += x * v - y * u
      spread += x * x + y * y
    }
    guard spread > 0 else { return (1, 0) }
    return (Float(along / spread), Float(across / spread))
  }
}
