// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import Testing

/// Files that lie, are cut short or have flipped bits: each is an error or is read, never a crash
/// and never more memory than the budget. (What is taken without asking the budget shows in a process of
/// its own: `Scripts/fuzz files`.)
@Suite struct HostileTests {
  enum Format: String, CaseIterable, Sendable {
    case npy, npz, deflated, safetensors, csv

    func bytes() throws -> [UInt8] {
      switch self {
      case .npy: try goldenBytes("fortran_f2.npy")
      case .npz: try goldenBytes("stored.npz")
      case .deflated: try goldenBytes("deflated.npz")
      case .safetensors: try goldenBytes("weights.safetensors")
      case .csv: Array("name,x,y\r\n\"a, \"\"b\"\"\",1,2.5\r\nü,-3,1e5\n,7,\n".utf8)
      }
    }

    func read(_ file: [UInt8], budget: MemoryBudget) throws {
      switch self {
      case .npy: _ = try Npy.decode(file[...], path: "x", budget: budget)
      case .npz, .deflated: _ = try Npz.decode(file[...], path: "x", budget: budget)
      case .safetensors: _ = try Safetensors(decoding: file[...], path: "x", budget: budget)
      case .csv: _ = try CSVTable(decoding: file[...], path: "x", budget: budget)
      }
    }

    /// Reads `file`; anything but a `Failure` that names the file is a failure of the test.
    func survives(_ file: [UInt8]) throws -> Bool {
      let budget = MemoryBudget(limit: 1_000_000)
      do {
        try read(file, budget: budget)
        #expect(budget.live == 0 && budget.mostLive <= budget.limit)
        return true
      } catch let failure as Failure {
        #expect(["E-file", "E-memory"].contains(failure.code))
        #expect(failure.message.contains("\"x"), "\(failure.message)")
        #expect(failure.message.utf8.count < 400)
        #expect(budget.live == 0 && budget.mostLive <= budget.limit)
        return false
      }
    }
  }

  @Test(arguments: Format.allCases) func filesCutAnywhereAreRefused(_ format: Format) throws {
    let file = try format.bytes()
    #expect(try format.survives(file))
    for length in 0..<file.count {
      let isRead = try format.survives(Array(file[..<length]))
      #expect(!isRead || format == .csv, "\(format) of \(length) bytes")
    }
  }

  @Test(arguments: Format.allCases) func flippedBitsNeverCrash(_ format: Format) throws {
    let file = try format.bytes()
    var stream = RandomStream(seed: 2, name: format.rawValue)
    for _ in 0..<20_000 {
      var damaged = file
      for _ in 0...stream.next(below: 3) {
        damaged[stream.next(below: file.count)] ^= 1 << UInt8(stream.next(below: 8))
      }
      _ = try format.survives(damaged)
    }
  }

