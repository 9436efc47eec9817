// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTestSupport

enum TestBuffers {
  /// A buffer of `count` floats.
  static func host(_ count: Int) throws -> Buffer {
    try ReferenceBackend(budget: MemoryBudget(limit: 1 << 20)).allocate(count, .f32)
  }
}
