// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeFiles
import HengeLanguage
import HengeTestSupport
import Testing

/// What trainers write for TensorBoard, whose own reader reads such files in `Scripts/tensorboard`.
@Suite struct BoardTests {
  /// Trainers of networks; a difference vector has no losses.
  private static let examples = TrainerExample.all.filter { $0.kind != "difference_vector" }

  /// The events of the files in a folder, file by file in the order of their names.
  private func events(in folder: String) throws -> [ProtobufFields] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return try names.sorted().flatMap { name in
      #expect(name.hasPrefix("events.out.tfevents."))
      let file = try readRegularFile("\(folder)/\(name)", budget: MemoryBudget(limit: 1 << 26))
      var rest = file[...]
      var events: [ProtobufFields] = []
      while !rest.isEmpty {
        let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        events.append(try #require(ProtobufFields(rest.dropFirst(12).prefix(length))))
        rest = rest.dropFirst(16 + length)
      }
      return events
    }
  }

  /// The steps of the events that have a value whose tag begins with `tag`.
  private func steps(_ events: [ProtobufFields], of tag: String) -> [Int] {
    events.flatMap { event in
      let tags = event.messages(5).flatMap { $0.messages(1) }.flatMap { $0.texts(1) }
      return tags.contains { $0.hasPrefix(tag) } ? event.integers(2) : []
    }
  }

  @Test(arguments: examples)
  func aBoardHasEveryStep(example: TrainerExample) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = example.session(in: folder)
    #expect(runner.failure(of: "t.step(3, every=2, board=\"runs/a\")") == nil)
    let all = try events(in: "\(folder.path)/runs/a")
    #expect(steps(all, of: "loss/") == [1, 2, 3])
    #expect(steps(all, of: "lr") == [1, 2, 3])
    #expect(steps(all, of: "samples") == (example.showsSamples ? [2, 3] : []))
    let names = runner.run("for name in t.losses { print(name) }").split(separator: "\n")
    // Others may be missing in a step, as a validation between epochs is.
    #expect(steps(all, of: "loss/\(names.first ?? "none")") == [1, 2, 3])
  }

  @Test func whereARunGoesOnIsMarked() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    #expect(
      runner.run(
        """
        A = faces("anime", 4, size=16x16)
        t = fit(conv(3, 3, padding=1), A, held=0)
        s = snapshot(t)
        t.step(2, board="runs/a")
        t.step(2, board="runs/a")
        restore(t, s)
        t.step(1, board="runs/a")
        """) == "")
    let all = try events(in: "\(folder.path)/runs/a")
    let starts = all.filter { !$0.messages(7).isEmpty }.flatMap { $0.integers(2) }
    #expect(starts == [1, 1])
    #expect(steps(all, of: "loss/") == [1, 2, 3, 4, 1])
  }

  @Test func aRunHasTheSameBytesWithABoard() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let make = "A = faces(\"anime\", 4, size=16x16); t = fit(conv(3, 3, padding=1), A)"
    for (name, board) in [("a", ""), ("b", ", board=\"runs/a\"")] {
      let runner = ScriptRunner(folder: folder.path)
      #expect(
        runner.run("\(make); t.step(3, every=1\(board)); save(t, \"\(name).safetensors\")")
          .contains("E-") == false)
    }
    try expectSameFiles("a.safetensors", "b.safetensors", in: folder)
  }

  @Test func aTableIsCurves() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    let said = runner.run(
      """
      rows = [(step=10 * i, loss=0.5 / i, name="a") for i in 1..4]
      board(table(rows), "runs/t")
      """)
    #expect(said.contains("texts are left out: name"))
    let all = try events(in: "\(folder.path)/runs/t")
    #expect(steps(all, of: "loss") == [10, 20, 30])
    #expect(all.compactMap { $0.messages(7).first }.count == 1)
  }

  @Test func aFolderThatCannotBeWrittenIsAnErrorBeforeTheFirstStep() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    #expect(
      runner.run("A = faces(\"anime\", 4, size=16x16); t = fit(conv(3, 3, padding=1), A)") == "")
    #expect(runner.run("save(zeros(1), \"file.npy\")") == "")
    for board in ["", "/nowhere/runs", "file.npy", "file.npy/a"] {
      let failure = runner.failure(of: "t.step(2, board=\"\(board)\")")
      #expect(failure?.code == "E-file", "\(board)")
    }
    #expect(runner.run("t.count") == "0\n")
  }

  @Test(arguments: ["t.step(-1", "t.step(2, every=0", "t.train(epochs=-1", "t.step(2, best=\"no\""])
  func aMistakeBeforeTheFirstStepLeavesNoFile(call: String) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    #expect(
      runner.run("A = faces(\"anime\", 4, size=16x16); t = fit(conv(3, 3, padding=1), A)") == "")
    #expect(runner.failure(of: "\(call), board=\"runs/a\")") != nil)
    #expect(try events(in: "\(folder.path)/runs/a").isEmpty)
  }
}
