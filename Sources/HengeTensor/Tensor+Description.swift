// SPDX-License-Identifier: MIT
internal import Glibc
public import HengeBackend

extension Tensor {
  /// Statistics of all elements: minimum, maximum, mean, standard deviation, and the number of NaN
  /// and infinite ones.
  public func statistics() throws -> Statistics { try backend.statistics(of: view) }

  /// Whether both have the same shape, type and elements; NaN equals nothing.
  public func equals(_ other: Tensor) throws -> Bool {
    guard shape == other.shape, type == other.type else { return false }
    let same = try Tensor.compare(.equal, .tensor(self), .tensor(other)).all().item()
    return same == .bool(true)
  }

  /// Whether both have the same shape, type and bytes: the criterion for replays.
  public func isIdentical(to other: Tensor) throws -> Bool {
    guard shape == other.shape, type == other.type else { return false }
    return try withBytes { mine in
      try other.withBytes { theirs in
        guard let a = mine.baseAddress, let b = theirs.baseAddress else { return true }
        return memcmp(a, b, mine.count) == 0
      }
    }
  }
}
