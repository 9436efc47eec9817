// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeData
import HengeLanguage
@testable import HengeLibrary
import HengeTensor
import HengeTestSupport
import HengeTraining
import HengeNN
import Testing

extension TrainerExample {
  /// Expects that a run which was saved and resumed on one thread ends in the bytes of the run that went on.
  ///
  /// `session` makes a session with the datasets, of so many threads.
  func expectResumedRunEndsAlike(
    in folder: TemporaryFolder, option: String = "", session: (_ threads: Int) -> ScriptRunner
  ) throws {
    // In two calls: held-out images are measured at the end of each; enough for a second epoch.
    let runs = [
      (
        2, "t = \(make.dropLast())\(option)); t.step(5); save(t, \"part.safetensors\")",
        "t.step(4); save(t, \"whole.safetensors\")"
      ),
      (
        1, "t = resume(\"part.safetensors\", \(again)); assert t.count == 5",
        "t.step(4); save(t, \"resumed.safetensors\")"
      ),
    ]
    for (threads, first, second) in runs {
      if let failure = session(threads).failure(of: "\(first); \(second)") {
        Issue.record("\(Renderer().render(failure))")
        return
      }
    }
    try expectSameFiles("whole.safetensors", "resumed.safetensors", in: folder)
  }
}

/// Expects two files of the folder to be the same, byte for byte.
func expectSameFiles(_ first: String, _ second: String, in folder: TemporaryFolder) throws {
  let files = try [first, second].map {
    try readRegularFile("\(folder.path)/\($0)", budget: MemoryBudget(limit: 100_000_000))
  }
  let areSame = files[0] == files[1]
  #expect(areSame, "\(first) and \(second) differ")
}

/// What every kind of trainer does alike.
@Suite struct TrainerKindTests {
  @Test func everyKindHasAnExample() {
    let (kinds, examples) = (TrainerKind.all.map(\.name), TrainerExample.all.map(\.kind))
    for kind in kinds where !examples.contains(kind) {
      Issue.record("\(kind) has no line in TrainerExample.all, by which trainers are tested")
    }
    for example in examples where !kinds.contains(example) {
      Issue.record("\(example) is the kind of an example and has no line in TrainerKind.all")
    }
  }

