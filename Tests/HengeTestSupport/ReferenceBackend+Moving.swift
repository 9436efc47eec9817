// SPDX-License-Identifier: MIT
internal import Glibc
public import HengeBackend

extension ReferenceBackend {
  /// Sets every element of `view` to `value`.
  public func fill(_ view: View, with value: Scalar) throws {
    for place in places(view) { set(view.buffer, place, convert(value, to: view.type).0) }
  }

  /// Sets element `i` to `first + i * step`.
  public func fillRamp(_ out: Buffer, first: Scalar, step: Scalar) throws {
    store(
      (0..<out.count).map { i in
        if case .int(let start) = first, case .int(let stride) = step {
          return .int(start + i * stride)
        }
        return .num(first.double + Double(i) * step.double)
      }, in: out)
  }

  /// Sets element `i` from draws of `stream` that depend on `i` and its position alone.
  public func fillRandom(
    _ out: Buffer, _ kind: RandomDistribution, from stream: RandomStream
  ) throws {
    func unit(_ index: Int) -> Double {
      Double(stream.draw(at: stream.position &+ UInt64(index)) >> 11) * 0x1p-53
    }
    store(
      (0..<out.count).map { i in
        if kind == .uniform {
          let draw = stream.draw(at: stream.position &+ UInt64(i))
          return .num(out.type == .f32 ? Double(Float(draw >> 40) * 0x1p-24) : unit(i))
        }
        let pair = i - i % 2
        let radius = (-2 * log(1 - unit(pair))).squareRoot()
        let angle = 2 * Double.pi * unit(pair + 1)
        return .num(
          radius * (i % 2 == 0 ? cos(angle) : sin(angle)))
      }, in: out)
  }

  /// Copies `source` over `target` of the same sizes, converting where the types differ.
  @discardableResult
  public func convert(
    _ source: View, to target: View, rounding: Rounding
  ) throws -> ArithmeticFault? {
    var fault: ArithmeticFault?
    for (value, place) in zip(values(source), places(target)) {
      let (converted, problem) = convert(value, to: target.type, rounding)
      fault = fault ?? problem
      set(target.buffer, place, converted)
    }
    return fault
  }

  private func convert(
    _ value: Scalar, to type: ElementType, _ rounding: Rounding = .nearest
  ) -> (Scalar, ArithmeticFault?) {
    switch (type, value) {
    case (.bool, _): return (.bool(value.double != 0), nil)
    case (.u8, .num(let x)):
      if x.isNaN { return (.int(0), nil) }
      let whole = x.rounded(rounding == .down ? .towardZero : .toNearestOrEven)
      return (.int(Int(min(255, max(0, whole)))), nil)
    case (.u8, _): return (.int(min(255, max(0, value.integer))), nil)
    case (.i64, .num(let x)):
      guard let whole = Int(exactly: x.rounded(.towardZero)) else {
        return (.int(0), .notAnInteger)
      }
      return (.int(whole), nil)
    default: return (value, nil)
    }
  }

  /// Takes entries `indices` along `axis` of `source`.
  public func take(_ source: View, axis: Int, indices: Buffer, into out: Buffer) throws {
    var sizes = source.sizes
    sizes[axis] = indices.count
    let target = View(out, sizes: sizes)
    for entry in 0..<indices.count {
      let chosen = source.entry(element(indices, entry).integer, along: axis)
      try convert(chosen, to: target.entry(entry, along: axis), rounding: .nearest)
    }
  }

  /// Puts `source` at entries `indices` along `axis` of `target`.
  public func put(_ source: View, axis: Int, indices: Buffer, into target: View) throws {
    for entry in 0..<indices.count {
      let place = target.entry(element(indices, entry).integer, along: axis)
      try convert(source.entry(entry, along: axis), to: place, rounding: .nearest)
    }
  }

  /// Takes `source[…, indices[i], …]` along `axis` for each element of `indices`.
  public func takeAlong(_ source: View, axis: Int, indices: View, into out: Buffer) throws {
    var strides = source.strides
    strides[axis] = 0
    let base = View(source.buffer, offset: source.offset, sizes: indices.sizes, strides: strides)
    store(
      zip(places(base), values(indices)).map { place, index in
        element(source.buffer, place + index.integer * source.strides[axis])
      }, in: out)
  }

  /// Adds each element of `source` to `target[…, indices[i], …]` along `axis`.
  public func addAlong(_ source: View, axis: Int, indices: View, to target: View) throws {
    var strides = target.strides
    strides[axis] = 0
    let base = View(target.buffer, offset: target.offset, sizes: source.sizes, strides: strides)
    for ((value, place), index) in zip(zip(values(source), places(base)), values(indices)) {
      let at = place + index.integer * target.strides[axis]
      set(target.buffer, at, .num(element(target.buffer, at).double + value.double))
    }
  }

  /// The positions of the true elements of `mask`, in row-major order.
  public func positions(of mask: View) throws -> Buffer {
    let found = values(mask).enumerated().filter { $0.element == .bool(true) }
    let out = try allocate(found.count, .i64)
    store(found.map { .int($0.offset) }, in: out)
    return out
  }
}

extension View {
  /// Entry `index` along `axis`, which is dropped.
  func entry(_ index: Int, along axis: Int) -> View {
    var (sizes, strides) = (sizes, strides)
    sizes.remove(at: axis)
    let step = strides.remove(at: axis)
    return View(buffer, offset: offset + index * step, sizes: sizes, strides: strides)
  }
}
