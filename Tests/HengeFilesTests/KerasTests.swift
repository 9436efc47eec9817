// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeFiles
import HengeTestSupport
import HengeThreads
import Testing

@Suite struct KerasTests {
  let budget = MemoryBudget(limit: 50_000_000)
  let reader = HDF5Reader(program: FuzzCampaign.builtTool)

  func read(_ file: String) throws -> KerasFile {
    try KerasFile(reading: file, with: reader, budget: budget, interrupt: Interrupt())
  }

  @Test func everyArrayOfH5pyIsReadRight() throws {
    let all = try Expected.all("keras.csv")
    #expect(all.count == 26)
    var files: [String: KerasFile] = [:]
    for expected in all {
      let file = try files[expected.file] ?? read(golden(expected.file))
      files[expected.file] = file
      try expected.compare(file[expected.name])
    }
    for (name, file) in files {
      let names = all.filter { $0.file == name }.map(\.name)
      #expect(file.arrays.map(\.name).sorted() == names.sorted(), "\(name)")
    }
    #expect(files["types.h5"]?["little_f2"]?.storedType == .f16)
    files = [:]
    #expect(budget.live == 0)
  }

  @Test func wholeNumbersWithoutSignAreReadWhereTheyFit() throws {
    let array = try #require(read(golden("unsigned.h5"))["a"])
    #expect(array.elementType == .i64 && patterns(array) == [0, UInt64(Int64.max)])
  }

