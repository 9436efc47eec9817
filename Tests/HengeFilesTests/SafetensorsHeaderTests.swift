// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import Testing

@Suite struct SafetensorsHeaderTests {
  /// A file of `count` arrays of one number.
  private func file(_ count: Int) -> [UInt8] {
    let entries = (0..<count).map {
      "\"layer.\($0).weight\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(4 * $0),\(4 * $0 + 4)]}"
    }
    let header = Array("{\(entries.joined(separator: ","))}".utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) } + header
      + [UInt8](repeating: 0, count: 4 * count)
  }

  @Test func manyEntriesAreChargedForWhatTheyTake() throws {
    let bytes = file(10_000)
    // Less than ten times the header; what stays is counted as long as the arrays are there.
    let budget = MemoryBudget(limit: 10 * bytes.count)
    var read: Safetensors? = try Safetensors(decoding: bytes[...], path: "x", budget: budget)
    #expect(read?.arrays.count == 10_000)
    #expect(read?.arrays[9_999].name == "layer.9999.weight")
    #expect(budget.live > bytes.count + 10_000 * 400)
    read = nil
    #expect(budget.live == 0)
  }

  @Test func aHeaderThatTakesMoreThanThereIsIsRefused() throws {
    let bytes = file(10_000)
    let budget = MemoryBudget(limit: 4 * bytes.count)
    let failure = #expect(throws: Failure.self) {
      try Safetensors(decoding: bytes[...], path: "x", budget: budget)
    }
    #expect(failure?.code == "E-memory")
    #expect(budget.live == 0)
    // Brackets in brackets take most: 64 bytes for each of the text.
    let nested = Array("{\"a\":[\(String(repeating: "[1],", count: 100_000))1]}".utf8)
    let file = (0..<8).map { UInt8(truncatingIfNeeded: nested.count >> ($0 * 8)) } + nested
    let memory = #expect(throws: Failure.self) {
      try Safetensors(
        decoding: file[...], path: "x", budget: MemoryBudget(limit: 20 * file.count))
    }
    #expect(memory?.code == "E-memory")
  }
}
