// SPDX-License-Identifier: MIT
internal import Glibc

/// From this size on a block is mapped by itself, in pages as large as this where the system has some.
///
/// A transform writes to 36 places at once, each far from the next, and a training step makes hundreds
/// of megabytes anew: with pages of 4 kB a tenth of its time went to faults and to looking pages up.
private let largePage = 1 << 21
private let smallPage = 1 << 12

/// `bytes` bytes (at least one) aligned to 64, or nil; ``freeAligned(_:_:)`` wants the same number.
func allocateAligned(_ bytes: Int) -> UnsafeMutableRawPointer? {
  if bytes >= largePage { return mapAligned(bytes) }
  var address: UnsafeMutableRawPointer?
  return posix_memalign(&address, 64, max(1, bytes)) == 0 ? address : nil
}

/// Frees the `bytes` that ``allocateAligned(_:)`` gave.
func freeAligned(_ address: UnsafeMutableRawPointer, _ bytes: Int) {
  if bytes >= largePage {
    munmap(address, roundedUp(bytes, to: smallPage))
  } else {
    free(address)
  }
}

/// Maps more than is wanted, and gives back what lies before and behind a large page's boundary.
private func mapAligned(_ bytes: Int) -> UnsafeMutableRawPointer? {
  guard bytes <= Int.max / 2 else { return nil }
  let size = roundedUp(bytes, to: smallPage)
  guard
    let mapped = mmap(
      nil, size + largePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
    mapped != MAP_FAILED
  else { return nil }
  let before = roundedUp(Int(bitPattern: mapped), to: largePage) - Int(bitPattern: mapped)
  let address = mapped + before
  if before > 0 { munmap(mapped, before) }
  if before < largePage { munmap(address + size, largePage - before) }
  // Where there are none the block has small pages, and all is the same but slower.
  madvise(address, size, MADV_HUGEPAGE)
  return address
}

private func roundedUp(_ value: Int, to step: Int) -> Int { (value + step - 1) / step * step }
