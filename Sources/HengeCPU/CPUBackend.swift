// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import CHengeLAPACK
public import HengeBackend
public import HengeThreads

// The backend on the CPU. This file contains its state; each `CPUBackend+….swift` implements the
// primitives of one subject; `Walk` divides the work; the inner loops are in C.

/// Tensors on the processor: C kernels, a pool of threads, and LAPACK for eigenvalues.
public final class CPUBackend: Backend {
  /// `cpu`.
  public let name = "cpu"
  let pool: Pool
  let budget: MemoryBudget
  let interrupt: Interrupt?
  let kernels: ConvolutionKernels
  let preference: ConvolutionPreference
  let arena: Arena
  let filters: FilterCache
  let spare: SpareMemory

  /// Computes on `pool`, takes memory from `budget`, and stops between blocks of work once
  /// `interrupt` is requested; `instructions` and `convolutions` say how, if not in the fastest way.
  public init(
    pool: Pool, budget: MemoryBudget, interrupt: Interrupt? = nil,
    instructions: InstructionSet? = nil, convolutions: ConvolutionPreference = .fastest
  ) {
    self.pool = pool
    self.budget = budget
    self.interrupt = interrupt
    kernels = ConvolutionKernels(instructions ?? .best)
    preference = convolutions
    arena = Arena(budget)
    filters = FilterCache(arena)
    spare = SpareMemory(budget: budget)
  }

  /// The instruction sets in use, such as `AVX-512 AVX2 FMA`: networks and matrix products use the
  /// first one if available.
  public static var features: String {
    let all = String(cString: henge_processor_features())
    return InstructionSet.best == .avx512 ? "\(InstructionSet.avx512.rawValue) \(all)" : all
  }

  /// The version of the library for eigenvalues.
  public static var library: String {
    henge_lapack_open() == nil ? String(cString: henge_lapack_version()) : "no LAPACK"
  }

  /// Allocates a buffer of uninitialized elements; throws `E-memory`.
  public func allocate(_ count: Int, _ type: ElementType) throws -> Buffer {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: type.size)
    if !overflow, !budget.canHold(bytes) { giveUpKept() }
    return try HostBuffer(count: count, type: type, backend: self, budget: budget, spare: spare)
  }

  /// Lends bytes `range` of `buffer` for reading.
  public func withBytes<R>(
    of buffer: Buffer, in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    let host = host(buffer)
    return try withExtendedLifetime(host) {
      let all = UnsafeRawBufferPointer(start: host.address, count: host.byteCount)
      return try body(UnsafeRawBufferPointer(rebasing: all[range]))
    }
  }

  /// Lends the bytes of `buffer` to be set.
  public func withMutableBytes<R>(
    of buffer: Buffer, _ body: (UnsafeMutableRawBufferPointer) throws -> R
  ) throws -> R {
    let host = host(buffer)
    filters.forget(host)
    return try withExtendedLifetime(host) {
      try body(UnsafeMutableRawBufferPointer(start: host.address, count: host.byteCount))
    }
  }

  /// Throws when the user asked to stop.
  public func checkStop() throws { try interrupt?.check() }

  /// The buffer as what this backend made it.
  func host(_ buffer: Buffer) -> HostBuffer {
    guard let host = buffer as? HostBuffer else {
      preconditionFailure("a buffer of another device reached the processor's backend")
    }
    return host
  }

  /// The first element of `buffer`, of type `T`, which must be the buffer's.
  func elements<T>(_ buffer: Buffer, _: T.Type = T.self) -> UnsafeMutablePointer<T> {
    host(buffer).address.assumingMemoryBound(to: T.self)
  }

  /// Runs every block of `walk`, on the pool where there is more than one.
  func run(_ walk: Walk, _ body: (Walk.Piece) throws -> Void) throws {
    try pool.run(blocks: walk.blocks, interrupt: interrupt) { block in
      try walk.pieces(of: block, body)
    }
  }
}

extension ElementType {
  /// The kernels' name of the type.
  var kernelType: hk_type {
    switch self {
    case .f32: HK_F32
    case .f64: HK_F64
    case .u8: HK_U8
    case .i64: HK_I64
    case .bool: HK_BOOL
    }
  }
}

extension ArithmeticFault {
  /// What a kernel reported, or nil.
  init?(_ fault: hk_fault) {
    switch fault {
    case HK_OVERFLOW: self = .overflow
    case HK_ZERO_DIVISION: self = .zeroDivision
    case HK_NEGATIVE_POWER: self = .negativePower
    default: return nil
    }
  }
}
