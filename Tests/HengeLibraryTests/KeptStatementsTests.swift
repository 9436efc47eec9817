// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeFiles
import HengeLanguage
@testable import HengeLibrary
import HengeTestSupport
import Testing

/// What statements did in one run is done again in another without running them.
@Suite struct KeptStatementsTests {
  /// A run of `program` that keeps all its statements in `folder`, or takes them from there.
  struct Run {
    let runner: ScriptRunner
    let kept: KeptStatements
    let output: String

    init(
      _ program: String, in folder: TemporaryFolder, recalls: Bool, circumstances: String = "",
      seed: UInt64 = 0, limit: Int = 1_000_000_000
    ) throws {
      let runner = ScriptRunner(folder: folder.path, seed: seed)
      let session = runner.session
      let kept = try KeptStatements(
        of: runner.interpreter, session, in: CacheFolder(path: folder.path + "/kept", limit: limit),
        circumstances: circumstances, short: .zero
      ) { try session.paths.inputs.map { ($0, try session.hash(ofFileOrFolder: $0.file)) } }
      kept.recalls = recalls
      runner.interpreter.memory = kept
      output = runner.run(program)
      runner.interpreter.memory = nil
      (self.runner, self.kept) = (runner, kept)
    }

    /// What the names that tell of the state say.
    func state(_ probes: String) -> String { runner.run(probes) }
  }

