// SPDX-License-Identifier: MIT
internal import Glibc

/// The bytes of memory that the process holds now, or `nil` where the system does not say.
public func residentBytes() -> Int? {
  let fields = systemText("/proc/self/statm")?.split(separator: " ") ?? []
  guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
  return pages * sysconf(Int32(_SC_PAGESIZE))
}

/// Gives memory that was freed back to the system, which the allocator else keeps for its next use.
public func returnFreedMemory() {
  typealias Trim = @convention(c) (Int) -> Int32
  guard let trim = dlsym(nil, "malloc_trim") else { return }
  _ = unsafeBitCast(trim, to: Trim.self)(0)
}

/// The bytes that a session may hold when nobody says: most of the smaller of the memory that is
/// free now and what the process's control groups leave, or `nil` where the system tells neither.
public func availableBytes() -> Int? {
  let candidates = [freeMemory(), ControlGroups().remainingMemory()].compactMap { $0 }
  return candidates.min().map { $0 / 10 * 8 }
}

private func freeMemory() -> Int? {
  let line = systemText("/proc/meminfo")?.split(separator: "\n").first {
    $0.hasPrefix("MemAvailable:")
  }
  let number = line?.split(separator: " ").dropFirst().first
  return number.flatMap { Int($0) }.map { $0 * 1024 }
}
