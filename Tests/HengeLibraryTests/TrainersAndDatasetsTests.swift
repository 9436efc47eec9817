// SPDX-License-Identifier: MIT
import HengeBackend
import HengeLanguage
@testable import HengeLibrary
import HengeTestSupport
import Testing

/// Every kind of trainer takes every kind of dataset.
@Suite struct TrainersAndDatasetsTests {
  /// The first example of each kind of trainer.
  static let trainers = TrainerKind.all.compactMap { kind in
    TrainerExample.all.first { $0.kind == kind.name }
  }

  @Test func `every built-in that makes a dataset is in an example`() {
    let code = ([TrainerExample.images] + DatasetExample.all.map(\.make)).joined(separator: "\n")
    for builtin in ScriptRunner(folder: "/").interpreter.library.builtins
    where builtin.result.contains("dataset") && builtin.group != "trainers" {
      if code.contains("\(builtin.name)(") { continue }
      Issue.record("`\(builtin.name)` makes a dataset and is in no line of DatasetExample.all")
    }
  }

  /// A session with the datasets; `files` writes what they are made of.
  private func session(
    _ datasets: DatasetExample, in folder: TemporaryFolder, threads: Int, writingFiles: Bool
  ) -> ScriptRunner {
    let runner = ScriptRunner(folder: folder.path, threads: threads, seed: 3)
    runner.run("\(TrainerExample.images); P = pairs(A, B)")
    if writingFiles { runner.run(DatasetExample.files) }
    #expect(runner.failure(of: datasets.make) == nil)
    return runner
  }

  @Test(arguments: DatasetExample.all, TrainersAndDatasetsTests.trainers)
  func itTrainsAndResumesToTheSameBytes(
    datasets: DatasetExample, trainer: TrainerExample
  ) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    var isFirst = true
    try trainer.expectResumedRunEndsAlike(in: folder, option: datasets.option) { threads in
      defer { isFirst = false }
      return session(datasets, in: folder, threads: threads, writingFiles: isFirst)
    }
  }

  @Test(arguments: DatasetExample.all)
  func everyMeasureTakesIt(datasets: DatasetExample) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = session(datasets, in: folder, threads: 2, writingFiles: true)
    let lines = [
      "swd(A, B) >= 0", "len(A.duplicates()) >= 0", "len(baselines(A, B)) == 4",
      "m = sequential(conv(3, 2, padding=1), relu()); len(dead_units(m, A)) >= 0",
      "features(m, \"conv1\", A).shape[0] == len(A)",
      "kid(features(m, \"conv1\", A), features(m, \"conv1\", B)) < 1e9",
      "fid(features(m, \"conv1\", A), features(m, \"conv1\", B)) < 1e9",
      "mean(A).shape == A[0].shape", "A.tensor().shape[0] == len(A)", "mae(A, A) == 0",
      "psnr(A, A) > 0", "ssim(A, A) > 0.99", "mse(A, A) == 0", "summary(A).count == len(A)",
      "len(A.fingerprint()) == 64", "[x.shape[0] for x in A.batches(4)][0] == 4",
      "A.item(0).image.shape == A[0].shape", "len(A.split(0.5)) == 2",
      "len([x for x in A]) == len(A)",
      "len([a for a, b in P]) == len(P)", "len(A.join(A)) == 2 * len(A)",
    ]
    for line in lines {
      let code = line.split(separator: ";").map(String.init)
      for part in code.dropLast() { #expect(runner.failure(of: part) == nil) }
      let said = runner.run(code.last ?? "")
      if said != "true\n" { Issue.record("\(line): \(said)") }
    }
  }
}
