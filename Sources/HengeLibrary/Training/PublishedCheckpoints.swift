// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeLanguage
internal import HengeModels
internal import HengeTraining

private typealias Parameter = HengeLanguage.Parameter

/// Built-ins for files in which the programs of a method's authors keep all its networks.
func publishedCheckpoints(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "load",
      "Loads the weights of all networks of a trainer from a checkpoint: a file with one part per network, such as the six of U-GAT-IT's `…_params_latest.pt` (genA2B, genB2A, disGA, disGB, disLA, disLB). The parts of other methods have the names of the trainer's networks. If one does not fit, nothing is changed. Such a file has no optimizer state: the moments, t.count and t.lr remain; resume(path, A, B) continues a run that save(t, path) saved.",
      Parameter("t", "A trainer of networks."),
      Parameter("path", "Path of a .pt, .pth, .safetensors or .npz file."),
      examples: [
        Example(
          """
          A = faces("anime", 4, size=24x24)
          B = faces("photo", 4, size=24x24)
          t = cyclegan(A, B, base=2, blocks=1)
          save(t, "latest.pt", names="pytorch")
          t.load("latest.pt")
          """)
      ], seeAlso: ["save", "resume"], errors: ["E-file", "E-arg"]
    ) { (call: Call, t: NetworkTrainerObject, path: String) in
      try t.trainer.refuseMidstep("load weights")
      let file = try session.foreignFile(path, from: call.folder)
      let place = session.paths.toRead(path, from: call.folder)
      // All first: what fails half way changes nothing. A part that is missing is a fault of the file.
      let found = try Failure.renaming(["part": "path"]) {
        try t.trainer.networks.map { name, layer in
          try ForeignWeights(
            for: layer, in: file, part: t.trainer.published(name), from: place,
            on: session.backend)
        }
      }
      for weights in found { weights.apply() }
      if let run = session.savedTrainer(at: place) {
        call.note(
          "loaded weights only, of a run of \(run.steps) steps; the count stays \(t.trainer.count), and \(run.call) continues the run"
        )
      }
      let renamed = t.trainer.networks.map(\.name).filter { t.trainer.published($0) != $0 }
      if let name = renamed.first {
        call.note(
          "\(found.count) networks by their names: \(t.trainer.published(name)) is \(name), and so on"
        )
      }
      return Nothing.nothing
    }
  ]
}

extension NetworkTrainer {
  /// The weights of all networks under the names of the programs of their authors.
  ///
  /// Throws `E-arg` where a network has no such names, `E-memory`.
  func publishedNetworks(budget: MemoryBudget) throws -> [(name: String, arrays: [NamedArray])] {
    try networks.map { name, layer in
      (published(name), try ReferenceNames.arrays(of: layer, budget: budget))
    }
  }
}
