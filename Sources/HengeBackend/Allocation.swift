// SPDX-License-Identifier: MIT
internal import Glibc

/// `bytes` bytes (at least one) aligned to 64, or nil.
func allocateAligned(_ bytes: Int) -> UnsafeMutableRawPointer? {
  var address: UnsafeMutableRawPointer?
  return posix_memalign(&address, 64, max(1, bytes)) == 0 ? address : nil
}

/// Frees memory from ``allocateAligned(_:)``.
func freeAligned(_ address: UnsafeMutableRawPointer) { free(address) }
