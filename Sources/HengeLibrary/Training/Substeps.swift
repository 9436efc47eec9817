// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor
internal import HengeTraining

private let small =
  "A = faces(\"anime\", 4, size=24x24); B = faces(\"photo\", 4, size=24x24); t = cyclegan(A, B, base=2, blocks=1)"

/// Built-ins that make a step of a trainer part by part.
func substeps() -> [Builtin] {
  [
    Builtin(
      "substep",
      "Makes the next part of a step and gives all that it computed: forward_g (pictures, scores, losses), backward_g (gradients by network), forward_d, backward_d, update. Nothing is in force before the last part; until then t.step(), save and snapshot are E-midstep, and t.drop() forgets the step. A part that is stopped drops it too.",
      Parameter("t", "A trainer whose steps have parts."),
      examples: [
        Example("\(small); p = t.substep(); (p.part, p.fake_b.shape)", gives: nil),
        Example("\(small); repeat 5 { t.substep() }; t.count", gives: "1"),
      ], seeAlso: ["step", "drop", "cyclegan"], errors: ["E-arg", "E-finite"]
    ) { (call: Call, t: NetworkTrainerObject) in
      // All parts of a step together do what t.step() does.
      let part = try t.trainer.observed(by: call.following(t)) { try t.trainer.substep() }
      return Value(
        fields: [("part", Value(part.name)), ("step", .int(part.step))]
          + part.values.map { ($0.name, $0.value.value) })
    },
    Builtin(
      "drop", "Forgets the parts that substep made of a step that is not finished.",
      Parameter("t", "A trainer of networks."),
      examples: [Example("\(small); t.substep(); t.drop(); t.step(); t.count", gives: "1")],
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
