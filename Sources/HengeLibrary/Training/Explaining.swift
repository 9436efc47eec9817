// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor
internal import HengeTraining

/// The built-in that explains a training step.
func explaining(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "explain",
      "Explains the next training step without making it: the ways of its images as arrows, all its images as a sheet, and its losses. The table has for each loss the networks that minimize it, its value, its weight and their product; the products add up to the total.",
      Parameter("t", "A trainer whose steps have parts, such as a cyclegan."),
      examples: [
        Example(
          """
          A = faces("anime", 4, size=24x24)
          B = faces("photo", 4, size=24x24)
          t = cyclegan(A, B, base=2, blocks=1)
          print(t.explain())
          #=> …
          t.count
          #=> 0
          """)
      ], seeAlso: ["substep", "samples"], errors: ["E-arg", "E-finite", "E-midstep"]
    ) { (t: NetworkTrainerObject) in
      guard let trainer = t.trainer as? AdversarialTrainer else {
        throw Failure(
          "E-arg", "a step of \(t.trainer.kind) has no parts that can be explained",
          suggestion: "t.samples()", parameter: "t")
      }
      return ExplanationObject(try trainer.explanation(), trainer, session)
    }
  ]
}

/// An explanation of a step as a value: its echo is the sheet.
final class ExplanationObject: Object, ObjectConvertible, Displayed {
  private let explanation: StepExplanation
  private let trainer: AdversarialTrainer
  private let session: Session

  init(_ explanation: StepExplanation, _ trainer: AdversarialTrainer, _ session: Session) {
    (self.explanation, self.trainer, self.session) = (explanation, trainer, session)
  }

  override class var kind: String { "explanation" }
  override var brief: String { text }

  var text: String { "step \(explanation.step) of \(trainer.kind)" }

  func displays(width: Int) throws -> [Display] {
    [.text(([text] + explanation.ways.map { "  " + $0 }).joined(separator: "\n"))]
      + [.pixels(try sheet())] + [.table(losses)]
  }

  /// The images, one row for each name.
  private func sheet() throws -> PixelDisplay {
    let range = trainer.datasets.last?.dataset.range ?? .signed
    let groups = try trainer.pictureGroups()
    let rows = try explanation.images.map { _, images in
      try (0..<min(images.shape[0], 8)).map { index in
        let image = try images.selecting([.at(index)])
        return try image.picture(
          range: range, groups: groups.first { $0.count == image.shape[0] }
        ).pixels
      }
    }
    let names = explanation.images.map(\.name)
    let sheet = try session.sheet(
      labels: [labelLine("rows", names)], Montage(budget: session.budget)
    ) { try $0.sheet(rows, left: names) }
    var display = PixelDisplay(
      try sheet.picture(range: .signed).pixels, caption: "the images of step \(explanation.step)")
    display.coarse = session.coarsePictures.picture(of: sheet)
    return display
  }

  /// The losses with their weights; each turn's add up to its total.
  private var losses: TableDisplay {
    var rows: [(turn: String, name: String, value: String, weight: String, product: String)] = []
    var turns: [String] = []
    for term in explanation.terms where !turns.contains(term.turn) { turns.append(term.turn) }
    for turn in turns {
      let terms = explanation.terms.filter { $0.turn == turn }
      for term in terms {
        let weight = term.weight ?? 1
        let raw = weight == 0 ? "-" : (term.value / weight).general(digits: 4)
        rows.append(
          (
            turn, term.name, raw, weight.general(digits: 4),
            term.value.general(digits: 4)
          ))
      }
      let total = terms.reduce(0) { $0 + $1.value }
      rows.append((turn, "total", "", "", total.general(digits: 4)))
    }
    return TableDisplay(
      [
        .init("minimized by", rows.map(\.turn), isNumber: false),
        .init("loss", rows.map(\.name), isNumber: false),
        .init("value", rows.map(\.value), isNumber: true),
        .init("weight", rows.map(\.weight), isNumber: true),
        .init("value * weight", rows.map(\.product), isNumber: true),
      ], note: "the weights change only in t.step()")
  }
}
