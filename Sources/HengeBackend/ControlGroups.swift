// SPDX-License-Identifier: MIT
internal import Glibc

/// The control groups that the process is in, versions 1 and 2, with the memory that they allow.
///
/// A limit may be set on any group from the process's own up to the root, as by a container, by
/// systemd's `MemoryMax=` or by Slurm: all of them bind, so the smallest remainder counts.
struct ControlGroups {
  /// The prefix of every path; empty except in tests.
  private let root: String

  /// The groups of this process, as the files below `root` describe them.
  init(root: String = "") { self.root = root }

  /// The bytes that the groups still allow, or `nil` where none has a limit.
  func remainingMemory() -> Int? {
    let mounts = self.mounts()
    var remainders: [Int] = []
    for line in lines("/proc/self/cgroup") {
      // Hierarchy, controllers, path: `7:memory:/user.slice`, and `0::/user.slice` of version 2.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isUnified = fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains("memory") else { continue }
      for mount in mounts where mount.isUnified == isUnified {
        remainders += self.remainders(of: String(fields[2]), below: mount)
      }
    }
    return remainders.min()
  }

  // MARK: Groups

  /// Where a hierarchy of groups is mounted, and which of its groups is there.
  private struct Mount {
    let folder: String
    let group: String
    let isUnified: Bool
  }

  /// The hierarchies that count memory.
  private func mounts() -> [Mount] {
    lines("/proc/self/mountinfo").compactMap { line in
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 3 else {
        return nil
      }
      let (type, options) = (fields[dash + 1], fields[dash + 3].split(separator: ","))
      guard type == "cgroup2" || (type == "cgroup" && options.contains("memory")) else {
        return nil
      }
      return Mount(
        folder: ControlGroups.unescaped(fields[4]), group: ControlGroups.unescaped(fields[3]),
        isUnified: type == "cgroup2")
    }
  }

  /// What is left in `group` and in each group above it, up to the one that is mounted.
  private func remainders(of group: String, below mount: Mount) -> [Int] {
    // In a container the group's path may be the host's, of which only the end is mounted.
    let top = mount.group == "/" ? "" : mount.group
    let isBelow = group == mount.group || group.hasPrefix(top + "/")
    var parts = (isBelow ? group.dropFirst(top.count) : "").split(separator: "/")
    if parts.contains("..") { parts = [] }
    var remainders: [Int] = []
    while true {
      let folder = ([mount.folder] + parts.map(String.init)).joined(separator: "/")
      if let remainder = remainder(in: folder, isUnified: mount.isUnified) {
        remainders.append(remainder)
      }
      guard parts.popLast() != nil else { return remainders }
    }
  }

  private func remainder(in folder: String, isUnified: Bool) -> Int? {
    let names =
      isUnified
      ? (limit: "memory.max", usage: "memory.current", cache: "inactive_file")
      : (
        limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes",
        cache: "total_inactive_file"
      )
    // `max` of version 2 is not a number, and version 1 uses almost 2⁶³.
    guard let limit = lines("\(folder)/\(names.limit)").first.flatMap({ Int($0) }),
      limit < 1 << 60, let usage = lines("\(folder)/\(names.usage)").first.flatMap({ Int($0) })
    else { return nil }
    // The system frees its cache of files when memory is needed.
    let cache = lines("\(folder)/memory.stat").lazy.compactMap { line -> Int? in
      let fields = line.split(separator: " ")
      return fields.count == 2 && fields[0] == names.cache ? Int(fields[1]) : nil
    }.first
    return max(0, limit - max(0, usage - max(0, cache ?? 0)))
  }

  // MARK: Files of the kernel

  private func lines(_ path: String) -> [Substring] {
    systemText(root + path)?.split(separator: "\n") ?? []
  }

  /// The kernel writes a space in a path as `\040`.
  private static func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"),
        let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A file of the kernel's as text; `nil` where it cannot be read.
func systemText(_ path: String) -> String? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var text: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 8192)
  while text.count < 1 << 20 {
    let count = read(file, &part, part.count)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { break }
    text += part[..<count]
  }
  return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
}
