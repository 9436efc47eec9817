// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeTestSupport
import Testing

@Suite struct ProtobufTests {
  @Test func fieldsAreThoseOfTheFormat() throws {
    var message = ProtobufWriter()
    // The examples of the page "Encoding": 150 in field 1, "testing" in field 2, and a message in field 3.
    message.integer(1, 150)
    message.text(2, "testing")
    message.message(3) { $0.integer(1, 150) }
    let encoded: [UInt8] = [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8)
    #expect(message.bytes == encoded + [0x1A, 0x03, 0x08, 0x96, 0x01])
    #expect(message.byteCount == message.bytes.count)
  }

  @Test func numbersOfAllSizesComeBack() throws {
    let integers = [0, 1, 127, 128, 16_383, 16_384, .max, -1, .min]
    var message = ProtobufWriter()
    for (field, value) in integers.enumerated() { message.integer(field + 1, value) }
    message.float(1000, -1.5)
    message.double(1001, .pi)
    message.doubles(1002, [1, -2])
    let fields = try #require(ProtobufFields(message.bytes))
    for (field, value) in integers.enumerated() { #expect(fields.integers(field + 1) == [value]) }
    // A negative number has ten bytes.
    var negative = ProtobufWriter()
    negative.integer(1, -1)
    #expect(negative.byteCount == 11)
    #expect(fields.all(1000) == [.fixed32(Float(-1.5).bitPattern)])
    #expect(fields.all(1001) == [.fixed64(Double.pi.bitPattern)])
    let packed = [1.0, -2].flatMap { withUnsafeBytes(of: $0.bitPattern) { [UInt8]($0) } }
    #expect(fields.bytes(1002) == [packed])
  }

  @Test func arraysAreWrittenInPlace() throws {
    let numbers = try array(.f32, [3], [1, 2, 3] as [Float])
    var message = ProtobufWriter()
    message.message(7) { outer in
      outer.text(1, "a")
      outer.message(2) { $0.bytes(9, of: numbers) }
      outer.text(3, "b")
    }
    message.integer(8, 1)
    let fields = try #require(ProtobufFields(message.bytes))
    let outer = try #require(fields.messages(7).first)
    #expect(outer.texts(1) + outer.texts(3) == ["a", "b"])
    #expect(outer.messages(2).first?.bytes(9) == [Array(numbers.bytes)])
    #expect(fields.integers(8) == [1])
    #expect(message.byteCount == message.bytes.count)
    try inFolder { folder in
      let file = "\(folder)/m"
      try message.write(to: file)
      #expect(try readRegularFile(file, budget: MemoryBudget(limit: 1000)) == message.bytes)
    }
  }
}

@Suite struct EventFileTests {
  /// The check value bit by bit, as RFC 3720 defines it.
  private func check(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var rest: UInt32 = ~0
    for byte in bytes {
      for bit in 0..<8 {
        let isOne = (rest ^ UInt32(byte >> UInt8(bit))) & 1 == 1
        rest = isOne ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1
      }
    }
    return ~rest
  }

  private func masked(_ bytes: some Sequence<UInt8>) -> UInt64 {
    let value = check(bytes)
    return UInt64((value >> 15 | value << 17) &+ 0xA282_EAD8)
  }

  /// The messages of a file whose records are whole and whose check values are right.
  private func events(in file: String) throws -> [ProtobufFields] {
    var rest = try readRegularFile(file, budget: MemoryBudget(limit: 1 << 20))[...]
    func number(_ count: Int) -> UInt64 {
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    var events: [ProtobufFields] = []
    while !rest.isEmpty {
      let header = rest.prefix(8)
      let length = number(8)
      #expect(number(4) == masked(header))
      let message = rest.prefix(Int(length))
      rest = rest.dropFirst(Int(length))
      #expect(number(4) == masked(message))
      events.append(try #require(ProtobufFields(message)))
    }
    return events
  }

  @Test func recordsAreThoseOfTheFormat() throws {
    #expect(check("123456789".utf8) == 0xE306_9283)
    try inFolder { folder in
      let file = try EventFile(in: folder, from: 8)
      let numbers: [Float] = [0, 1, 1, 3, .nan]
      let histogram = try #require(numbers.withUnsafeBufferPointer { BoardHistogram($0) })
      try file.append([
        BoardEvent(
          step: 8,
          .values([
            ("loss/a", .scalar(0.5)),
            ("samples", .image(png: [1, 2], height: 3, width: 4, channels: 1)),
            ("g/w", .histogram(histogram)),
          ]))
      ])
      #expect(names(in: folder).allSatisfy { $0.hasPrefix("events.out.tfevents.") })
      let events = try events(in: file.path)
      try #require(events.count == 3)
      #expect(events[0].texts(3) == ["brain.Event:2"])
      // SessionLog.START, at the first step of the run.
      #expect(events[1].integers(2) == [8])
      #expect(events[1].messages(7).first?.integers(1) == [1])
      #expect(events[2].integers(2) == [8])
      let values = try #require(events[2].messages(5).first).messages(1)
      #expect(values.map { $0.texts(1) } == [["loss/a"], ["samples"], ["g/w"]])
      #expect(values[0].all(2) == [.fixed32(Float(0.5).bitPattern)])
      let image = try #require(values[1].messages(4).first)
      #expect([1, 2, 3].map { image.integers($0) } == [[3], [4], [1]])
      #expect(image.bytes(4) == [[1, 2]])
      let message = try #require(values[2].messages(5).first)
      #expect(
        (1...5).map { message.all($0) }
          == [0.0, 3, 4, 5, 11].map { [.fixed64($0.bitPattern)] })
      #expect(histogram.counts.reduce(0, +) == 4)
      #expect(histogram.counts.first == 1 && histogram.counts.last == 1)
      #expect(histogram.limits.count == histogram.counts.count && histogram.limits.last == 3)
    }
  }

  @Test func aHistogramOfOneNumberHasOneInterval() throws {
    let same: [Float] = [2, 2, .infinity]
    let histogram = try #require(same.withUnsafeBufferPointer { BoardHistogram($0) })
    #expect(histogram.counts == [2] && histogram.limits == [2.01])
    #expect(histogram.minimum == 1.99 && histogram.sum == 4)
    let none: [Float] = [.nan]
    #expect(none.withUnsafeBufferPointer { BoardHistogram($0) } == nil)
  }

  @Test func secondFilesHaveOtherNames() throws {
    try inFolder { folder in
      let first = try EventFile(in: folder, from: 1)
      let second = try EventFile(in: folder, from: 1)
      #expect(first.path != second.path && names(in: folder).count == 2)
    }
    #expect(throws: Failure.self) { try EventFile(in: "/nowhere/at/all", from: 1) }
  }
}
