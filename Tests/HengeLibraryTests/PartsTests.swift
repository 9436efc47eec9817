// SPDX-License-Identifier: MIT
import HengeBackend
import HengeLanguage
import HengeNN
import HengeTensor
import HengeTestSupport
import HengeTraining
import Testing

@testable import HengeLibrary

/// A batch in several parts, for all trainers.
@Suite struct PartsTests {
  static let examples = TrainerExample.all.filter { $0.cut(into: 1) != nil }

  private func trainer(_ example: TrainerExample, steps: Int, in folder: TemporaryFolder) throws
    -> NetworkTrainer
  {
    let runner = ScriptRunner(folder: folder.path, threads: 2, seed: 3)
    let failure = runner.failure(of: "\(example.sets); t = \(example.make); t.step(\(steps))")
    #expect(failure == nil)
    let value = try #require(runner.interpreter["t"])
    return try #require(NetworkTrainerObject.from(value)).trainer
  }

  @Test(arguments: examples, [2, 4])
  func itTrainsAndResumesToTheSameBytes(example: TrainerExample, parts: Int) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let example = try #require(example.cut(into: parts))
    try example.expectResumedRunEndsAlike(in: folder) { threads in
      let runner = ScriptRunner(folder: folder.path, threads: threads, seed: 3)
      runner.run(example.sets)
      return runner
    }
  }

  /// The first moments of Adam after one step are its gradients times `1 - β₁`.
  private func moments(_ trainer: NetworkTrainer) throws -> [(name: String, values: [Float])] {
    try trainer.optimizers.flatMap { name, optimizer in
      try optimizer.layers.flatMap(\.allParameters).compactMap { path, parameter in
        try optimizer.state[ObjectIdentifier(parameter)].map {
          ("\(name).\(path)", try $0[0].floats())
        }
      }
    }
  }

  @Test(arguments: examples, [2, 4])
  func gradientsAreThoseOfTheWholeBatch(example: TrainerExample, parts: Int) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let whole = try trainer(try #require(example.cut(into: 1)), steps: 1, in: folder)
    // Statistics of a part are others than those of the batch.
    guard !whole.networks.contains(where: { $0.layer.mixesSamples }) else { return }
    let cut = try trainer(try #require(example.cut(into: parts)), steps: 1, in: folder)
    for (name, (first, second)) in zip(whole.lossNames, zip(whole.losses, cut.losses)) {
      guard !first.isNaN else { continue }
      #expect(abs(first - second) <= 1e-3 * max(abs(first), 0.01), "\(name): \(first), \(second)")
    }
    let moments = try (self.moments(whole), self.moments(cut))
    #expect(moments.0.map(\.name) == moments.1.map(\.name) && !moments.0.isEmpty)
    var (difference, norm) = (0.0, 0.0)
    for (first, second) in zip(moments.0, moments.1) {
      for (a, b) in zip(first.values, second.values) {
        difference += Double(a - b) * Double(a - b)
        norm += Double(a) * Double(a)
      }
    }
    // A discriminator that is seen after its first step has weights whose gradients of nearly 0 may have
    // another sign.
    #expect(norm > 0 && difference <= 1e-4 * norm, "\(difference / norm)")
  }

  @Test(arguments: examples)
  func aStepInPartsAndAWholeOneAreAlike(example: TrainerExample) throws {
    // Held-out images are measured by whole steps only, and their measures are in the file.
    guard let parts = example.parts, !example.make.contains("val=") else { return }
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let example = try #require(example.cut(into: 2))
    for (steps, file) in [("t.step(2)", "a"), ("repeat \(2 * parts) { t.substep() }", "b")] {
      let runner = ScriptRunner(folder: folder.path, threads: 2, seed: 3)
      let code = "\(example.sets); t = \(example.make); \(steps); save(t, \"\(file).safetensors\")"
      #expect(runner.failure(of: code) == nil)
    }
    try expectSameFiles("a.safetensors", "b.safetensors", in: folder)
  }

  @Test func onePartIsWhatItWasBefore() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let make = "t = cyclegan(A, B, base=2, blocks=1, batch=2, pool=2"
    for (option, file) in [("", "a"), (", parts=1", "b")] {
      let runner = ScriptRunner(folder: folder.path, threads: 2, seed: 3)
      let code = "\(make)\(option)); t.step(3); save(t, \"\(file).safetensors\")"
      #expect(runner.failure(of: "\(TrainerExample.images); \(code)") == nil)
    }
    try expectSameFiles("a.safetensors", "b.safetensors", in: folder)
  }

  @Test func partsTakeLessMemory() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path, threads: 2, seed: 3)
    runner.run(TrainerExample.images)
    func memory(_ parts: Int) -> Int {
      let code = "print(cyclegan(A, B, base=8, blocks=3, batch=8, parts=\(parts)).memory)"
      return Int(runner.run(code).filter(\.isNumber)) ?? 0
    }
    // Beyond that, sums of gradients take more than maps of few images.
    #expect(memory(4) > 0 && memory(4) < memory(2) && memory(2) < memory(1))
  }

  @Test(arguments: [("0", "1"), ("3", "2"), ("8", "4"), ("-2", "1")])
  func partsDivideTheBatch(parts: String, better: String) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path, threads: 2, seed: 3)
    runner.run(TrainerExample.images)
    let failure = runner.failure(of: "cyclegan(A, B, base=2, blocks=1, batch=4, parts=\(parts))")
    #expect(failure?.code == "E-range")
    #expect(failure?.suggestion?.hasPrefix("parts=\(better)") == true)
  }
}
