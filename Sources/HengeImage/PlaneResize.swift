// SPDX-License-Identifier: MIT
import CHengeKernels
public import HengeBackend

/// Planes of floats, `[planes, height, width]`, at another size, with the filters of pictures.
///
/// One way, then the other, as Pillow resizes pictures of mode F: weights and sums in double, the
/// step between in single precision. `output` has `planes * size.height * size.width` elements.
/// Throws `E-range` for a size below 1, `E-shape` for planes without elements, `E-memory`.
public func resizePlanes(
  _ input: UnsafeBufferPointer<Float>, planes: Int, from own: PictureSize,
  into output: UnsafeMutableBufferPointer<Float>, size: PictureSize,
  filter: ResizeFilter = .bicubic, budget: MemoryBudget
) throws {
  let limit = 1...Pixels.longestSide
  guard limit.contains(size.height), limit.contains(size.width) else {
    throw Failure.pictureSize(height: size.height, width: size.width)
  }
  guard limit.contains(own.height), limit.contains(own.width) else {
    throw Failure.emptyPicture("resized")
  }
  precondition(
    input.count == planes * own.height * own.width, "the input must hold the planes it is said to")
  precondition(
    output.count == planes * size.height * size.width, "the output must hold the resized planes")
  var plans = ResizePlans()
  let weights = try plans.weights(
    across: ResizeSide(filter, own.width, to: size.width),
    down: ResizeSide(filter, own.height, to: size.height), budget: budget)
  let between = max(own.height * size.width, size.height * own.width)
  try budget.reserve(4 * between, for: "resizing planes")
  defer { budget.release(4 * between) }
  withUnsafeTemporaryAllocation(of: Float.self, capacity: between) { step in
    for plane in 0..<planes {
      let source = input.baseAddress?.advanced(by: plane * own.height * own.width)
      let target = output.baseAddress?.advanced(by: plane * size.height * size.width)
      guard let source, let target, let step = step.baseAddress else { continue }
      resizePlane(source, own, step, target, size, across: weights.across, down: weights.down)
    }
  }
}

/// One plane; `step` holds it with one side of its new size.
private func resizePlane(
  _ source: UnsafePointer<Float>, _ own: PictureSize, _ step: UnsafeMutablePointer<Float>,
  _ target: UnsafeMutablePointer<Float>, _ size: PictureSize, across: ResizeWeights?,
  down: ResizeWeights?
) {
  func goAcross(
    _ input: UnsafePointer<Float>, rows: Int, _ output: UnsafeMutablePointer<Float>,
    _ weights: ResizeWeights
  ) {
    henge_resize_f32_across(
      input, Int64(rows), Int64(own.width), output, Int64(size.width), weights.taps,
      weights.spans, weights.exact)
  }
  func goDown(
    _ input: UnsafePointer<Float>, width: Int, _ output: UnsafeMutablePointer<Float>,
    _ weights: ResizeWeights
  ) {
    henge_resize_f32_down(
      input, Int64(width), output, Int64(size.height), weights.taps, weights.spans, weights.exact)
  }
  switch (across, down) {
  case (nil, nil): target.update(from: source, count: own.height * own.width)
  case (let across?, nil): goAcross(source, rows: own.height, target, across)
  case (nil, let down?): goDown(source, width: own.width, target, down)
  case (let across?, let down?):
    if goesDownFirst(from: (own.height, own.width), to: (size.height, size.width)) {
      goDown(source, width: own.width, step, down)
      goAcross(step, rows: size.height, target, across)
    } else {
      goAcross(source, rows: own.height, step, across)
      goDown(step, width: size.width, target, down)
    }
  }
}
