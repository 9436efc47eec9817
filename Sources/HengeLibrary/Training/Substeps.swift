// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor
internal import HengeTraining

private let small = """
  A = faces("anime", 4, size=24x24)
  B = faces("photo", 4, size=24x24)
  t = cyclegan(A, B, base=2, blocks=1)
  """

/// Built-ins that run a training step part by part.
func substeps() -> [Builtin] {
  [
    Builtin(
      "substep",
      "Runs the next part of a training step and returns everything it computed, as a record. The parts are forward_g (images, scores, losses), backward_g (gradients by network), forward_d, backward_d and update. The weights change only in the last part. Until then t.step(), save and snapshot raise E-midstep, and t.drop() discards the step. Ctrl-C discards it, too.",
      Parameter("t", "A trainer whose steps have parts, such as a cyclegan."),
      examples: [
        Example(
          """
          \(small)
          p = t.substep()
          p.part
          #=> "forward_g"
          p.fake_b.shape
          #=> 1x3x24x24
          """)
      ], seeAlso: ["step", "drop", "cyclegan"], errors: ["E-arg", "E-finite"]
    ) { (call: Call, t: NetworkTrainerObject) in
      // All parts of a step together do what t.step() does.
      let part = try t.trainer.observed(by: call.following(t)) { try t.trainer.substep() }
      return Value(
        fields: [("part", Value(part.name)), ("step", .int(part.step))]
          + part.values.map { ($0.name, $0.value.value) })
    },
    Builtin(
      "drop", "Discards the unfinished training step that substep began.",
      Parameter("t", "A trainer of networks."),
      examples: [Example("\(small)\nt.substep();\nt.drop()\nt.step()\nt.count\n#=> 1")],
      seeAlso: ["substep"]
    ) { (t: NetworkTrainerObject) in
      t.trainer.drop()
      return Nothing.nothing
    },
  ]
}

extension PartValue {
  /// The value of the language.
  fileprivate var value: Value {
    switch self {
    case .tensor(let tensor): tensor.value
    case .number(let number): .num(number)
    case .group(let values): Value(fields: values.map { ($0.name, $0.value.value) })
    }
  }
}
