// SPDX-License-Identifier: MIT
public import HengeBackend

/// The slow and obvious backend: every primitive as its definition reads, one element at a time.
///
/// It computes in double precision and is what the fast ones are compared with.
///
/// `ReferenceBackend+….swift` hold the primitives; all of them read their operands with ``values(_:)``
/// and write results with ``store(_:in:)``.
public final class ReferenceBackend: Backend {
  /// `reference`.
  public let name = "reference"
  private let budget: MemoryBudget

  /// Makes one that takes memory from `budget`.
  public init(budget: MemoryBudget = MemoryBudget(limit: 1 << 30)) { self.budget = budget }

  /// Nothing: it keeps nothing.
  public func giveUpKept() {}

  /// Makes a buffer whose elements are not set; throws `E-memory`.
  public func allocate(_ count: Int, _ type: ElementType) throws -> Buffer {
    try HostBuffer(count: count, type: type, backend: self, budget: budget)
  }

  /// Lends bytes `range` of `buffer` for reading.
  public func withBytes<R>(
    of buffer: Buffer, in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    let all = UnsafeRawBufferPointer(start: address(buffer), count: buffer.byteCount)
    return try body(UnsafeRawBufferPointer(rebasing: all[range]))
  }

  /// Lends the bytes of `buffer` to be set.
  public func withMutableBytes<R>(
    of buffer: Buffer, _ body: (UnsafeMutableRawBufferPointer) throws -> R
  ) throws -> R {
    try body(UnsafeMutableRawBufferPointer(start: address(buffer), count: buffer.byteCount))
  }

  /// Never throws.
  public func checkStop() throws {}

  private func address(_ buffer: Buffer) -> UnsafeMutableRawPointer {
    guard let host = buffer as? HostBuffer else {
      preconditionFailure("the reference backend made this buffer")
    }
    return host.address
  }

  /// The element of `buffer` at `place`.
  func element(_ buffer: Buffer, _ place: Int) -> Scalar {
    precondition(place >= 0 && place < buffer.count, "a view lies inside its buffer")
    let bytes = address(buffer)
    switch buffer.type {
    case .f32: return .num(Double(bytes.load(fromByteOffset: place * 4, as: Float.self)))
    case .f64: return .num(bytes.load(fromByteOffset: place * 8, as: Double.self))
    case .i64: return .int(bytes.load(fromByteOffset: place * 8, as: Int.self))
    case .u8: return .int(Int(bytes.load(fromByteOffset: place, as: UInt8.self)))
    case .bool: return .bool(bytes.load(fromByteOffset: place, as: UInt8.self) != 0)
    }
  }

  /// Sets the element of `buffer` at `place` to `value`, which its type must hold.
  func set(_ buffer: Buffer, _ place: Int, _ value: Scalar) {
    precondition(place >= 0 && place < buffer.count, "a view lies inside its buffer")
    let bytes = address(buffer)
    switch buffer.type {
    case .f32: bytes.storeBytes(of: Float(value.double), toByteOffset: place * 4, as: Float.self)
    case .f64: bytes.storeBytes(of: value.double, toByteOffset: place * 8, as: Double.self)
    case .i64: bytes.storeBytes(of: value.integer, toByteOffset: place * 8, as: Int.self)
    case .u8, .bool:
      bytes.storeBytes(of: UInt8(value.integer), toByteOffset: place, as: UInt8.self)
    }
  }

  /// Where the elements of `view` lie, in row-major order.
  func places(_ view: View) -> [Int] {
    var places = [view.offset]
    for (size, stride) in zip(view.sizes, view.strides) {
      places = places.flatMap { place in (0..<size).map { place + $0 * stride } }
    }
    return places
  }

  /// The elements of `view`, in row-major order.
  func values(_ view: View) -> [Scalar] { places(view).map { element(view.buffer, $0) } }

  /// The elements of an operand beside a result of `count`, in row-major order.
  func values(_ operand: ElementOperand, _ count: Int) -> [Scalar] {
    switch operand {
    case .elements(let view): values(view)
    case .number(let number): Array(repeating: number, count: count)
    }
  }

  /// Sets all of `buffer`.
  func store(_ values: [Scalar], in buffer: Buffer) {
    precondition(values.count == buffer.count, "a result fills its buffer")
    for (place, value) in values.enumerated() { set(buffer, place, value) }
  }
}

extension Scalar {
  /// The value as an integer; fractions are dropped.
  var integer: Int {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): value
    case .num(let value): Int(value)
    }
  }
}
