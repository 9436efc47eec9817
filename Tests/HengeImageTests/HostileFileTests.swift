// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeImage
import Testing

/// Files that lie, end early, or are no files: each is pixels or an `E-file` that names it.
@Suite struct HostileFileTests {
  let budget = MemoryBudget(limit: 50_000_000)

  /// Decodes, and records an issue for any other outcome than pixels, `E-file` or `E-memory`.
  @discardableResult
  func outcome(_ reader: PictureReader, _ bytes: [UInt8], _ remark: String) -> Failure? {
    do {
      _ = try reader.decode(bytes, name: "hostile")
      return nil
    } catch let failure as Failure {
      #expect(failure.code == "E-file" || failure.code == "E-memory", "\(remark): \(failure)")
      #expect(failure.message.contains("\"hostile\""), "\(remark): \(failure)")
      return failure
    } catch {
      Issue.record("\(remark): \(error)")
      return nil
    }
  }

  @Test(arguments: ["rgba8-interlaced.png", "palette4-trns.png", "rgb420.jpg", "progressive.jpg"])
  func everyTruncationIsAnError(_ name: String) throws {
    let reader = PictureReader(budget: budget)
    let file = try Fixtures.bytes(name)
    for length in 0..<file.count {
      let failure = outcome(reader, Array(file[..<length]), "\(name) cut at \(length)")
      // A JPEG may lack its last two bytes, the end marker, and nothing else.
      #expect(failure != nil || (name.hasSuffix("jpg") && length >= file.count - 2), "\(length)")
    }
    #expect(outcome(reader, file, name) == nil)
    #expect(budget.live == 0)
  }

  @Test(arguments: [
    "rgba8-interlaced.png", "palette4-trns.png", "grey16.png", "rgb8-trns.png", "grey.jpg",
    "rgb420.jpg", "progressive.jpg", "restarts.jpg",
  ])
  func mutationsNeverCrash(_ name: String) throws {
    let reader = PictureReader(budget: budget)
    let file = try Fixtures.bytes(name)
    var random = RandomStream(seed: 1, name: "mutations of \(name)")
    var refused = 0
    for _ in 0..<1250 {
      var mutant = file
      for _ in 0...random.next(below: 4) {
        let place = random.next(below: mutant.count)
        switch random.next(below: 4) {
        case 0: mutant[place] = UInt8(random.next(below: 256))
        case 1: mutant.remove(at: place)
        case 2: mutant.insert(UInt8(random.next(below: 256)), at: place)
        default: mutant[place] ^= 1 << UInt8(random.next(below: 8))
        }
      }
      // Checksums would catch nearly all: every other PNG has them made right again.
      if name.hasSuffix("png"), random.next(below: 2) == 0 { mutant = withChecksums(mutant) }
      refused += outcome(reader, mutant, "\(name) mutated") == nil ? 0 : 1
    }
    #expect((100..<1250).contains(refused), "\(name): \(refused) refused")
    #expect(budget.live == 0)
  }

