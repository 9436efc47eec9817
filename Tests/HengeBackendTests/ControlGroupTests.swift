// SPDX-License-Identifier: MIT
import Glibc
import HengeTestSupport
import Testing

@testable import HengeBackend

/// A process in made-up groups.
@Suite struct ControlGroupTests {
  private func remaining(_ files: [String: String]) throws -> Int? {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    for (path, text) in files {
      var parent = folder.path
      for part in path.split(separator: "/").dropLast() {
        parent += "/\(part)"
        mkdir(parent, 0o755)
      }
      let file = try #require(fopen(folder.path + path, "w"))
      fputs(text, file)
      fclose(file)
    }
    return ControlGroups(root: folder.path).remainingMemory()
  }

  private let unified = "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
  private let first = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"

  @Test func `the limit of the process's own group of version 2 counts`() throws {
    let remaining = try remaining([
      "/proc/self/cgroup": "0::/user.slice/job 1.scope\n", "/proc/self/mountinfo": unified,
      "/sys/fs/cgroup/user.slice/memory.max": "max\n",
      "/sys/fs/cgroup/user.slice/memory.current": "700\n",
      "/sys/fs/cgroup/user.slice/job 1.scope/memory.max": "1000\n",
      "/sys/fs/cgroup/user.slice/job 1.scope/memory.current": "300\n",
    ])
    #expect(remaining == 700)
  }

  @Test func `the smallest remainder up to the root counts, in version 1 too`() throws {
    let remaining = try remaining([
      "/proc/self/cgroup": "9:name=systemd:/\n4:cpu,memory:/a/b\n1:cpu:/c\n0::/\n",
      "/proc/self/mountinfo": first,
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "5000\n",
      "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "1000\n",
      "/sys/fs/cgroup/memory/a/memory.usage_in_bytes": "900\n",
      "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "800\n",
      "/sys/fs/cgroup/memory/a/b/memory.usage_in_bytes": "100\n",
      "/sys/fs/cgroup/memory/c/memory.limit_in_bytes": "1\n",
      "/sys/fs/cgroup/memory/c/memory.usage_in_bytes": "1\n",
    ])
    #expect(remaining == 100)
  }

  @Test func `what the system keeps of files does not count as used`() throws {
    let remaining = try remaining([
      "/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": unified,
      "/sys/fs/cgroup/memory.max": "1000\n", "/sys/fs/cgroup/memory.current": "900\n",
      "/sys/fs/cgroup/memory.stat": "anon 200\ninactive_file 600\nactive_file 100\n",
    ])
    #expect(remaining == 700)
  }

  @Test func `a group that is mounted in part is found below its mount`() throws {
    let mount = "30 23 0:26 /docker/1f /sys/fs/c\\040group rw - cgroup2 cgroup2 rw\n"
    for group in ["/docker/1f/inner", "/elsewhere", "/../2e"] {
      let limit = group.hasSuffix("inner") ? "600" : "max"
      let remaining = try remaining([
        "/proc/self/cgroup": "0::\(group)\n", "/proc/self/mountinfo": mount,
        "/sys/fs/c group/memory.max": "1000\n", "/sys/fs/c group/memory.current": "100\n",
        "/sys/fs/c group/inner/memory.max": "\(limit)\n",
        "/sys/fs/c group/inner/memory.current": "50\n",
      ])
      #expect(remaining == (limit == "max" ? 900 : 550), "\(group)")
    }
  }

  @Test func `without limits nothing is said, and damaged files are no limits`() throws {
    #expect(try remaining([:]) == nil)
    #expect(try remaining(["/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": unified]) == nil)
    #expect(
      try remaining([
        "/proc/self/cgroup": "nonsense\n::\n0::/\n", "/proc/self/mountinfo": "- - -\n" + unified,
        "/sys/fs/cgroup/memory.max": "many\n", "/sys/fs/cgroup/memory.current": "\n",
      ]) == nil)
  }
}