  private func npy(_ header: String, version: UInt8 = 1, data: Int = 0) -> String {
    let text = Array(header.utf8)
    let length: [UInt8] = version == 1 ? [UInt8(text.count), 0] : [UInt8(text.count), 0, 0, 0]
    let file = [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text
    return message {
      _ = try Npy.decode(
        (file + [UInt8](repeating: 0, count: data))[...], path: "x.npy",
        budget: MemoryBudget(limit: 1_000_000))
    }
  }

  @Test func npyHeadersThatLieAreExplained() {
    func header(_ shape: String, _ type: String = "<f8") -> String {
      "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    }
    #expect(npy(header("(2,)"), data: 16) == "no failure")
    #expect(npy(header("(2L,)"), version: 3, data: 16) == "no failure")
    #expect(
      npy(header("(4000, 4000)"), data: 70)
        == "E-file: \"x.npy\": it says 4000x4000 f64 (128 MB) but contains 70 bytes: it was truncated"
    )
    #expect(
      npy(header("(2,)"), data: 20)
        == "E-file: \"x.npy\": it says 2 f64 (16 bytes) but has 20 bytes after its header")
    #expect(
      npy(header("(-1,)"))
        == "E-file: \"x.npy\": its .npy header is damaged: a size cannot be negative: [-1]")
    #expect(
      npy(header("(4611686018427387904, 4)"))
        == "E-file: \"x.npy\": its .npy header is damaged: [4611686018427387904, 4] has more "
        + "elements than can be counted")
    #expect(
      npy(header("(2305843009213693952,)"))
        == "E-file: \"x.npy\": its .npy header is damaged: 2305843009213693952 f64 is more bytes "
        + "than can be counted")
    #expect(
      npy(header("(99999999999999999999,)"))
        == "E-file: \"x.npy\": its .npy header is damaged: it is not a Python dictionary of "
        + "constants")
    #expect(
      npy("{'descr': '<f8'}")
        == "E-file: \"x.npy\": its .npy header is damaged: it must have descr, fortran_order and "
        + "shape, not [\"descr\"]")
    #expect(
      npy(String(repeating: "(", count: 200))
        == "E-file: \"x.npy\": its .npy header is damaged: it is not a Python dictionary of "
        + "constants")
    #expect(npy(header("(2,)"), version: 4).hasSuffix("its .npy header is damaged: version 4.0"))
  }

  @Test func npyHeadersOfHugeLengthAreRefused() {
    let file = [0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255, 32]
    #expect(
      message {
        _ = try Npy.decode(file[...], path: "x.npy", budget: MemoryBudget(limit: 1_000_000))
      } == "E-file: \"x.npy\": its .npy header is damaged: it says it is 4294967295 bytes long; "
        + "at most 65535 are read")
  }

  @Test func otherFilesAreNamedForWhatTheyAre() {
    let budget = MemoryBudget(limit: 1_000_000)
    let zip = Array("PK".utf8) + [3, 4]
    #expect(
      message { _ = try Npy.decode(zip[...], path: "x.npy", budget: budget) }
        == "E-file: \"x.npy\": it is not a .npy file, it looks like a zip archive")
    #expect(
      message { _ = try Npz.decode([1, 2, 3], path: "x.npz", budget: budget) }
        == "E-file: \"x.npz\": it is not a .npz file")
    #expect(
      message { _ = try Safetensors(decoding: zip[...], path: "x.st", budget: budget) }
        == "E-file: \"x.st\": it is not a safetensors file, it looks like a zip archive")
  }

  private func safetensors(_ header: String, data: Int = 0) -> String {
    let text = Array(header.utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) }
    let file = length + text + [UInt8](repeating: 0, count: data)
    return message {
      _ = try Safetensors(
        decoding: file[...], path: "x.st", budget: MemoryBudget(limit: 1_000_000))
    }.replacing("E-file: \"x.st\": its safetensors header is damaged: ", with: "")
  }

  @Test func safetensorsHeadersThatLieAreExplained() {
    func entry(_ name: String, _ type: String, _ shape: String, _ offsets: String) -> String {
      "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }
    func header(_ entries: String...) -> String { "{\(entries.joined(separator: ","))}" }
    let a = entry("a", "F32", "[2]", "[0,8]")
    #expect(safetensors(header(a), data: 8) == "no failure")
    #expect(
      safetensors(header(a), data: 7)
        == "E-file: \"x.st\": it says 1 array (8 bytes) but contains 7 bytes: it was truncated")
    #expect(
      safetensors(header(a), data: 9)
        == "E-file: \"x.st\": it contains 1 byte more than its 1 array needs")
    #expect(
      safetensors(header(a, entry("b", "U8", "[2]", "[7,9]")), data: 9)
        == "\"b\" begins at byte 7; the array before it ends at 8")
    #expect(
      safetensors(header(a, entry("b", "U8", "[2]", "[9,11]")), data: 11)
        == "\"b\" begins at byte 9; the array before it ends at 8")
    #expect(
      safetensors(header(entry("a", "F32", "[3]", "[0,8]")), data: 8)
        == "\"a\" is 3 f32 and has 8 bytes")
    #expect(safetensors(header(entry("a", "U8", "[1]", "[9,8]"))) == "\"a\" is at 9 to 8")
    #expect(
      safetensors(header(a, a), data: 8)
        == "expected each name once, not \"a\" again at byte \(header(a).utf8.count) of it")
    #expect(
      safetensors(header(entry("a", "F8_E4M3", "[1]", "[0,1]")), data: 1)
        == "E-file: \"x.st\": it contains F8_E4M3, which henge does not read")
    #expect(
      safetensors(header(entry("a", "U8", "[-1]", "[0,1]")), data: 1)
        == "a size cannot be negative: [-1]")
    #expect(
      safetensors("{\"__metadata__\":{\"a\":1}}") == "__metadata__ must contain only texts")
    #expect(safetensors("[]") == "expected { at byte 0 of it")
    #expect(
      safetensors("{\"a\":" + String(repeating: "[", count: 5000))
        == "expected less than 128 levels of nesting at byte 133 of it")
  }

  @Test func zipBombsAreRefusedByTheirHeaders() throws {
    // 60 MB of zeros deflate to 58 kB: more than the budget holds.
    let zeros = try array(.u8, [60_000_000], [UInt8](repeating: 0, count: 60_000_000))
    let wide = MemoryBudget(limit: 400_000_000)
    let bomb = try Npz.encode([NamedArray("a", zeros)], compressed: true, budget: wide)
    #expect(bomb.count < 100_000)
    #expect(
      message {
        _ = try Npz.decode(bomb[...], path: "x.npz", budget: MemoryBudget(limit: 10_000_000))
      }.hasPrefix("E-memory: unpacking \"x.npz/a.npy\" needs 60 MB; "))
    // A claim that no deflate stream of that length can hold: 4 GB in the central directory.
    var lie = bomb
    let central = try #require(
      (0..<lie.count - 4).last { lie[$0...].starts(with: [80, 75, 1, 2]) })
    lie.replaceSubrange(central + 24..<central + 28, with: [0, 0, 0, 0xF0])
    #expect(
      message {
        _ = try Npz.decode(lie[...], path: "x.npz", budget: wide)
      } == "E-file: \"x.npz\": the zip archive is damaged: \"a.npy\" says it unpacks to 4.0 GB, "
        + "more than its 58 kB can contain")
    // The size is a lie within what could be: the bytes do not bear it out.
    lie.replaceSubrange(central + 24..<central + 28, with: [0, 0, 0, 1])
    #expect(
      message {
        _ = try Npz.decode(lie[...], path: "x.npz", budget: wide)
      }
        == "E-file: \"x.npz\": the zip archive is damaged: \"a.npy\" does not unpack to what it says"
    )
  }
}
