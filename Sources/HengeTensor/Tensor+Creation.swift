// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// A tensor of `shape` in which every element is `value`, converted as ``cast(to:rounding:)`` does.
  public static func full(
    _ shape: Shape, _ value: Scalar, _ type: ElementType = .f32, on backend: any Backend
  ) throws -> Tensor {
    let value = try checked(value, as: type)
    let result = try empty(shape, type, on: backend)
    try backend.fill(result.view, with: value)
    return result
  }

  /// `value`, if elements of `type` can be filled with it.
  static func checked(_ value: Scalar, as type: ElementType) throws -> Scalar {
    if type == .i64, case .num(let number) = value, Int(exactly: number.rounded(.towardZero)) == nil
    {
      throw Failure("E-range", "\(number) has no 64-bit integer")
    }
    return value
  }

  /// A tensor of zeros.
  public static func zeros(
    _ shape: Shape, _ type: ElementType = .f32, on backend: any Backend
  ) throws -> Tensor { try full(shape, .int(0), type, on: backend) }

  /// A tensor of ones.
  public static func ones(
    _ shape: Shape, _ type: ElementType = .f32, on backend: any Backend
  ) throws -> Tensor { try full(shape, .int(1), type, on: backend) }

  /// A matrix with ones on its diagonal and zeros elsewhere; square unless `columns` is passed.
  public static func eye(
    _ rows: Int, columns: Int? = nil, _ type: ElementType = .f32, on backend: any Backend
  ) throws -> Tensor {
    let columns = columns ?? rows
    let result = try zeros(try Shape([rows, columns]), type, on: backend)
    let diagonal = View(
      result.storage, offset: 0, sizes: [min(rows, columns)], strides: [columns &+ 1])
    try backend.fill(diagonal, with: .int(1))
    return result
  }

  /// `first, first + step, …`, as long as it stays before `end`; throws `E-range` for a step of 0 or
  /// numbers that are not finite.
  ///
  /// Element `i` is `first + i·step` computed in double precision, or exactly when all are integers.
  public static func arange(
    _ first: Scalar, _ end: Scalar, step: Scalar = .int(1), _ type: ElementType = .f32,
    on backend: any Backend
  ) throws -> Tensor {
    guard step.double != 0 else {
      throw Failure("E-range", "`step` must not be 0", parameter: "step")
    }
    guard first.double.isFinite, end.double.isFinite, step.double.isFinite else {
      throw Failure("E-range", "arange needs finite numbers, not \(first), \(end), \(step)")
    }
    let steps = ((end.double - first.double) / step.double).rounded(.up)
    guard let count = Int(exactly: max(0, steps)) else {
      throw Failure(
        "E-shape", "arange(\(first), \(end), \(step)) has more elements than can be counted")
    }
    return try ramp(first, step, count: count, type, on: backend)
  }

  /// `count` numbers from `first` to `last`, both included, evenly apart.
  public static func linspace(
    _ first: Double, _ last: Double, count: Int, _ type: ElementType = .f32, on backend: any Backend
  ) throws -> Tensor {
    guard first.isFinite, last.isFinite else {
      throw Failure("E-range", "linspace needs finite numbers, not \(first) and \(last)")
    }
    let step = count > 1 ? last / Double(count - 1) - first / Double(count - 1) : 0
    let result = try ramp(.num(first), .num(step), count: count, type, on: backend)
    guard count > 1 else { return result }
    // Steps add up to a rounding error; the last number is meant.
    let end = View(result.storage, offset: count - 1, sizes: [], strides: [])
    try backend.fill(end, with: .num(last))
    return result
  }

  private static func ramp(
    _ first: Scalar, _ step: Scalar, count: Int, _ type: ElementType, on backend: any Backend
  ) throws -> Tensor {
    let shape = try Shape([count])
    if case .int(let start) = first, case .int(let stride) = step {
      let (span, overflow) = stride.multipliedReportingOverflow(by: max(0, count - 1))
      if !overflow, !start.addingReportingOverflow(span).overflow, !type.isFloat {
        let result = try empty(shape, .i64, on: backend)
        try backend.fillRamp(result.storage, first: first, step: step)
        return try result.cast(to: type)
      }
    }
    let result = try empty(shape, type == .f32 ? .f32 : .f64, on: backend)
    try backend.fillRamp(result.storage, first: .num(first.double), step: .num(step.double))
    return try result.cast(to: type)
  }

  /// Numbers even over [0, 1), of type `f32` or `f64`; takes as many draws from `stream` as elements.
  ///
  /// Element `i` depends on the stream and `i` alone, whatever the number of threads.
  public static func rand(
    _ shape: Shape, _ type: ElementType = .f32, from stream: inout RandomStream,
    on backend: any Backend
  ) throws -> Tensor {
    try random(shape, .uniform, type, draws: UInt64(shape.count), &stream, on: backend)
  }

  /// Numbers of a normal distribution with mean 0 and deviation 1, of type `f32` or `f64`.
  ///
  /// Takes as many draws from `stream` as elements, rounded up to an even number.
  public static func randn(
    _ shape: Shape, _ type: ElementType = .f32, from stream: inout RandomStream,
    on backend: any Backend
  ) throws -> Tensor {
    let draws = UInt64(shape.count)
    return try random(shape, .normal, type, draws: draws &+ draws % 2, &stream, on: backend)
  }

  private static func random(
    _ shape: Shape, _ kind: RandomDistribution, _ type: ElementType, draws: UInt64,
    _ stream: inout RandomStream, on backend: any Backend
  ) throws -> Tensor {
    guard type.isFloat else {
      throw Failure.wrongType(
        "a random tensor", type, wants: "f32 and f64", try: "floor(rand(…) * 10) |> i64")
    }
    let result = try empty(shape, type, on: backend)
    try backend.fillRandom(result.storage, kind, from: stream)
    stream.position &+= draws
    return result
  }
}
