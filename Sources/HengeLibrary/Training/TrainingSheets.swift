// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor
internal import HengeTraining

extension NetworkTrainerObject {
  /// Sample translations of `n` images as one image, with the names of the rows at the left if it
  /// `isLabeled`; at most `count` rows.
  func sheet(
    _ n: Int, zoom: Int, rows count: Int = .max, isLabeled: Bool = true
  ) throws -> Pixels {
    let rows = try sampleRows(n, rows: count)
    return try Montage(budget: session.budget).zoomed(zoom)
      .sheet(rows.map(\.pictures), left: isLabeled ? rows.map(\.name) : [])
  }

  /// The same as a tensor in -1..1.
  func samples(_ n: Int, zoom: Int) throws -> Tensor {
    let rows = try sampleRows(n)
    let names = rows.map(\.name)
    return try session.sheet(
      labels: [labelLine("rows", names)], Montage(budget: session.budget).zoomed(zoom)
    ) { try $0.sheet(rows.map(\.pictures), left: names) }
  }

  private func sampleRows(
    _ n: Int, rows count: Int = .max
  ) throws -> [(name: String, pictures: [Pixels])] {
    let rows = try trainer.samples(n).prefix(count)
    let range = trainer.datasets.last?.dataset.range ?? .signed
    let groups = try trainer.pictureGroups()
    return try rows.map { row in
      let pictures = try row.pictures.enumerated().map { place, image in
        let pixels = try image.picture(
          range: range, groups: groups.first { $0.count == image.shape[0] }
        ).pixels
        guard let map = row.maps?[place] else { return pixels }
        return try pixels.overlaid(with: map.maps(), budget: session.budget)
      }
      return (row.name, pictures)
    }
  }

  /// Shows on a page what a training of `count` steps was: the curves of its losses, and its last
  /// samples unless the program shows its own.
  func supplement(made count: Int, showsSamples: Bool) throws {
    guard let show = session.supplement, count >= NetworkTrainerObject.long else { return }
    let log = try trainer.logTable()
    if log.count > 1 {
      var plot = try LogGroup.plot(of: log)
      plot.title = "losses of \(trainer.kind)"
      let size = plot.size
      try show(
        .plot(
          DrawnPlot(
            plot: plot, budget: session.budget, width: size.width, height: size.height)))
    }
    guard showsSamples else { return }
    let samples: Pixels
    do { samples = try sheet(6, zoom: 1) } catch let failure as Failure {
      // The training is done, whatever a page can show of it.
      return session.note("no samples on the page: \(failure.message)")
    }
    try show(
      .pixels(PixelDisplay(samples, caption: "samples after \(trainer.count) steps")))
  }

  /// From how many steps on a training is shown.
  private static let long = 10
}
