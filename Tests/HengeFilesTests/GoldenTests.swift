// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import Testing

/// One line of a table in `Golden/`: what numpy, PyTorch or h5py says is in a file.
struct Expected: CustomTestStringConvertible, Sendable {
  let file: String
  let name: String
  let type: String
  let sizes: [Int]
  let values: [String]

  var testDescription: String { name.isEmpty ? file : "\(file)[\(name)]" }

  /// The values as ``patterns(_:)`` gives them.
  var patterns: [UInt64] {
    values.map { text in
      type == "f32" || type == "f64"
        ? Double(text)?.bitPattern ?? 0 : UInt64(bitPattern: Int64(text) ?? 0)
    }
  }

  /// Expects `array` to be there and to be this, to the bit.
  func compare(_ array: ArrayData?) throws {
    let found = try #require(array, "\(testDescription)")
    #expect(found.elementType.rawValue == type, "\(testDescription)")
    #expect(found.shape.sizes == sizes, "\(testDescription)")
    #expect(HengeFilesTests.patterns(found) == patterns, "\(testDescription)")
  }

  static func all(_ file: String) throws -> [Expected] {
    let table = try CSVTable(
      reading: golden(file), budget: MemoryBudget(limit: 10_000_000))
    guard case .texts(let files)? = table["file"], case .texts(let names)? = table["name"],
      case .texts(let types)? = table["type"], case .texts(let shapes)? = table["shape"],
      case .texts(let values)? = table["values"]
    else { return [] }
    return files.indices.map { row in
      Expected(
        file: files[row], name: names[row], type: types[row],
        sizes: shapes[row].split(separator: "x").compactMap { Int($0) },
        values: values[row].split(separator: " ").map(String.init))
    }
  }
}

@Suite struct GoldenTests {
  let budget = MemoryBudget(limit: 10_000_000)

  @Test func everyArrayOfNumpyAndSafetensorsIsReadRight() throws {
    let all = try Expected.all("index.csv")
    #expect(all.count == 63)
    for expected in all {
      let array: ArrayData?
      if expected.file.hasSuffix(".npy") {
        array = try Npy.read(golden(expected.file), budget: budget)
      } else if expected.file.hasSuffix(".npz") {
        let arrays = try Npz.decode(
          goldenBytes(expected.file)[...], path: expected.file, budget: budget
        ) { _ in }
        array = arrays.first { $0.name == expected.name }?.array
      } else {
        array = try Safetensors(reading: golden(expected.file), budget: budget)[expected.name]
      }
      try expected.compare(array)
    }
    #expect(budget.live == 0)
  }

  @Test(arguments: [
    "c_f4", "c_f8", "c_b1", "c_i8", "c_u1", "scalar", "vector", "empty", "long",
  ])
  func npyIsWrittenAsNumpyWritesIt(_ name: String) throws {
    let array = try Npy.read(golden("\(name).npy"), budget: budget)
    #expect(Npy.encode(array) == (try goldenBytes("\(name).npy")))
    try inFolder { folder in
      try Npy.write(array, to: "\(folder)/x.npy")
      let written = try readRegularFile("\(folder)/x.npy", budget: budget)
      #expect(written == (try goldenBytes("\(name).npy")))
    }
  }

  @Test(arguments: ["own", "nothing"])
  func safetensorsIsWrittenAsItsOwnLibraryWritesIt(_ name: String) throws {
    var file = try Safetensors(reading: golden("\(name).safetensors"), budget: budget)
    #expect(file.metadata["architecture"] == (name == "own" ? "resnet \"6\"\n\u{1}/é" : nil))
    file.arrays.reverse()
    #expect(try file.encoded() == goldenBytes("\(name).safetensors"))
    try inFolder { folder in
      try file.write(to: "\(folder)/x.safetensors")
      let written = try readRegularFile("\(folder)/x.safetensors", budget: budget)
      #expect(written == (try goldenBytes("\(name).safetensors")))
    }
  }

  @Test func storedTypesAreKept() throws {
    #expect(try Npy.read(golden("big_f2.npy"), budget: budget).storedType == .f16)
    #expect(try Npy.read(golden("c_u4.npy"), budget: budget).storedType == .u32)
    let weights = try Safetensors(reading: golden("weights.safetensors"), budget: budget)
    #expect(weights["ids"]?.storedType == .i32)
    #expect(weights.metadata == ["format": "np"])
  }

