// SPDX-License-Identifier: MIT
internal import Glibc

/// The bytes of memory that the process holds now, or `nil` where the system does not say.
public func residentBytes() -> Int? {
  let fields = systemText("/proc/self/statm")?.split(separator: " ") ?? []
  guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
  return pages * sysconf(Int32(_SC_PAGESIZE))
}

/// The bytes that a session may hold when nobody says: most of the smaller of the memory that is
/// free now and what the container leaves, or `nil` where the system tells neither.
public func availableBytes() -> Int? {
  let candidates = [freeMemory(), containerMemory()].compactMap { $0 }
  return candidates.min().map { $0 / 10 * 8 }
}

private func freeMemory() -> Int? {
  let line = systemText("/proc/meminfo")?.split(separator: "\n").first {
    $0.hasPrefix("MemAvailable:")
  }
  let number = line?.split(separator: " ").dropFirst().first
  return number.flatMap { Int($0) }.map { $0 * 1024 }
}

/// What a control group, version 2 or 1, still allows.
private func containerMemory() -> Int? {
  let groups = [
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
      "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"
    ),
  ]
  for (limitPath, usagePath) in groups {
    guard let limit = number(limitPath), let usage = number(usagePath) else { continue }
    return max(0, limit - usage)
  }
  return nil
}

private func number(_ path: String) -> Int? {
  systemText(path)?.split(separator: "\n").first.flatMap { Int($0) }
}

/// A short file of the kernel's, as text.
private func systemText(_ path: String) -> String? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 8192)
  let count = read(file, &bytes, bytes.count)
  return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
}