  func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }

  func crc(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return big(~crc)
  }

  /// A PNG's chunk with its checksum.
  func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(kind.utf8) + data
    return big(UInt32(data.count)) + body + crc(body)
  }

  /// `file` with the right checksum after every chunk that it has whole.
  func withChecksums(_ file: [UInt8]) -> [UInt8] {
    var file = file
    var start = 8
    while start + 12 <= file.count {
      let length = file[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = start + 8 + length
      guard end + 4 <= file.count else { break }
      file.replaceSubrange(end..<end + 4, with: crc(file[start + 4..<end]))
      start = end + 4
    }
    return file
  }

  func png(width: [UInt8], height: [UInt8], bits: [UInt8] = [8, 2, 0, 0, 0], data: [UInt8])
    -> [UInt8]
  {
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", width + height + bits) + chunk("IDAT", data) + chunk("IEND", [])
  }

  @Test func refusesHugeSizesInFewBytes() throws {
    let huge = png(
      width: [0, 0, 0xEA, 0x60], height: [0, 0, 0xEA, 0x60], data: [0x78, 0x9C, 3, 0])
    #expect(huge.count < 75)
    // However much memory there is.
    let reader = PictureReader(budget: MemoryBudget(limit: .max))
    #expect(
      throws: Failure(
        "E-file",
        "\"h.png\": claims 60000x60000 pixels, more than its \(huge.count) bytes can contain")
    ) { try reader.decode(huge, name: "h.png") }
    var jpeg = try Fixtures.bytes("rgb420.jpg")
    let frame = try #require(
      jpeg.indices.first { jpeg[$0] == 0xFF && $0 + 1 < jpeg.count && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xEA, 0x60, 0xEA, 0x60])
    #expect(
      throws: Failure(
        "E-file",
        "\"h.jpg\": claims 60000x60000 pixels, more than its \(formatBytes(jpeg.count)) can contain"
      )
    ) { try reader.decode(jpeg, name: "h.jpg") }
  }

  @Test func asksTheBudgetForWhatTheHeaderSays() throws {
    let reader = PictureReader(budget: MemoryBudget(limit: 1000))
    let failure = #expect(throws: Failure.self) {
      try reader.decode(try Fixtures.bytes("rgb444.jpg"), name: "a.jpg")
    }
    #expect(
      failure?.message == "decoding \"a.jpg\" needs 3.2 kB; 1.0 kB of 1.0 kB are free")
  }

  @Test func saysWhatIsWrongWithAPNG() throws {
    let reader = PictureReader(budget: budget)
    func message(_ bytes: [UInt8]) -> String? { outcome(reader, bytes, "PNG")?.message }
    let one: [UInt8] = [0, 0, 0, 1]
    #expect(
      message(png(width: [0, 0, 0, 0], height: one, data: []))
        == "\"hostile\": damaged PNG: Invalid IHDR data")
    #expect(
      message(png(width: one, height: one, bits: [3, 2, 0, 0, 0], data: []))
        == "\"hostile\": damaged PNG: Invalid IHDR data")
    #expect(
      message(png(width: one, height: one, bits: [8, 3, 0, 0, 0], data: [0x78, 0x9C, 3, 0]))
        == "\"hostile\": damaged PNG: IDAT: Missing PLTE before IDAT")
    var file = try Fixtures.bytes("grey8.png")
    file[file.count - 16] ^= 1
    #expect(message(file) == "\"hostile\": damaged PNG: IDAT: CRC error")
    #expect(
      message(Array(try Fixtures.bytes("grey8.png").dropLast(5)))
        == "\"hostile\": damaged PNG: the file ends too early")
    let cut = message(Array(try Fixtures.bytes("rgb420.jpg").dropLast(200)))
    #expect(
      cut?.hasPrefix(
        "\"hostile\": damaged JPEG: the file ends too early: its image data are missing from row 16 of"
      ) == true, "\(cut ?? "")")
  }

  /// A text chunk that unpacks to a gigabyte would be unpacked by libpng if it were not skipped.
  @Test func skipsChunksThatPicturesDoNotNeed() throws {
    let file = try Fixtures.bytes("grey8.png")
    let bomb = chunk("zTXt", Array("x\0\0".utf8) + [UInt8](repeating: 0xAA, count: 5000))
    let stuffed = Array(file[..<33]) + bomb + bomb + Array(file[33...])
    let reader = PictureReader(budget: budget)
    #expect(
      try reader.decode(stuffed, name: "a.png") == (try reader.decode(file, name: "a.png")))
  }

  @Test func refusesWhatIsNoFile() throws {
    let reader = PictureReader(budget: budget)
    func failure(_ path: String) -> Failure? {
      #expect(throws: Failure.self) { try reader.read(path) }
    }
    try Fixtures.inFolder { folder in
      #expect(mkfifo("\(folder)/pipe.png", 0o600) == 0)
      #expect(
        failure("\(folder)/pipe.png")?.message == "\"\(folder)/pipe.png\": is a pipe, not a file")
      #expect(failure(folder)?.message == "\"\(folder)\": is a folder, not a file")
      try Fixtures.write([], to: "\(folder)/face.png")
      #expect(
        failure("\(folder)/face.png")?.message == "\"\(folder)/face.png\": is empty (0 bytes)")
      #expect(failure("\(folder)/fase.png")?.suggestion == "\"\(folder)/face.png\"")
    }
    #expect(failure("/dev/zero")?.message == "\"/dev/zero\": is a device, not a file")
  }
}
