// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import Synchronization

/// Collects the faults of blocks that run side by side; the largest code is kept, whoever is first.
struct FaultFlag: ~Copyable {
  private let worst = Atomic<Int>(0)

  func note(_ fault: hk_fault) {
    if fault != HK_FINE { worst.max(Int(fault.rawValue), ordering: .relaxed) }
  }

  var fault: ArithmeticFault? {
    ArithmeticFault(hk_fault(rawValue: UInt32(worst.load(ordering: .relaxed))))
  }
}