  /// Expects that a second run of `program` takes `count` statements from the first and ends in the same
  /// state, of which `probes` tell.
  private func expectSame(_ program: String, _ probes: String, recalled count: Int) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let first = try Run(program, in: folder, recalls: false)
    let second = try Run(program, in: folder, recalls: true)
    #expect(first.kept.recalled == 0)
    #expect(second.kept.recalled == count, "\(program)")
    #expect(second.output == first.output)
    #expect(!first.output.contains("E-"), "\(first.output)")
    let state = first.state(probes)
    #expect(second.state(probes) == state && !state.contains("E-"), "\(state)")
  }

  @Test(arguments: [
    "none", "true", "-7", "0.1 + 0.2", "nan", "\"a\\nb \\\"c\\\"\"", "[1, [2.5, \"x\"], none]",
    "(a=1, b=(c=[true],))", "0..10 by 3", "2x3", "eye(3)", "tensor([1, 2], dtype=\"i64\") > 1",
    "zeros(2x0)", "rand(4)", "[zeros(2), (x=ones(1),)]",
  ])
  func aValueIsTheSame(text: String) throws {
    try expectSame("x = \(text); x", "x; rand(2)", recalled: 2)
  }

  @Test(arguments: TrainerExample.all)
  func aTrainerGoesOnTheSame(example: TrainerExample) throws {
    try expectSame(
      "\(example.sets)\nt = \(example.make)\nt.step(3)\nt.count",
      "t.log; t.step(2); t.log; rand(2)", recalled: 2)
  }

  @Test func aModelAnOptimizerAndAStreamAreTheSame() throws {
    try expectSame(
      """
      x = rand(4x3x8x8)
      m = sequential(conv(3, 4, kernel=3, padding=1), relu(), conv(4, 3, kernel=1))
      opt = adam(m, lr=1e-2)
      noise = rng("noise")
      for i in 0..3 { opt.minimize(() => mse(m(x), x + rand(1, rng=noise))) }
      opt.lr = 0.5
      k = opt.minimize(() => mse(m(x), x))
      """,
      """
      m(x); opt; noise; k; opt.minimize(() => mse(m(x), x)); m(x); rand(2, rng=noise); rand(2)
      """, recalled: 4)
  }

  @Test func statesBeyondTheLimitOfTheFolderAreNotKept() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let program =
      "m = linear(20, 20)\nopt = adam(m)\nx = rand(1x20)\nopt.minimize(() => mse(m(x), x))"
    _ = try Run(program, in: folder, recalls: false, limit: 1000)
    #expect(try Run(program, in: folder, recalls: true, limit: 1000).kept.recalled == 1)
    _ = try Run(program, in: folder, recalls: false)
    #expect(try Run(program, in: folder, recalls: true).kept.recalled == 2)
  }

  @Test func aListOfTrainersAndAnotherNameOfOneAreTheSame() throws {
    try expectSame(
      """
      ts = [rng("a"), rng("b")]
      r = ts[1]
      x = rand(2, rng=r)
      y = [ts[0], r]
      z = rand(2, rng=y[0])
      """, "ts; r; y; [x, z]; rand(1, rng=y[1]); ts", recalled: 4)
  }

  @Test(arguments: ["x => x + 1", "faces(\"anime\", 2)", "sequential(relu())", "rng(\"a\")"])
  func whatAFileCannotContainIsMadeAgain(text: String) throws {
    try expectSame("n = 1; f = \(text); n = 2", "f; n", recalled: 2)
  }

  @Test func aStatementThatWritesAFileRunsAgain() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let program = "x = rand(2); save(x, \"x.npy\"); y = load(\"x.npy\")"
    _ = try Run(program, in: folder, recalls: false)
    unlink("\(folder.path)/x.npy")
    let second = try Run(program, in: folder, recalls: true)
    #expect(second.kept.recalled == 2)
    #expect(access("\(folder.path)/x.npy", R_OK) == 0)
  }

  @Test func whatAFileContainedCounts() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    func write(_ text: String) throws {
      try AtomicFile.write(Array(text.utf8), to: folder.path + "/in.csv")
    }
    let program = "n = 1; t = table(\"in.csv\"); s = t[\"a\"].sum(); s"
    try write("a\n1\n2\n")
    _ = try Run(program, in: folder, recalls: false)
    let same = try Run(program, in: folder, recalls: true)
    #expect(same.kept.recalled == 3)
    #expect(same.runner.session.paths.inputs.map(\.file) == [folder.path + "/in.csv"])
    try write("a\n1\n3\n")
    let other = try Run(program, in: folder, recalls: true)
    #expect(other.kept.recalled == 1)
    #expect(other.output == "4\n")
  }

  @Test func anotherSeedOtherCircumstancesAndAnotherBeginningCount() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let program = "x = rand(2); y = x + 1"
    _ = try Run(program, in: folder, recalls: false)
    #expect(try Run(program, in: folder, recalls: true, circumstances: "v2").kept.recalled == 0)
    #expect(try Run("z = 0; \(program)", in: folder, recalls: true).kept.recalled == 0)
    #expect(try Run("x = rand(2); y = x + 2", in: folder, recalls: true).kept.recalled == 1)
    #expect(try Run(program, in: folder, recalls: true).kept.recalled == 2)
    #expect(try Run(program, in: folder, recalls: true, seed: 1).kept.recalled == 0)
  }

  @Test func anyDamagedByteIsNoticed() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let program = "x = rand(3)"
    _ = try Run(program, in: folder, recalls: false)
    let kept = folder.path + "/kept"
    let name = try #require(
      (opendir(kept).map { stream -> [String] in
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
          names.append(
            withUnsafePointer(to: &entry.pointee.d_name) { pointer in
              pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            })
        }
        return names.filter { $0.hasSuffix(".safetensors") }
      } ?? []).first)
    let bytes = try readRegularFile("\(kept)/\(name)", budget: MemoryBudget(limit: 1_000_000))
    let expected = try Run(program, in: folder, recalls: true)
    #expect(expected.kept.recalled == 1)
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 1
      try AtomicFile.write(damaged, to: "\(kept)/\(name)")
      let run = try Run(program, in: folder, recalls: true)
      #expect(run.kept.recalled == 0, "byte \(place)")
      #expect(run.state("x") == expected.state("x"))
    }
  }

  @Test func theFolderStaysBelowItsLimit() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let cache = CacheFolder(path: folder.path + "/kept", limit: 100)
    let budget = MemoryBudget(limit: 1_000_000)
    func contents(_ bytes: Int) throws -> Safetensors {
      let shape = try Shape([bytes])
      return Safetensors(
        arrays: [
          NamedArray("a", ArrayData(.u8, shape, bytes: [UInt8](repeating: 1, count: bytes)[...]))
        ])
    }
    try cache.write(try contents(101), named: "large", budget: budget)
    #expect(try cache.read("large", budget: budget) == nil)
    try cache.write(try contents(8), named: "first", budget: budget)
    #expect(try cache.read("first", budget: budget) != nil)
    try cache.write(try contents(90), named: "second", budget: budget)
    #expect(try cache.read("first", budget: budget) == nil)
    #expect(try cache.read("second", budget: budget) != nil)
  }
}
