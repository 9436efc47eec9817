// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeFiles
import Testing

@Suite struct PyTorchTests {
  let budget = MemoryBudget(limit: 10_000_000)

  @Test func everyTensorOfPyTorchIsReadRight() throws {
    let all = try Expected.all("pytorch.csv")
    #expect(all.count == 149)
    var files: [String: PyTorchFile] = [:]
    for expected in all {
      let file =
        try files[expected.file] ?? PyTorchFile(reading: golden(expected.file), budget: budget)
      files[expected.file] = file
      try expected.compare(file[expected.name])
    }
    for (name, file) in files {
      let names = all.filter { $0.file == name }.map(\.name)
      #expect(file.arrays.map(\.name).sorted() == names.sorted(), "\(name)")
    }
    files = [:]
    #expect(budget.live == 0)
  }

  @Test(arguments: ["zip", "legacy", "protocol4", "legacy4"])
  func whatIsNoTensorIsKeptAside(_ kind: String) throws {
    let file = try PyTorchFile(reading: golden("nested_\(kind).pth"), budget: budget)
    #expect(
      file.metadata == [
        "epoch": "3", "best": "0.25", "name": "run é", "done": "true", "size.0": "24",
      ])
    let module = try PyTorchFile(reading: golden("module_\(kind).pth"), budget: budget)
    #expect(module.metadata == [:])
    #expect(
      module.arrays.map(\.name) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
        "1.num_batches_tracked",
      ])
  }

  @Test func typesAreKept() throws {
    let file = try PyTorchFile(reading: golden("types_zip.pth"), budget: budget)
    let types = file.arrays.map { $0.array.storedType.rawValue }
    #expect(
      types == [
        "f32", "f64", "f16", "bf16", "i64", "i32", "i16", "i8", "u8", "bool", "f32", "f32", "f32",
      ])
  }

  private func reading(_ file: String) -> String {
    message { _ = try PyTorchFile(decoding: goldenBytes(file)[...], path: file, budget: budget) }
  }

  @Test func whatCannotBeReadIsNamedWithTheReason() {
    #expect(
      reading("whole.pth")
        == "E-file: \"whole.pth\": it asks for torch.nn.modules.container.Sequential, and running "
        + "that could do anything: it is not only weights, perhaps a whole model")
    #expect(
      reading("numpy.pth")
        == "E-file: \"numpy.pth\": it asks for numpy._core.multiarray.scalar, and running that "
        + "could do anything: it contains numpy numbers among the weights")
    #expect(reading("nothing.pth") == "E-file: \"nothing.pth\": it contains no tensor")
    #expect(
      reading("script.pth")
        == "E-file: \"script.pth\": it is a TorchScript program, and henge runs no code from a file"
    )
    #expect(
      reading("stored.npz")
        == "E-file: \"stored.npz\": it is a zip archive without a data.pkl, which a PyTorch file "
        + "has")
    #expect(
      reading("c_f4.npy")
        == "E-file: \"c_f4.npy\": it is not a PyTorch file, it looks like a .npy array")
    #expect(budget.live == 0)
  }

  /// The refusal of the pickle whose instructions are `body`.
  private func pickle(_ body: [UInt8]) -> String {
    message {
      _ = try PyTorchFile(
        decoding: ([0x80, 2] + body)[...], path: "x", budget: MemoryBudget(limit: 1_000_000))
    }.replacing("E-file: \"x\": its pickle is damaged: ", with: "")
  }

  @Test func picklesThatWouldRunSomethingRunNothing() {
    let sentinel = "/tmp/henge-pickle-\(getpid())"
    let command = Array("cposix\nsystem\n(X".utf8) + [UInt8(sentinel.utf8.count + 6), 0, 0, 0]
    #expect(
      pickle(command + Array("touch \(sentinel)tR.".utf8))
        == "E-file: \"x\": it asks for posix.system, and running that could do anything: it is not "
        + "only weights, perhaps a whole model")
    #expect(access(sentinel, F_OK) != 0)
    #expect(
      pickle(Array("ios\nsystem\n.".utf8)).hasPrefix("E-file: \"x\": it asks for os.system, "))
    let stacked = [0x8C, 8] + Array("builtins".utf8) + [0x8C, 4] + Array("eval".utf8) + [0x93]
    #expect(pickle(stacked).hasPrefix("E-file: \"x\": it asks for builtins.eval, "))
  }

  @Test func damagedPicklesAreExplained() {
    #expect(pickle([]) == "E-file: \"x\": it is not a PyTorch file")
    #expect(pickle([UInt8(ascii: "(")]) == "it ends after 3 bytes, in the middle")
    #expect(pickle(Array("0.".utf8)) == "byte 2 takes more values than there are")
    #expect(pickle(Array("t.".utf8)) == "byte 2 takes more values than there are")
    #expect(pickle([0x86]) == "byte 2 takes more values than there are")
    #expect(pickle([0x68, 7]) == "byte 3 asks for memo 7, never set")
    #expect(
      pickle([0x8D] + [UInt8](repeating: 255, count: 8)).hasPrefix("it says 1844674407370955"))
    #expect(pickle(Array("I1\n.".utf8)).hasPrefix("instruction 0x49 at byte 2 is none that"))
    #expect(pickle(Array("}(]]u".utf8)) == "a dictionary's key is a list, not a str or an int")
    #expect(pickle(Array("NNR".utf8)) == "it calls None")
    #expect(pickle(Array("N)b".utf8)) == "it sets attributes of None")
    #expect(pickle(Array("NQ".utf8)) == "a persistent id is not a storage's")
    #expect(
      pickle(Array("N.".utf8))
        == "E-file: \"x\": it is a Python pickle, but not one that torch.save wrote")
    // Half a million tuples in one another.
    let deep = Array(")".utf8) + [UInt8](repeating: 0x85, count: 500_000) + Array(".".utf8)
    #expect(pickle(deep).hasPrefix("E-memory: the pickle in \"x\" needs 66 kB; "))
    #expect(
      message {
        _ = try PyTorchFile(
          decoding: ([0x80, 2] + deep)[...], path: "x", budget: MemoryBudget(limit: 1_000_000_000))
      } == "E-file: \"x\": it is a Python pickle, but not one that torch.save wrote")
  }

  /// An old file with the object `body`, the list of storages `keys` and then `data`.
  private func row(_ body: String, keys: String = "]", data: [UInt8] = []) -> String {
    let magic: [UInt8] = [
      0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    let head = magic + [0x80, 2, 0x4D, 0xE9, 3, 0x2E, 0x80, 2] + Array("}.".utf8)
    let file = head + Array(body.utf8) + Array(".".utf8) + Array(keys.utf8) + Array(".".utf8) + data
    return message {
      _ = try PyTorchFile(
        decoding: file[...], path: "x", budget: MemoryBudget(limit: 1_000_000))
    }.replacing("E-file: \"x\": its pickle is damaged: ", with: "")
  }

  /// A tensor of `count` elements of `type` in the storage `a`, K for numbers below 256.
  private func tensor(
    _ type: String = "Float", count: Character, offset: Character = "\0", sizes: String = "K\u{2}",
    strides: String = "K\u{1}"
  ) -> String {
    "ctorch._utils\n_rebuild_tensor_v2\n((U\u{7}storagectorch\n\(type)Storage\nU\u{1}aU\u{3}cpu"
      + "K\(count)tQK\(offset)(\(sizes)t(\(strides)t\u{89}}tR"
  }

  @Test func rowsOfPicklesThatLieAreExplained() {
    let keys = "]U\u{1}aa"
    let two: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0]
    let bytes = [UInt8](repeating: 0, count: 8)
    // U+0089 is two bytes as UTF-8, so the flag is None here, which is ignored as well.
    func row(_ body: String, _ keys: String, _ data: [UInt8]) -> String {
      self.row(body.replacing("\u{89}", with: "N"), keys: keys, data: data)
    }
    #expect(row(tensor(count: "\u{2}"), keys, two + bytes) == "no failure")
    #expect(
      row(tensor(count: "\u{2}"), keys, two + bytes.dropLast())
        == "E-file: \"x\": it says 2 f32 (8 bytes) but contains 7 bytes: it was truncated")
    #expect(
      row(tensor(count: "\u{3}"), keys, two + bytes)
        == "E-file: \"x\": storage \"a\" has 2 elements, and its pickle says 3")
    #expect(
      row(tensor(count: "\u{2}"), "]", []) == "storage \"a\" of \"tensor\" is missing")
    #expect(
      row(tensor(count: "\u{2}"), "]U\u{1}ba", two)
        == "storage \"b\" is listed twice or never described")
    #expect(
      row(tensor(count: "\u{2}", offset: "\u{1}"), keys, [])
        == "a tensor of 2 f32 reaches past its storage of 2 elements")
    #expect(
      row(tensor(count: "\u{2}", strides: "K\u{2}"), keys, [])
        == "a tensor of 2 f32 reaches past its storage of 2 elements")
    #expect(
      row(tensor(count: "\u{2}", sizes: "J\u{2}\0\0\u{7F}", strides: "J\u{2}\0\0\u{7F}"), keys, [])
        == "a tensor of 2130706434 f32 reaches past its storage of 2 elements")
    #expect(
      row(tensor(count: "\u{2}", strides: "K\u{1}K\u{1}"), keys, [])
        == "a tensor of sizes [2], strides [1, 1] and offset 0")
    // One element, seen two thousand million times: the budget is asked first.
    #expect(
      row(tensor(count: "\u{2}", sizes: "J\u{2}\0\0\u{7F}", strides: "K\0"), keys, two + bytes)
        .hasPrefix("E-memory: \"tensor\" in \"x\" needs 8.5 GB; "))
    let other = tensor("Byte", count: "\u{2}")
    #expect(
      row("](\(other)\(tensor(count: "\u{2}"))e", keys, two + bytes)
        == "storage \"a\" is described in two ways")
    #expect(
      row("}(U\u{1}aU\u{1}xU\u{1}bK\u{1}u", "]", []) == "E-file: \"x\": it contains no tensor")
    #expect(row("]q\u{1}h\u{1}a", "]", []) == "\"0\" contains itself")
    let nest = String(repeating: "]", count: 40) + String(repeating: "a", count: 39)
    #expect(
      row(nest, "]", [])
        == "\"\(String(repeating: "0.", count: 29))0…\" is nested deeper than 32 levels")
    // A list of ten lists of ten lists …: 10^20 entries in 400 bytes.
    var laughs = "]q\0"
    for level in 0..<20 {
      let copies = String(repeating: "h\(Character(UnicodeScalar(UInt8(level))))", count: 10)
      laughs += "](\(copies)eq\(Character(UnicodeScalar(UInt8(level + 1))))"
    }
    #expect(row(laughs, "]", []).hasPrefix("E-memory: the names in \"x\" needs "))
    #expect(
      row(
        "}(U\u{3}a.b\(tensor(count: "\u{2}"))U\u{1}a}U\u{1}b\(tensor(count: "\u{2}"))su", keys, [])
        == "E-file: \"x\": two tensors have the name \"a.b\"")
  }

  @Test func whatIsWrittenReadsBackAndIsTheSameEachTime() throws {
    let arrays = try RoundTripTests.arrays(60)
    let file = try PyTorchFile.encode(arrays, budget: budget)
    #expect(try PyTorchFile.encode(arrays, budget: budget) == file)
    let read = try PyTorchFile(decoding: file[...], path: "x.pth", budget: budget)
    #expect(read.arrays == arrays)
    #expect(read.metadata == [:])
    // Bytes 26 to 29 of a local header: the lengths of name and extra field, before the bytes.
    let starts = file.indices.dropLast(4).filter { file[$0...].starts(with: [0x50, 0x4B, 3, 4]) }
    #expect(starts.count == 63)
    for start in starts {
      let lengths = (Int(file[start + 26]), Int(file[start + 28]) + Int(file[start + 29]) << 8)
      #expect((start + 30 + lengths.0 + lengths.1) % 64 == 0)
    }
    try inFolder { folder in
      try PyTorchFile.write(arrays, to: "\(folder)/x.pth", budget: budget)
      #expect(try readRegularFile("\(folder)/x.pth", budget: budget) == file)
    }
    let one = try array(.u8, [], [7 as UInt8])
    #expect(
      message {
        _ = try PyTorchFile.encode(["a", "a"].map { NamedArray($0, one) }, budget: budget)
      }
        == "E-arg: two arrays have the name \"a\"")
  }

  @Test func theTrainedNetworksAreRead() throws {
    let folder = "../shared/data/models"
    guard (try? RegularFile("\(folder)/selfie2anime_unet_generator.pt")) != nil else {
      print("skipped: \(folder)/selfie2anime_unet_generator.pt is not here")
      return
    }
    let budget = MemoryBudget(limit: 100_000_000)
    let generator = try PyTorchFile(
      reading: "\(folder)/selfie2anime_unet_generator.pt", budget: budget)
    let table = try CSVTable(
      reading: "\(folder)/selfie2anime_unet_generator.params.csv", budget: budget)
    guard case .texts(let names)? = table["name"], case .texts(let shapes)? = table["shape"],
      case .numbers(let means)? = table["mean"], case .numbers(let deviations)? = table["std"],
      case .numbers(let firsts)? = table["first"], case .numbers(let lasts)? = table["last"]
    else { throw Failure("E-test", "params.csv has other columns") }
    #expect(generator.arrays.map(\.name) == names)
    for (row, named) in generator.arrays.enumerated() {
      let values = patterns(named.array).map { Double(bitPattern: $0) }
      let mean = values.reduce(0, +) / Double(values.count)
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(named.array.elementType == .f32)
      #expect(named.array.shape.sizes.map(String.init).joined(separator: "x") == shapes[row])
      #expect(abs(mean - means[row]) < 1e-8 + 1e-6 * abs(means[row]))
      #expect(abs(square.squareRoot() - deviations[row]) < 1e-6 * deviations[row])
      #expect(abs((values.first ?? 0) - firsts[row]) < 1e-8 * 10)
      #expect(abs((values.last ?? 0) - lasts[row]) < 1e-8 * 10)
    }
    #expect(generator.arrays.reduce(0) { $0 + $1.array.shape.count } == 465_955)
    let small = try PyTorchFile(reading: "\(folder)/small_unet_state_dict.pt", budget: budget)
    #expect(small.arrays.reduce(0) { $0 + $1.array.shape.count } == 117_075)
  }
}
