// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
public import HengeTensor

extension Tensor {
  /// A tensor of the shape, type and elements of a file's array.
  ///
  /// Throws `E-memory`.
  public init(_ array: ArrayData, on backend: any Backend) throws {
    try self.init(bytesOf: array.elementType, array.shape, on: backend) { target in
      array.bytes.withUnsafeBytes { target.copyMemory(from: $0) }
    }
  }

  /// The tensor as a file contains it: a copy, which stays counted in `budget` while it exists.
  ///
  /// Throws `E-memory`; the owner of `budget` may stop it.
  public func arrayData(budget: MemoryBudget) throws -> ArrayData {
    let reservation = try Reservation(byteCount, of: budget, for: "a copy of \(shape) to write")
    return try withBytes {
      try ArrayData(type, shape, copying: $0, reservation: reservation, budget: budget)
    }
  }
}
