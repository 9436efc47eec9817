// SPDX-License-Identifier: MIT
import CHengeKernels
public import HengeBackend
public import HengeThreads

/// Resizes planes of floats, `[planes, height, width]`, with the filters of images.
///
/// One direction, then the other, as Pillow resizes images of mode F: weights and sums in double
/// precision, the intermediate step in single precision. `output` has `planes * size.height *
/// size.width` elements. The planes are distributed to the threads of `pool`, if there is one.
/// Throws `E-range` for a size below 1, `E-shape` for planes without elements, `E-memory`, and
/// `Interrupted` between planes.
public func resizePlanes(
  _ input: UnsafeBufferPointer<Float>, planes: Int, from own: PictureSize,
  into output: UnsafeMutableBufferPointer<Float>, size: PictureSize,
  filter: ResizeFilter = .bicubic, pool: Pool? = nil, budget: MemoryBudget,
  interrupt: Interrupt? = nil
) throws {
  let limit = 1...Pixels.longestSide
  guard limit.contains(size.height), limit.contains(size.width) else {
    throw Failure.pictureSize(height: size.height, width: size.width)
  }
  guard limit.contains(own.height), limit.contains(own.width) else {
    throw Failure.emptyPicture("resized")
  }
  precondition(
    input.count == planes * own.height * own.width, "the input must contain the planes")
  precondition(
    output.count == planes * size.height * size.width,
    "the output must have room for the resized planes")
  var plans = ResizePlans()
  let weights = try plans.weights(
    across: ResizeSide(filter, own.width, to: size.width),
    down: ResizeSide(filter, own.height, to: size.height), budget: budget)
  let between = max(own.height * size.width, size.height * own.width)
  let needed = 4 * between * min(planes, pool?.threads ?? 1)
  try budget.reserve(needed, for: "resizing planes")
  defer { budget.release(needed) }
  guard let first = input.baseAddress, let result = output.baseAddress else { return }
  // Small planes share a block, and with it the step between.
  let perBlock = max(1, 65_536 / (size.height * size.width))
  func resize(_ block: Int) throws {
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: between) { step in
      guard let step = step.baseAddress else { return }
      for plane in block * perBlock..<min(planes, (block + 1) * perBlock) {
        try resizePlane(
          first + plane * own.height * own.width, own, step,
          result + plane * size.height * size.width, size, across: weights.across,
          down: weights.down, interrupt)
      }
    }
  }
  let blocks = (planes + perBlock - 1) / perBlock
  guard let pool else {
    for block in 0..<blocks {
      try interrupt?.check()
      try resize(block)
    }
    return
  }
  try pool.run(blocks: blocks, interrupt: interrupt) { try resize($0) }
}

/// How many numbers are made between two looks at the interrupt.
private let stretch = 1 << 20

/// One plane; `step` is memory for it with one side of its new size.
private func resizePlane(
  _ source: UnsafePointer<Float>, _ own: PictureSize, _ step: UnsafeMutablePointer<Float>,
  _ target: UnsafeMutablePointer<Float>, _ size: PictureSize, across: ResizeWeights?,
  down: ResizeWeights?, _ interrupt: Interrupt?
) throws {
  func goAcross(
    _ input: UnsafePointer<Float>, rows: Int, _ output: UnsafeMutablePointer<Float>,
    _ weights: ResizeWeights
  ) throws {
    let most = max(4, stretch / size.width)
    for row in stride(from: 0, to: rows, by: most) {
      try interrupt?.check()
      henge_resize_f32_across(
        input + row * own.width, Int64(min(most, rows - row)), Int64(own.width),
        output + row * size.width, Int64(size.width), weights.taps, weights.spans, weights.exact)
    }
  }
  func goDown(
    _ input: UnsafePointer<Float>, width: Int, _ output: UnsafeMutablePointer<Float>,
    _ weights: ResizeWeights
  ) throws {
    let most = max(4, stretch / width)
    for row in stride(from: 0, to: size.height, by: most) {
      try interrupt?.check()
      weights.spans.withUnsafeBufferPointer { spans in
        weights.exact.withUnsafeBufferPointer { exact in
          henge_resize_f32_down(
            input, Int64(width), output + row * width, Int64(min(most, size.height - row)),
            weights.taps, spans.baseAddress.map { $0 + row },
            exact.baseAddress.map { $0 + row * Int(weights.taps) })
        }
      }
    }
  }
  switch (across, down) {
  case (nil, nil): target.update(from: source, count: own.height * own.width)
  case (let across?, nil): try goAcross(source, rows: own.height, target, across)
  case (nil, let down?): try goDown(source, width: own.width, target, down)
  case (let across?, let down?):
    if goesDownFirst(from: (own.height, own.width), to: (size.height, size.width)) {
      try goDown(source, width: own.width, step, down)
      try goAcross(step, rows: size.height, target, across)
    } else {
      try goAcross(source, rows: own.height, step, across)
      try goDown(step, width: size.width, target, down)
    }
  }
}