  @Test func membersThatCannotBeReadAreLeftOutWithTheReason() throws {
    var reasons: [String] = []
    let arrays = try Npz.decode(
      goldenBytes("mixed.npz")[...], path: "x", budget: budget
    ) { reasons.append($0.message) }
    #expect(arrays.map(\.name) == ["x", "counts"])
    #expect(patterns(arrays[1].array) == [0, 7, UInt64(Int64.max)])
    #expect(
      reasons == [
        "\"x/names.npy\": it contains text ('<U3'), which henge does not read",
        "\"x/objects.npy\": it contains Python objects; reading them would run code from the file",
        "\"x/waves.npy\": it contains complex numbers ('<c16'), which henge does not read",
        "the 2 u64 in \"x/large.npy\": element 1 is 9223372036854775808, and the largest integer is 9223372036854775807",
        "\"x/days.npy\": it contains dates ('<M8[D]'), which henge does not read",
        "\"x/readme.txt\": it is not a .npy array",
      ])
    // Without a reader for what is left out, or with nothing that can be read, it is an error.
    #expect(
      message { _ = try Npz.read(golden("mixed.npz"), budget: budget) }.contains("names.npy"))
    reasons = []
    let other = try Npz.decode(goldenBytes("other.npz")[...], path: "x", budget: budget) {
      reasons.append($0.message)
    }
    #expect(other.map(\.name) == ["a"])
    #expect(reasons == ["\"x/readme.txt\": it is not a .npy array"])
    #expect(
      message {
        _ = try Npz.decode(goldenBytes("bzip2.npz")[...], path: "x", budget: budget) { _ in }
      }.contains("packed by method 12"))
  }

  @Test func whatCannotBeReadIsNamedWithTheReason() {
    func reading(_ file: String) -> String {
      message {
        let bytes = try goldenBytes(file)
        if file.hasSuffix(".npy") {
          _ = try Npy.decode(bytes[...], path: file, budget: budget)
        } else {
          _ = try Npz.decode(bytes[...], path: file, budget: budget)
        }
      }
    }
    #expect(
      reading("objects.npy")
        == "E-file: \"objects.npy\": it contains Python objects; reading them would run code "
        + "from the file")
    #expect(
      reading("records.npy")
        == "E-file: \"records.npy\": it is an array of records with 2 fields, which henge does "
        + "not read")
    #expect(
      reading("complex.npy")
        == "E-file: \"complex.npy\": it contains complex numbers ('<c8'), which henge does not read"
    )
    #expect(
      reading("duplicate.npz")
        == "E-file: \"duplicate.npz\": the zip archive is damaged: two members have the name "
        + "\"a.npy\"")
    #expect(
      reading("other.npz")
        == "E-file: \"other.npz/readme.txt\": it is not a .npy array")
    #expect(reading("torch.npz") == "E-file: \"torch.npz\": it is a PyTorch file, not a .npz")
    #expect(
      reading("bzip2.npz")
        == "E-file: \"bzip2.npz\": its member \"a.npy\" is packed by method 12; stored (0) and "
        + "deflated (8) members are read")
    #expect(reading("none.npz") == "no failure")
    #expect(
      reading("large_u8.npy").hasSuffix(
        "element 1 is 9223372036854775808, and the largest integer is 9223372036854775807"))
    #expect(budget.live == 0)
  }

  @Test func thePapersDifferenceVectorsAreRead() throws {
    let paper = "../shared/data/paper/trans_vector_"
    guard let file = try? RegularFile("\(paper)1000.npy") else {
      print("skipped: \(paper)1000.npy is not here")
      return
    }
    #expect(file.size > 0)
    let budget = MemoryBudget(limit: 100_000_000)
    let finite = try Npy.read("\(paper)1000.npy", budget: budget)
    #expect(finite.elementType == .f64)
    #expect(finite.shape.sizes == [256, 256, 3])
    let values = patterns(finite).map { Double(bitPattern: $0) }
    #expect(values.allSatisfy { $0.isFinite })
    #expect(values.min() == -4.39824178836802e+43)
    #expect(values.max() == 1.250068316831739e+43)
    #expect(values[(3 * 256 + 7) * 3 + 1] == -1.3999545564967643e+43)
    #expect(values[(200 * 256 + 100) * 3 + 2] == -1.2149439209369539e+43)
    let infinite = try Npy.read("\(paper)8000.npy", budget: budget)
    #expect(infinite.shape.sizes == [256, 256, 3])
    #expect(patterns(infinite).allSatisfy { Double(bitPattern: $0).isInfinite })
  }
}
