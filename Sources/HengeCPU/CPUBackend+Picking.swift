// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import HengeThreads

extension CPUBackend {
  /// Gathers the entries `indices` along `axis` of `source`.
  public func take(_ source: View, axis: Int, indices: Buffer, into out: Buffer) throws {
    var sizes = source.sizes
    sizes[axis] = indices.count
    let target = View(out, sizes: sizes)
    let list = elements(indices, Int64.self)
    if sizes.count == 1 {
      let size = source.type.size
      try eachStretch(of: indices.count) { begin, count in
        hk_take(
          Int32(size), first(of: source), source.strides[0], list + begin, 1,
          host(out).address + begin * size, 1, count)
      }
      return
    }
    try eachEntry(source, target, axis: axis, count: indices.count) {
      Int(list[$0])
    } second: {
      $0
    }
  }

  /// Puts `source` at entries `indices` along `axis` of `target`.
  public func put(_ source: View, axis: Int, indices: Buffer, into target: View) throws {
    filters.forget(target.buffer)
    let list = elements(indices, Int64.self)
    if source.sizes.count == 1 {
      let size = source.type.size
      try eachStretch(of: indices.count) { begin, count in
        hk_put(
          Int32(size), first(of: source) + begin * source.strides[0] * size, source.strides[0],
          list + begin, first(of: target), target.strides[0], count)
      }
      return
    }
    try eachEntry(source, target, axis: axis, count: indices.count) {
      $0
    } second: {
      Int(list[$0])
    }
  }

  /// Calls `body` for stretches of `0..<count` in order: of equal positions the last must win.
  func eachStretch(of count: Int, _ body: (_ begin: Int, _ count: Int) -> Void) throws {
    let length = 1 << 20
    for begin in stride(from: 0, to: count, by: length) {
      try interrupt?.check()
      body(begin, min(length, count - begin))
    }
  }

  /// Copies entry `first(i)` of `source` along `axis` to entry `second(i)` of `target`, for each i.
  private func eachEntry(
    _ source: View, _ target: View, axis: Int, count: Int, first: (Int) -> Int,
    second: (Int) -> Int
  ) throws {
    let walk = Walk(source.dropping(axis), target.dropping(axis))
    let (s, t) = (walk.kernelSteps(0), walk.kernelSteps(1))
    let size = source.type.size
    let type = source.type.kernelType
    let (from, to) = (host(source.buffer).address, host(target.buffer).address)
    let (sourceStep, targetStep) = (source.strides[axis], target.strides[axis])
    try run(walk) { piece in
      for entry in 0..<count {
        if entry % 64 == 0 { try interrupt?.check() }
        let begin = from + (piece.starts[0] + first(entry) * sourceStep) * size
        let end = to + (piece.starts[1] + second(entry) * targetStep) * size
        for row in 0..<piece.rows {
          _ = hk_convert(
            type, begin + row * s.row * size, s.element, type, end + row * t.row * size, t.element,
            piece.length, 0)
        }
      }
    }
  }

  /// Gathers `source[…, indices[i], …]` along `axis` for each element of `indices`.
  public func takeAlong(_ source: View, axis: Int, indices: View, into out: Buffer) throws {
    var strides = source.strides
    strides[axis] = 0
    let base = View(source.buffer, offset: source.offset, sizes: indices.sizes, strides: strides)
    let walk = Walk(indices, base)
    let (s, t) = (walk.kernelSteps(0), walk.kernelSteps(1))
    let list = elements(indices.buffer, Int64.self)
    let size = source.type.size
    let (from, to) = (host(source.buffer).address, host(out).address)
    let step = source.strides[axis]
    try run(walk) { piece in
      for row in 0..<piece.rows {
        hk_take_along(
          Int32(size), from + (piece.starts[1] + row * t.row) * size, t.element, step,
          list + piece.starts[0] + row * s.row, s.element,
          to + (piece.position + row * piece.length) * size, piece.length)
      }
    }
  }

  /// Adds each element of `source` to `target[…, indices[i], …]` along `axis`.
  public func addAlong(_ source: View, axis: Int, indices: View, to target: View) throws {
    let list = elements(indices.buffer, Int64.self)
    func add(_ from: Int, _ s: Int, _ index: Int, _ r: Int, _ to: Int, _ t: Int, _ n: Int) {
      if source.type == .f32 {
        hk_add_along_f32(
          elements(source.buffer) + from, s, list + index, r, elements(target.buffer) + to, t,
          target.strides[axis], n)
      } else {
        hk_add_along_f64(
          elements(source.buffer) + from, s, list + index, r, elements(target.buffer) + to, t,
          target.strides[axis], n)
      }
    }
    let (s, r) = (source.strides[axis], indices.strides[axis])
    if source.sizes.count == 1 {
      return try eachStretch(of: source.sizes[0]) {
        add(source.offset + $0 * s, s, indices.offset + $0 * r, r, target.offset, 0, $1)
      }
    }
    // The other axes are divided among threads; along this axis additions keep their order.
    let (from, to) = (source.dropping(axis), target.dropping(axis))
    let walk = Walk(from, indices.dropping(axis), to)
    let (a, b, c) = (walk.kernelSteps(0), walk.kernelSteps(1), walk.kernelSteps(2))
    try run(walk) { piece in
      for entry in 0..<source.sizes[axis] {
        if entry % 64 == 0 { try interrupt?.check() }
        for row in 0..<piece.rows {
          add(
            piece.starts[0] + row * a.row + entry * s, a.element,
            piece.starts[1] + row * b.row + entry * r, b.element, piece.starts[2] + row * c.row,
            c.element, piece.length)
        }
      }
    }
  }

  /// The positions of the true elements of `mask`, in row-major order.
  public func positions(of mask: View) throws -> Buffer {
    let flat = try contiguous(mask)
    let flags = elements(flat.buffer, UInt8.self) + flat.offset
    var count = 0
    try eachStretch(of: flat.count) { count += hk_count_true(flags + $0, $1) }
    let out = try allocate(count, .i64)
    var place = elements(out, Int64.self)
    try eachStretch(of: flat.count) { place += hk_positions(flags + $0, Int64($0), place, $1) }
    return out
  }

  /// The address of the view's element with all indices 0.
  func first(of view: View) -> UnsafeMutableRawPointer {
    host(view.buffer).address + view.offset * view.type.size
  }

  /// `view` itself if its elements are in row-major order without gaps, otherwise a copy.
  func contiguous(_ view: View) throws -> View {
    if view.isContiguous {
      return View(
        view.buffer, offset: view.offset, sizes: view.sizes,
        strides: View.contiguousStrides(view.sizes))
    }
    let copy = View(try allocate(view.count, view.type), sizes: view.sizes)
    try convert(view, to: copy, rounding: .nearest)
    return copy
  }
}

extension View {
  /// The same view without `axis`, at its entry 0.
  func dropping(_ axis: Int) -> View {
    var (sizes, strides) = (sizes, strides)
    sizes.remove(at: axis)
    strides.remove(at: axis)
    return View(buffer, offset: offset, sizes: sizes, strides: strides)
  }
}
