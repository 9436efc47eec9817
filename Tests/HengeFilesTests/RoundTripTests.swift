// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import Synchronization
import Testing

@Suite struct RoundTripTests {
  let budget = MemoryBudget(limit: 10_000_000)

  static func arrays(_ count: Int) throws -> [NamedArray] {
    var stream = RandomStream(seed: 1, name: "files")
    return try (0..<count).map { index in
      let sizes = (0..<stream.next(below: 5)).map { _ in stream.next(below: 6) }
      let type = ElementType.allCases[stream.next(below: ElementType.allCases.count)]
      return NamedArray("array.\(index)", try randomArray(type, sizes, &stream))
    }
  }

  @Test func npyGivesBackWhatItWasGiven() throws {
    for named in try RoundTripTests.arrays(300) {
      let file = Npy.encode(named.array)
      #expect(try Npy.decode(file[...], path: "x.npy", budget: budget) == named.array)
    }
  }

  @Test(arguments: [false, true]) func npzGivesBackWhatItWasGiven(compressed: Bool) throws {
    let arrays = try RoundTripTests.arrays(60)
    let file = try Npz.encode(arrays, compressed: compressed, budget: budget)
    #expect(try Npz.decode(file[...], path: "x.npz", budget: budget) == arrays)
    #expect(try Npz.encode(arrays, compressed: compressed, budget: budget) == file)
    #expect(budget.live == 0)
  }

  /// Large parts are read where they lie, small ones are copied; a file and memory get the same.
  @Test(arguments: [false, true]) func aNpzFileHoldsWhatIsEncoded(compressed: Bool) throws {
    var stream = RandomStream(seed: 5, name: "npz")
    let wide = MemoryBudget(limit: 100_000_000)
    let arrays = try [[1 << 18], [3], [0], [700_000]].enumerated().map { index, sizes in
      NamedArray("a\(index)", try randomArray(.f32, sizes, &stream))
    }
    try inFolder { folder in
      let path = "\(folder)/x.npz"
      try Npz.write(arrays, to: path, compressed: compressed, budget: wide)
      #expect(
        try readRegularFile(path, budget: wide)
          == Npz.encode(arrays, compressed: compressed, budget: wide))
      #expect(try Npz.read(path, budget: wide) == arrays)
      #expect(names(in: folder) == ["x.npz"])
    }
  }

  @Test func aStoppedNpzLeavesTheOldFileAndNoOther() throws {
    struct Stop: Error {}
    let looks = Atomic<Int>(0)
    for last in 0..<4 {
      looks.store(0, ordering: .relaxed)
      let stopping = MemoryBudget(limit: 100_000_000) {
        if looks.add(1, ordering: .relaxed).oldValue >= last { throw Stop() }
      }
      let big = try array(.u8, [9_000_000], [UInt8](repeating: 7, count: 9_000_000))
      try inFolder { folder in
        let path = "\(folder)/x.npz"
        try AtomicFile.write([1, 2, 3], to: path)
        #expect(throws: Stop.self) {
          try Npz.write([NamedArray("a", big)], to: path, budget: stopping)
        }
        #expect(try readRegularFile(path, budget: budget) == [1, 2, 3])
        #expect(names(in: folder) == ["x.npz"])
      }
      #expect(throws: Stop.self) {
        looks.store(0, ordering: .relaxed)
        _ = try Npz.encode([NamedArray("a", big)], budget: stopping)
      }
      #expect(stopping.live == 0)
    }
  }

  @Test func aCopyOfBytesCanBeStopped() throws {
    struct Stop: Error {}
    let bytes = [UInt8](repeating: 3, count: 40_000_000)
    let calm = MemoryBudget(limit: 100_000_000)
    let shape = try Shape([40_000_000])
    try bytes.withUnsafeBytes { bytes in
      let copy = try ArrayData(.u8, shape, copying: bytes, budget: calm)
      #expect(copy.bytes.elementsEqual(bytes))
      let looks = Atomic<Int>(0)
      let stopping = MemoryBudget(limit: 100_000_000) {
        if looks.add(1, ordering: .relaxed).oldValue == 1 { throw Stop() }
      }
      #expect(throws: Stop.self) {
        try ArrayData(.u8, shape, copying: bytes, budget: stopping)
      }
      #expect(looks.load(ordering: .relaxed) == 2)
    }
  }

  @Test func npzHoldsNoTime() throws {
    let one = try array(.u8, [1], [7 as UInt8])
    let file = try Npz.encode([NamedArray("a", one)], budget: budget)
    // Bytes 10 to 13 of a local header: the time 0:00 and the day 1 January 1980.
    #expect(Array(file[10..<14]) == [0, 0, 0x21, 0])
  }

  @Test func safetensorsGivesBackWhatItWasGiven() throws {
    let arrays = try RoundTripTests.arrays(100)
    let file = Safetensors(
      arrays: arrays, metadata: ["a": "", "count": "12", "ü": "\u{0}\u{1F600}"])
    let bytes = try file.encoded()
    let read = try Safetensors(decoding: bytes[...], path: "x.safetensors", budget: budget)
    #expect(read.metadata == file.metadata)
    #expect(read.arrays.sorted { $0.name < $1.name } == arrays.sorted { $0.name < $1.name })
    let reversed = Safetensors(arrays: arrays.reversed(), metadata: file.metadata)
    #expect(try reversed.encoded() == bytes)
    #expect(bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) } % 8 == 0)
  }

  @Test func arraysKeepTheirMemoryReservedAsLongAsTheyLive() throws {
    var arrays = try Safetensors(reading: golden("weights.safetensors"), budget: budget).arrays
    let shared = try goldenBytes("weights.safetensors").count
    #expect(budget.live >= shared)
    arrays.removeAll()
    #expect(budget.live == 0)
  }

  @Test func brainFloatsAreTheUpperHalfOfASingle() throws {
    let header = #"{"x":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}}"#
    var file = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)
    file += [0x80, 0x3F, 0x49, 0xC0, 0x80, 0xFF]  // 1, -3.140625 and minus infinity
    let read = try Safetensors(decoding: file[...], path: "x.safetensors", budget: budget)
    #expect(read["x"] == (try array(.f32, [3], [1, -3.140625, -.infinity] as [Float])))
    #expect(read["x"]?.storedType == .bf16)
  }

  @Test func boolsAreZeroOrOneWhateverTheFileHolds() throws {
    let file = try Npy.encode(array(.bool, [3], [0, 1, 1] as [UInt8]))
    let odd = file.dropLast(2) + [2, 255]
    let read = try Npy.decode(ArraySlice(odd), path: "x.npy", budget: budget)
    #expect(Array(read.bytes) == [0, 1, 1])
  }

  @Test func namesThatCannotBeWrittenAreRefused() throws {
    let one = try array(.u8, [], [7 as UInt8])
    func safetensors(_ names: [String]) -> String {
      message { _ = try Safetensors(arrays: names.map { NamedArray($0, one) }).encoded() }
    }
    #expect(safetensors(["a", "a"]) == "E-arg: two arrays have the name \"a\"")
    #expect(
      safetensors(["__metadata__"])
        == "E-arg: an array in a safetensors file cannot be called __metadata__")
    #expect(
      message { _ = try Npz.encode(["a", "a"].map { NamedArray($0, one) }, budget: budget) }
        == "E-arg: two arrays have the name \"a\"")
    #expect(
      message { _ = try Npz.encode([NamedArray("", one)], budget: budget) }
        == "E-arg: an array in a .npz needs a name without control characters")
  }
}
