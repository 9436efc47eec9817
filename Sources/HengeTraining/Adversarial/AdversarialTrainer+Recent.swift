// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

// What a trainer notices of the images that its generators make: inverted colors, and outputs that are all alike.
// Nothing that is trained depends on it.

extension AdversarialTrainer {
  /// Steps before which nothing is noted: outputs of the first, random weights say nothing.
  private static let earlySteps = 200

  /// What the correlation of the outputs of a generator with its inputs is called, and their spread.
  static func correlationName(_ generator: String) -> String { "correlation_\(generator)" }
  static func spreadName(_ generator: String) -> String { "spread_\(generator)" }

  /// The name of a generator's recent images in a file.
  static func recentName(_ generator: String) -> String { "recent.\(generator)" }

  /// Takes in what the step `number`, 0 the first, made in a direction: ``RecentImages/rows(of:of:beside:)``.
  func noticed(
    _ way: AdversarialMethod.Direction, _ rows: Tensor, in number: Int
  ) throws -> (after: RecentImages, figures: [String: Double], notices: [Notice]) {
    var recent = recent[way.generator] ?? RecentImages()
    let finding = try recent.add(rows: rows, isEarly: number < Self.earlySteps)
    let figures = [
      Self.correlationName(way.generator): finding.correlation,
      Self.spreadName(way.generator): finding.spread,
    ]
    let notices = [
      finding.inversion.map { inversionNotice(way, $0, number + 1) },
      finding.collapse.map { collapseNotice(way, $0, number + 1) },
    ]
    return (recent, figures, notices.compactMap(\.self))
  }

  // MARK: State

  /// The recent images of each generator, as `recent.GENERATOR`; other state is left out when it is set.
  var recentState: [(name: String, tensor: Tensor)] {
    get {
      method.directions.compactMap { way in
        recent[way.generator]?.rows.map { (Self.recentName(way.generator), $0) }
      }
    }
    set {
      recent = [:]
      for way in method.directions {
        let name = Self.recentName(way.generator)
        guard let rows = newValue.first(where: { $0.name == name })?.tensor else { continue }
        recent[way.generator] = RecentImages(rows: rows)
      }
    }
  }

  /// What is wrong with the recent images in a file's state; nil where nothing is.
  func problem(inRecent state: [(name: String, tensor: Tensor)]) -> String? {
    for way in method.directions {
      let name = Self.recentName(way.generator)
      guard let rows = state.first(where: { $0.name == name })?.tensor,
        let channels = try? pictureShape(of: way.target)[0]
      else { continue }
      let columns = RecentImages.columns(channels: channels)
      guard rows.type == .f32, rows.rank == 2, rows.shape[1] == columns,
        (1...RecentImages.size).contains(rows.shape[0])
      else {
        return
          "`state.\(name)` is \(rows.type.rawValue) \(rows.shape), not f32 of 1 to \(RecentImages.size) rows of \(columns)"
      }
    }
    return nil
  }

  // MARK: What is said

  private func inversionNotice(
    _ way: AdversarialMethod.Direction, _ correlations: (output: Double, target: Double),
    _ step: Int
  ) -> Notice {
    let (a, b) = (way.source.letter.uppercased(), way.target.letter.uppercased())
    return Notice(
      "the output of \(way.generator) has inverted colors at step \(step): its correlation with the input is \(formatNumber(correlations.output)) over the last \(RecentImages.size) images, that of \(b) with \(a) \(formatNumber(correlations.target))",
      "training continues; if it stays so, try \((identityCures + ["another seed"]).joined(separator: ", or "))"
    )
  }

  private func collapseNotice(
    _ way: AdversarialMethod.Direction, _ spreads: (output: Double, target: Double), _ step: Int
  ) -> Notice {
    Notice(
      "the outputs of \(way.generator) are almost all alike at step \(step) (mode collapse): the standard deviation of a pixel over the last \(RecentImages.size) images is \(formatNumber(spreads.output)), that of \(way.target.letter.uppercased()) \(formatNumber(spreads.target))",
      "training continues; if it stays so, try a smaller lr, restore(t, s) with an earlier snapshot, or another seed"
    )
  }

  /// The weights of losses that compare a generator's output with its input, larger than they are; none where
  /// images of both sides have two shapes.
  private var identityCures: [String] {
    guard images.sets[0].shape == images.sets[1].shape else { return [] }
    return method.weights(configuration).filter { $0.comparing != nil }.map { weight in
      let now = dial(weight.name)
      return "\(weight.name)=\(Setting.num(now > 0 ? 2 * now : weight.initial))"
    }
  }
}
