// SPDX-License-Identifier: MIT
internal import Glibc

/// The resident memory of the process in bytes, or `nil` if the system does not report it.
public func residentBytes() -> Int? {
  let fields = systemText("/proc/self/statm")?.split(separator: " ") ?? []
  guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
  return pages * sysconf(Int32(_SC_PAGESIZE))
}

/// Returns freed memory to the system, which the allocator would otherwise keep.
public func returnFreedMemory() {
  typealias Trim = @convention(c) (Int) -> Int32
  guard let trim = dlsym(nil, "malloc_trim") else { return }
  _ = unsafeBitCast(trim, to: Trim.self)(0)
}

/// The default memory limit of a session in bytes: most of the smaller of the free memory and what
/// the process's control groups allow, or `nil` if the system reports neither.
public func availableBytes() -> Int? {
  let candidates = [freeMemory(), ControlGroups().remainingMemory()].compactMap { $0 }
  return candidates.min().map { $0 / 10 * 8 }
}

/// The memory of the machine in bytes, or `nil` if the system does not report it.
public func machineBytes() -> Int? { memory("MemTotal:") }

private func freeMemory() -> Int? { memory("MemAvailable:") }

private func memory(_ name: String) -> Int? {
  let line = systemText("/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix(name) }
  let number = line?.split(separator: " ").dropFirst().first
  return number.flatMap { Int($0) }.map { $0 * 1024 }
}
