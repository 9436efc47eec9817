// SPDX-License-Identifier: MIT
internal import Glibc

/// From this size on, a block has a mapping of its own, so that it returns to the system when it is freed: in
/// the allocator's heap, blocks that live longer would keep the memory between them.
private let mappedBlock = 256 << 10
/// From this size on, the system may use pages of 2 MB for it, which cost a page fault instead of 512 when they
/// are first written to.
private let largeBlock = 4 << 20
private let hugePage = 2 << 20

/// `bytes` bytes (at least one) aligned to 64, or nil.
func allocateAligned(_ bytes: Int) -> UnsafeMutableRawPointer? {
  if bytes >= mappedBlock { return allocateMapped(bytes) }
  var address: UnsafeMutableRawPointer?
  return posix_memalign(&address, 64, max(1, bytes)) == 0 ? address : nil
}

/// Frees the `bytes` bytes from ``allocateAligned(_:)``.
func freeAligned(_ address: UnsafeMutableRawPointer, _ bytes: Int) {
  if bytes >= mappedBlock { munmap(address, bytes) } else { free(address) }
}

private func allocateMapped(_ bytes: Int) -> UnsafeMutableRawPointer? {
  guard bytes < Int.max / 2 else { return nil }
  let page = sysconf(Int32(_SC_PAGESIZE))
  let length = (bytes + page - 1) / page * page
  return bytes < largeBlock ? map(length) : mapLarge(length)
}

/// `length` bytes from the system, whole pages of zeros.
private func map(_ length: Int) -> UnsafeMutableRawPointer? {
  let mapped = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  return mapped == MAP_FAILED ? nil : mapped
}

/// Maps more than is needed, and returns what is before and after the aligned block.
private func mapLarge(_ length: Int) -> UnsafeMutableRawPointer? {
  guard let mapped = map(length + hugePage) else { return nil }
  let before = hugePage - Int(bitPattern: mapped) % hugePage
  let block = mapped + before
  munmap(mapped, before)
  if before < hugePage { munmap(block + length, hugePage - before) }
  _ = madvise(block, length, Int32(MADV_HUGEPAGE))
  return block
}