  @Test func weightsComeInTheOrderOfTheModel() throws {
    let weights = try read(golden("weights.h5"))
    #expect(
      weights.arrays.map(\.name) == [
        "zeta/zeta/kernel:0", "zeta/zeta/bias:0", "conv2d/conv2d/kernel:0", "conv2d/conv2d/bias:0",
        "conv2d_1/conv2d_1/kernel:0", "conv2d_1/conv2d_1/bias:0",
      ])
    #expect(weights.metadata == ["backend": "tensorflow", "keras_version": "2.5.0"])
    let model = try read(golden("model.h5"))
    #expect(
      model.arrays.map(\.name) == [
        "b/b/kernel:0", "b/b/bias:0", "a/a/kernel:0", "a/a/bias:0",
        "optimizer_weights/Adam/iterations:0",
      ])
    #expect(
      model.metadata["model_config"] == "{\"class_name\": \"Sequential\"}"
        && model.metadata["keras_version"] == "2.1.6-é" && model.metadata["backend"] == "tensorflow"
    )
  }

  private func reading(
    _ file: String, _ reader: HDF5Reader? = nil, interrupt: Interrupt = Interrupt()
  ) -> String {
    message {
      _ = try KerasFile(
        decoding: goldenBytes(file)[...], path: file, with: reader ?? self.reader, budget: budget,
        interrupt: interrupt)
    }
  }

  @Test func whatCannotBeReadIsNamedWithTheReason() {
    #expect(
      reading("texts.h5")
        == "E-file: \"texts.h5\": its entry \"a\" holds something other than numbers of a size "
        + "henge reads")
    #expect(
      reading("link.h5")
        == "E-file: \"link.h5\": its entry \"a\" cannot be opened: it is damaged, or a link out of "
        + "the file")
    #expect(
      reading("outside.h5")
        == "E-file: \"outside.h5\": its entry \"a\" has its numbers in other files (external "
        + "storage): copy them into this one")
    #expect(
      reading("virtual.h5")
        == "E-file: \"virtual.h5\": its entry \"group/a\" is a virtual dataset, whose numbers are in "
        + "other datasets: copy them into one")
    #expect(
      reading("unsigned_large.h5")
        == "E-file: \"a\" in \"unsigned_large.h5\": element 1 is 9223372036854775808, and the "
        + "largest integer is 9223372036854775807")
    #expect(
      reading("circle.h5").hasSuffix("a/a/a/a/a/a/a/a/a/a\" is nested deeper than 32 groups"))
    #expect(
      reading("huge.h5")
        == "E-file: \"huge.h5\": its entry \"a\" is larger than the memory that may be used")
    #expect(
      reading("missing.h5")
        == "E-file: \"missing.h5\": its list of weights has \"a/a/kernel:0\", and the file has not, "
        + "or twice")
    #expect(
      reading("c_f4.npy")
        == "E-file: \"c_f4.npy\": it is not an HDF5 file, it looks like a .npy array")
    #expect(budget.live == 0)
  }

  /// What comes of reading with a program that does `commands` instead.
  private func reading(with commands: String, patience: Int = 20) throws -> String {
    var result = ""
    try inFolder { folder in
      let script = "\(folder)/reader"
      try AtomicFile.write(Array("#!/bin/sh\n\(commands)\n".utf8), to: script)
      chmod(script, 0o755)
      result = reading("weights.h5", HDF5Reader(program: script, patience: patience))
    }
    #expect(budget.live == 0)
    return result
  }

  @Test func whateverTheOtherProcessDoesIsAnError() throws {
    let nothing = "E-file: \"weights.h5\": reading it as HDF5 came to nothing: it is damaged"
    #expect(
      try reading(with: "kill -SEGV $$")
        == "E-file: \"weights.h5\": libhdf5 crashed on it (signal 11): it is damaged")
    let start = ContinuousClock.now
    #expect(
      try reading(with: "exec sleep 100", patience: 1)
        == "E-file: \"weights.h5\": libhdf5 was not done with it after 1 s: it is damaged")
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(
      try reading(
        // Slowly: a fast shell fills the budget of texts before the time is up.
        with: "while sleep 0.01; do printf 'T\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0'; done",
        patience: 1
      )
      .hasPrefix("E-file: \"weights.h5\": libhdf5 was not done with it after 1 s"))
    #expect(try reading(with: "exit 0") == nothing)
    #expect(try reading(with: "exit 3") == nothing)
    #expect(try reading(with: "echo nonsense") == nothing)
    #expect(try reading(with: "printf Zmore") == nothing)
    #expect(try reading(with: "printf Z; exit 1") == nothing)
    #expect(try reading(with: "printf Z") == "no failure")
    // An array of 0x7FFFFFFFFFFFFFFF bytes, and one of 2^40 elements with as many bytes.
    #expect(
      try reading(
        with:
          "printf 'D\\1\\0\\0\\0aB\\1'; printf '\\377\\377\\377\\377\\377\\377\\377\\177%.0s' 1 2"
      )
      .hasPrefix("E-memory: \"a\" in \"weights.h5\" needs "))
    #expect(
      try reading(
        with: "printf 'D\\1\\0\\0\\0aB\\1'; printf '\\0\\0\\0\\0\\0\\1\\0\\0%.0s' 1 2"
      ).hasPrefix("E-memory: \"a\" in \"weights.h5\" needs 1.1 TB; "))
    #expect(try reading(with: "printf 'T\\377\\377\\377\\377'") == nothing)
    #expect(
      reading("weights.h5", HDF5Reader(program: "/nowhere/henge"))
        == "E-file: \"weights.h5\": the process that reads HDF5 does not start: No such file or "
        + "directory")
  }

  @Test func aRequestToStopEndsTheReading() {
    let interrupt = Interrupt()
    interrupt.request()
    #expect(reading("weights.h5", interrupt: interrupt) == "\(Interrupted())")
    #expect(budget.live == 0)
  }

  @Test func theTrainedNetworksAreRead() throws {
    let paper = "../shared/data/paper/cnn_weights.h5"
    let landmarks = "../shared/data/models/keras_landmark5_80px.h5"
    guard (try? RegularFile(paper)) != nil, (try? RegularFile(landmarks)) != nil else {
      print("skipped: \(paper) or \(landmarks) is not here")
      return
    }
    let network = try read(paper)
    let names = ["conv2d", "conv2d_1", "conv2d_2"].flatMap {
      ["\($0)/\($0)/kernel:0", "\($0)/\($0)/bias:0"]
    }
    let transposed = names.map { $0.replacing("conv2d", with: "conv2d_transpose") }
    #expect(network.arrays.map(\.name) == names + transposed)
    #expect(network.arrays.map(\.array.elementType) == Array(repeating: .f32, count: 12))
    #expect(network.arrays.reduce(0) { $0 + $1.array.shape.count } == 628_099)
    #expect(network["conv2d_transpose/conv2d_transpose/kernel:0"]?.shape.sizes == [3, 3, 128, 256])
    #expect(network.metadata["keras_version"] == "2.5.0")
    let bias = try #require(network["conv2d_transpose_2/conv2d_transpose_2/bias:0"])
    #expect(
      patterns(bias).map { (Double(bitPattern: $0) * 1e4).rounded() } == [3956, 4212, 4209])
    let five = try read(landmarks)
    #expect(five["dense_1/dense_1/kernel:0"]?.shape.sizes == [3136, 10])
    #expect(patterns(try #require(five["optimizer_weights/Adam/iterations:0"])) == [708])
  }
}
