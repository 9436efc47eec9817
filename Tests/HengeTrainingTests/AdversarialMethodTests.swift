// SPDX-License-Identifier: MIT
import HengeData
import HengeNN
import Testing

@testable import HengeTraining

/// What every declaration of an adversarial method keeps to.
@Suite struct AdversarialMethodTests {
  static let methods = AdversarialMethod.all + [.oneWay]

  private func method(_ name: String) throws -> AdversarialMethod {
    try #require(AdversarialMethodTests.methods.first { $0.name == name })
  }

  @Test(arguments: methods.map(\.name))
  func everyNameThatIsUsedIsDeclaredOnce(name: String) throws {
    let method = try method(name)
    let networks = method.networks.map(\.name)
    func expectUnique(_ names: [String], _ what: Comment) {
      #expect(names.count == Set(names).count, what)
    }
    #expect(method.players.flatMap(\.networks).sorted() == networks.sorted())
    #expect(method.turns.flatMap(\.players).sorted() == method.players.map(\.name).sorted())
    for way in method.directions {
      let used = [way.generator] + way.critics + (way.returner.map { [$0] } ?? [])
      #expect(used.filter { !networks.contains($0) } == [])
      #expect(!way.critics.isEmpty && way.source != way.target)
    }
    let passes = method.memory { _ in 1 }.map(\.network)
    #expect(passes.filter { !networks.contains($0) } == [])
    expectUnique(method.losses.map(\.name), "losses")
    expectUnique(method.pools.map(\.name), "pools")
    expectUnique(method.turns.map(\.name), "turns")
    // Arguments of the built-in, and what scripts read of the trainer.
    expectUnique(method.options.map(\.name) + networks + ["A", "B", "val", "augment"], "arguments")
    expectUnique(
      method.weightNames + networks
        + ["count", "total", "epoch", "losses", "log", "lr", "best", "memory", "val"], "members")
  }

  @Test(arguments: methods.map(\.name))
  func whatEveryTrainerHasCanBeChosen(name: String) throws {
    let method = try method(name)
    let needed = ["batch", "lr", "betas", "gan", "epochs", "schedule", "order"]
    let names = method.options.map(\.name)
    #expect(needed.filter { !names.contains($0) } == [])
    #expect(method.pools.isEmpty || names.contains("pool"))
  }
}