  @Test func everyBuiltinThatMakesATrainerIsAKindThatResumes() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let library = Library(ScriptRunner(folder: folder.path).session)
    let types = [NetworkTrainerObject.kind, DifferenceVectorObject.kind]
    let makers = library.topics.flatMap(\.builtins).filter {
      types.contains($0.result) && $0.naming == .function
    }
    let (names, kinds) = (makers.map(\.name), TrainerKind.all.map(\.name))
    for name in names where !kinds.contains(name) {
      Issue.record("\(name)(…) makes a trainer of no kind in TrainerKind.all: it cannot be resumed")
    }
    for kind in kinds where !names.contains(kind) {
      Issue.record("the trainer \(kind) is made by no built-in of its name")
    }
  }

  @Test func everyTrainerTakesTheOptionsThatAllShare() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let library = Library(ScriptRunner(folder: folder.path).session)
    let makers = library.topics.flatMap(\.builtins).filter { $0.naming == .function }
    let ofNetworks = makers.filter { $0.result == NetworkTrainerObject.kind && $0.name != "resume" }
    #expect(ofNetworks.count >= AdversarialMethod.all.count + 2)
    for maker in ofNetworks {
      let names = maker.parameters.map(\.name)
      for name in ["augment"] + CommonOption.all.map(\.parameter.name) {
        #expect(names.contains(name), "\(maker.name) has no `\(name)`")
      }
    }
    let vector = makers.first { $0.result == DifferenceVectorObject.kind }
    #expect(vector?.parameters.map(\.name).contains("augment") == true)
  }

  /// A column that no step fills would be of no use: a method that shows its images and lets
  /// discriminators judge them as others do has these figures.
  @Test(arguments: TrainerExample.all)
  func everyFigureIsComputed(example: TrainerExample) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = example.session(in: folder, steps: 1)
    guard case .object(let object)? = runner.interpreter["t"],
      let trainer = (object as? NetworkTrainerObject)?.trainer
    else { return }
    for (name, value) in zip(trainer.figureNames, try #require(trainer.log.first).figures)
    where !name.hasPrefix("spread_") {
      #expect(value.isFinite, "\(name) of \(example) is not computed")
    }
  }

  @Test(arguments: TrainerExample.all)
  func aResumedRunGivesTheSameFile(example: TrainerExample) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    try example.expectResumedRunEndsAlike(in: folder) { threads in
      let runner = ScriptRunner(folder: folder.path, threads: threads, seed: 3)
      runner.run(example.sets)
      return runner
    }
  }

  @Test(arguments: TrainerExample.all)
  func loadSaysWhichCallResumes(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = example.session(in: folder, steps: 1)
    #expect(runner.run("save(t, \"t.safetensors\")") == "")
    let failure = runner.failure(of: "load(\"t.safetensors\")")
    #expect(failure?.code == "E-file")
    let call = failure?.suggestion ?? ""
    runner.run("VP = pairs(VA, VB)")
    #expect(runner.run("(\(call)).count") == "1\n")
  }

  @Test(arguments: TrainerExample.all)
  func otherDataAreRefusedByName(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = example.session(in: folder, steps: 1)
    #expect(runner.run("save(t, \"t.safetensors\")") == "")
    runner.run("A = A.take(10); B = B.take(10); P = pairs(A, B)")
    let failure = runner.failure(of: "resume(\"t.safetensors\", \(example.again))")
    #expect(failure?.code == "E-data")
    #expect(failure?.message.hasSuffix("12 images then, 10 now") == true)
    #expect(
      runner.run("resume(\"t.safetensors\", \(example.again), data=\"changed\").count") == "1\n")
  }

  @Test(arguments: TrainerExample.all)
  func heldOutImagesAreAskedFor(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    guard example.again.contains("val=") else { return }
    let runner = example.session(in: folder, steps: 1)
    runner.run("t.step(2, every=2); save(t, \"t.safetensors\")")
    let sets = example.again.hasPrefix("A, B") ? "A, B" : "P"
    let said = runner.run("u = resume(\"t.safetensors\", \(sets))")
    #expect(said.contains("the run measured held-out images, but none are passed"))
    let log = runner.run("l = resume(\"t.safetensors\", \(example.again)); l.step(2, every=2)")
    #expect(log.contains("step 5"))
    runner.run("t.step(2, every=2)")
    let names = "[n for n in t.log.columns if n[:3] == \"swd\" or n == \"val\"]"
    #expect(
      runner.run(
        "ns = \(names); len(ns) > 0 and all([t.log[n][4].item() == l.log[n][4].item() for n in ns])"
      )
        == "true\n")
  }

  @Test func whatIsSaidOfAConditionIsSaidAgainByResume() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    runner.run("A = faces(\"anime\", 16, size=24x24).with_angle(\"constant\", angle=10)")
    runner.run("B = faces(\"photo\", 16, size=24x24).with_angle(\"constant\", angle=20)")
    let said = runner.run("t = cyclegan(A, B, condition=\"angle\", base=2, blocks=1)")
    #expect(said.contains("\"angle\" has no effect on g_ab and g_ba"))
    #expect(said.contains("the condition alone distinguishes A from B"))
    runner.run("t.step(); save(t, \"t.safetensors\")")
    #expect(runner.run("t = resume(\"t.safetensors\", A, B)") == said)
  }

  @Test(arguments: TrainerExample.all)
  func aStepInPartsIsAStep(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = example.session(in: folder)
    guard let parts = example.parts else {
      let code = runner.failure(of: "t.substep()")?.code
      #expect(code != nil)
      return
    }
    #expect(runner.run("repeat \(parts) { t.substep() }; t.count") == "1\n")
    let whole = example.session(in: folder, steps: 1)
    #expect(runner.run("t.losses") == whole.run("t.losses"))
  }

  @Test(arguments: TrainerExample.all)
  func samplesAreAPicture(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    guard example.showsSamples else { return }
    #expect(example.session(in: folder, steps: 1).run("t.samples(2).shape[0]") == "3\n")
  }

  @Test(arguments: TrainerExample.all)
  func aTrainerIsSavedWhileItTrains(example: TrainerExample) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = example.session(in: folder)
    func step(of file: String) -> String {
      runner.run("resume(\"\(file)\", \(example.again)).count")
    }
    #expect(runner.run("t.step(5, save=\"s.safetensors\", save_every=2)") == "")
    #expect(step(of: "s.safetensors") == "5\n")
    #expect(
      runner.run("t.step(1, save=\"s.safetensors\"); save(t, \"whole.safetensors\")") == "")
    try expectSameFiles("whole.safetensors", "s.safetensors", in: folder)
    // What stops a call in the middle finds the last save, and one at the step that it reached.
    let failure = runner.failure(
      of: "t.step(9, every=3, watch=t => fail(\"no\"), save=\"s.safetensors\")")
    #expect(failure?.message == "no")
    #expect(step(of: "s.safetensors") == "9\n")
  }

  @Test(arguments: TrainerExample.all)
  func aSaveThatFailsIsSaidAndTriedAgain(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = example.session(in: folder)
    for wrong in [
      "t.step(2, save=\"s.npy\")", "t.step(2, save=\"/nowhere/s.safetensors\")",
      "t.step(2, save=\"s.safetensors\", save_every=0)", "t.step(2, save_every=2)",
    ] {
      #expect(runner.failure(of: wrong) != nil)
    }
    #expect(runner.run("t.count") == "0\n")
    // The name becomes a folder's while it trains, and is free again later.
    let said = runner.run(
      """
      fn change(t) {
        if t.count == 1 { save(zeros(1), "s.safetensors/x.npy") }
      }
      t.step(3, every=1, watch=change, save="s.safetensors", save_every=1)
      """)
    #expect(said.contains("the trainer is not saved at step 1: "))
    #expect(said.contains("Training continues; the next save tries again"))
    #expect(said.contains("E-file"))
    #expect(runner.run("t.count") == "3\n")
  }

  @Test(arguments: TrainerExample.all)
  func savingNeedsNoPicture(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    #expect(runner.run("\(example.folders); t = \(example.make)") == "")
    for name in ["a", "b", "va", "vb"] {
      #expect(rename("\(folder.path)/\(name)", "\(folder.path)/\(name)-away") == 0)
    }
    #expect(runner.run("save(t, \"t.safetensors\")") == "")
    // What is needed and is not there is named, with the step; once it is back, training goes on.
    runner.session.cache.limit = 0
    let failure = runner.failure(of: "repeat 2 { t.step(4) }; t.vector")
    #expect(failure?.code == "E-file")
    #expect(failure?.message.contains(".png") == true)
    if example.kind != "difference_vector" {
      #expect(failure?.notes.last?.hasPrefix("step 1 was not applied") == true)
      #expect(runner.run("t.count") == "0\n")
    }
    for name in ["a", "b", "va", "vb"] {
      #expect(rename("\(folder.path)/\(name)-away", "\(folder.path)/\(name)") == 0)
    }
    #expect(runner.run("t.step(4 - t.count); t.count") == "4\n")
  }

  @Test(arguments: TrainerExample.all)
  func aPictureThatChangesIsNoticed(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    #expect(runner.run("\(example.folders); t = \(example.make)") == "")
    runner.session.cache.limit = 0
    runner.run("for i in 0..12 { save_png(zeros(3x24x24), f\"a/{10 + i}.png\") }")
    let failure = runner.failure(of: "t.step(4); t.vector")
    #expect(failure?.code == "E-data")
    #expect(failure?.message.hasSuffix("has changed since it was first read") == true)
    #expect(runner.run("save(t, \"t.safetensors\")") == "")
  }

  @Test(arguments: TrainerExample.all)
  func whatIsNotFiniteIsNoticed(example: TrainerExample) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = example.session(in: folder, steps: 2)
    guard case .object(let object)? = runner.interpreter["t"] else { return }
    guard let trainer = (object as? NetworkTrainerObject)?.trainer else {
      runner.run("A = A.map(x => x / 0); t = \(example.make)")
      let failure = runner.failure(of: "t.step(5)")
      #expect(failure?.code == "E-finite")
      #expect(failure?.message.hasPrefix("image 0 of A has numbers that are not finite") == true)
      #expect(failure?.notes.last?.hasPrefix("update 1 was not applied") == true)
      return
    }
    let weight = try #require(trainer.networks.first?.layer.allParameters.first)
    weight.parameter.set(try weight.parameter.value * .num(.nan))
    let failure = runner.failure(of: "t.step(5)")
    #expect(failure?.code == "E-finite")
    #expect(failure?.notes.first?.hasPrefix("it begins in the weight") == true)
    #expect(failure?.notes.last?.hasPrefix("step 3 was not applied") == true)
  }

  @Test(arguments: TrainerExample.all)
  func itsMemoryIsGivenBackWhenItsNameIsDropped(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    // The pictures are decoded and kept, and stay.
    runner.run("\(example.sets); t = \(example.make); t.step(8); drop(\"t\")")
    let before = runner.session.budget.live
    runner.run("t = \(example.make); t.step(8)")
    #expect(runner.session.budget.live > before)
    runner.run("drop(\"t\")")
    #expect(runner.session.budget.live == before)
  }

  @Test(arguments: TrainerExample.all)
  func wrongImagesAreRefused(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = example.session(in: folder)
    func refusal(_ sets: String) -> String? {
      runner.run(sets)
      return runner.failure(of: "u = \(example.make); u.step()")?.code
    }
    #expect(
      refusal("\(example.sets); A = A.take(0); B = B.take(0); P = pairs(A, B)") == "E-data")
    // A trainer of one dataset compares it with nothing.
    guard example.again.hasPrefix("P") || example.again.hasPrefix("A, B") else { return }
    let other = "B = faces(\"photo\", 12, size=20x28)"
    #expect(refusal(example.with("\(TrainerExample.images); \(other)")) == "E-shape")
  }

  @Test(arguments: TrainerExample.all)
  func whatItTakesIsEstimatedWhereItCanBe(example: TrainerExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = example.session(in: folder)
    guard example.parts != nil else { return }
    #expect(runner.run("t.memory > 100000") == "true\n")
    runner.session.budget.limit = runner.session.budget.live + 1000
    #expect(runner.failure(of: "u = \(example.make)")?.code == "E-memory")
  }
}
