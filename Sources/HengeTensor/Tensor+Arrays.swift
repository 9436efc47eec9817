// SPDX-License-Identifier: MIT
public import HengeBackend

// Between tensors and the arrays of Swift code.

extension Tensor {
  /// A `f32` tensor of `values`, last axis fastest; `E-shape` unless there are `shape.count`.
  public init(_ values: [Float], _ shape: Shape, on backend: any Backend) throws {
    self = try Tensor.of(values, shape, .f32, on: backend)
  }

  /// A `f64` tensor of `values`, last axis fastest; `E-shape` unless there are `shape.count`.
  public init(_ values: [Double], _ shape: Shape, on backend: any Backend) throws {
    self = try Tensor.of(values, shape, .f64, on: backend)
  }

  /// A `u8` tensor of `values`, last axis fastest; `E-shape` unless there are `shape.count`.
  public init(_ values: [UInt8], _ shape: Shape, on backend: any Backend) throws {
    self = try Tensor.of(values, shape, .u8, on: backend)
  }

  /// An `i64` tensor of `values`, last axis fastest; `E-shape` unless there are `shape.count`.
  public init(_ values: [Int], _ shape: Shape, on backend: any Backend) throws {
    self = try Tensor.of(values, shape, .i64, on: backend)
  }

  /// A `bool` tensor of `values`, last axis fastest; `E-shape` unless there are `shape.count`.
  public init(_ values: [Bool], _ shape: Shape, on backend: any Backend) throws {
    self = try Tensor.of(values, shape, .bool, on: backend)
  }

  /// A tensor of `type` made from `values`, each converted as ``cast(to:rounding:)`` does.
  public init(
    scalars values: [Scalar], _ shape: Shape, _ type: ElementType = .f32, on backend: any Backend
  ) throws {
    let integers = values.compactMap { value -> Int? in
      if case .int(let number) = value { number } else { nil }
    }
    // Integers beyond 2^53 would lose their last digits on the way through doubles.
    let exact =
      integers.count == values.count
      ? try Tensor(integers, shape, on: backend)
      : try Tensor(values.map(\.double), shape, on: backend)
    self = try exact.cast(to: type)
  }

  private static func of<T>(
    _ values: [T], _ shape: Shape, _ type: ElementType, on backend: any Backend
  ) throws -> Tensor {
    guard values.count == shape.count else {
      throw Failure(
        "E-shape", "\(values.count) values cannot fill \(shape), which has \(shape.count)")
    }
    let result = try empty(shape, type, on: backend)
    try backend.withMutableBytes(of: result.storage) { bytes in
      try values.withUnsafeBytes { try backend.copy($0, to: bytes) }
    }
    return result
  }

  /// A tensor of `type` and `shape` whose bytes `body` sets, all of them, last axis fastest.
  public init(
    bytesOf type: ElementType, _ shape: Shape, on backend: any Backend,
    _ body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    let result = try Tensor.empty(shape, type, on: backend)
    try backend.withMutableBytes(of: result.storage, body)
    self = result
  }

  /// Calls `body` with the elements' bytes in row-major order, copied only if the memory order
  /// differs.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let flat = try contiguous()
    let first = flat.offset * type.size
    let size = byteCount
    return try backend.withBytes(of: flat.storage, in: first..<first + size, body)
  }

  private func array<T: BitwiseCopyable>(_ type: ElementType, _: T.Type) throws -> [T] {
    try cast(to: type).withBytes { bytes in
      try [T](unsafeUninitializedCapacity: count) { array, filled in
        try backend.copy(bytes, to: UnsafeMutableRawBufferPointer(array))
        filled = count
      }
    }
  }

  /// The elements as single-precision floats, last axis fastest.
  public func floats() throws -> [Float] { try array(.f32, Float.self) }
  /// The elements as double-precision floats, last axis fastest.
  public func doubles() throws -> [Double] { try array(.f64, Double.self) }
  /// The elements as integers, last axis fastest; throws `E-range` for what has none.
  public func ints() throws -> [Int] { try array(.i64, Int.self) }
  /// The elements as bytes, rounded and clamped, last axis fastest.
  public func bytes() throws -> [UInt8] { try array(.u8, UInt8.self) }
  /// The elements as truth values, last axis fastest.
  public func bools() throws -> [Bool] { try array(.bool, UInt8.self).map { $0 != 0 } }

  /// The element at `indices`, one for each axis; negative ones count from the end.
  public func scalar(at indices: [Int]) throws -> Scalar {
    guard indices.count == rank else {
      throw Failure("E-index", "\(shape) has \(rank) axes, and \(indices.count) indices were given")
    }
    var position = offset
    for (axis, index) in indices.enumerated() {
      let size = shape[axis]
      guard index >= -size, index < size else { throw Failure.index(index, axis: axis, of: shape) }
      position += (index < 0 ? index + size : index) * strides[axis]
    }
    return try read(at: position)
  }

  /// The only element; throws `E-shape` where there is not exactly one.
  public func item() throws -> Scalar {
    guard count == 1 else {
      throw Failure(
        "E-shape", "a tensor of \(shape) has \(count) elements, not one",
        suggestion: count == 0 ? nil : "all(x), any(x), x.mean(), or an index")
    }
    return try read(at: offset)
  }

  private func read(at position: Int) throws -> Scalar {
    let first = position * type.size
    return try backend.withBytes(of: storage, in: first..<first + type.size) { bytes in
      switch type {
      case .f32: .num(Double(bytes.load(as: Float.self)))
      case .f64: .num(bytes.load(as: Double.self))
      case .i64: .int(bytes.load(as: Int.self))
      case .u8: .int(Int(bytes[0]))
      case .bool: .bool(bytes[0] != 0)
      }
    }
  }
}

extension Backend {
  /// Copies bytes that are here, some milliseconds' worth between two looks at whether the user wants to
  /// stop.
  fileprivate func copy(
    _ from: UnsafeRawBufferPointer, to: UnsafeMutableRawBufferPointer
  ) throws {
    let most = 1 << 23
    for first in stride(from: 0, to: from.count, by: most) {
      try checkStop()
      let part = first..<min(from.count, first + most)
      UnsafeMutableRawBufferPointer(rebasing: to[part])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: from[part]))
    }
  }
}
