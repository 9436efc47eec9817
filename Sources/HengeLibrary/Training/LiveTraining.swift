// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor
internal import HengeThreads
internal import HengeTraining

/// What a training under way shows of itself: its losses as curves, and the newest samples, computed
/// at most so often that they take a twentieth of the time.
final class LiveTraining {
  private let object: NetworkTrainerObject
  private let room: () -> LiveView.Room?
  private var image: LiveView.Image?
  /// The names of the rows of the method's samples; known once they were computed.
  private var rows: [String]?
  /// When samples are computed next; nil once they could not be.
  private var due: ContinuousClock.Instant? = .now + .seconds(1)
  /// The fraction of the time that samples may take is one of this many.
  private static let share = 20

  /// The view of `object`; nil where `isWanted` says no, or nothing can be drawn in place.
  init?(_ object: NetworkTrainerObject, isWanted: Bool) {
    guard isWanted, let room = object.session.liveRoom, room() != nil else { return nil }
    (self.object, self.room) = (object, room)
  }

  /// The view now.
  func view() -> LiveView {
    let trainer = object.trainer
    guard let room = room() else { return LiveView(curves: [], image: nil) }
    let names = trainer.lossNames
    let means = trainer.lossMeans(in: LiveView.points)
    let curves = zip(names.indices, names).compactMap { index, name -> LiveView.Curve? in
      guard let last = means[index].last, last.isFinite else { return nil }
      return LiveView.Curve(
        name: name, values: means[index], last: trainer.losses[index].general(digits: 4))
    }
    // Two or three curves are in a row.
    let rows = room.rows - 1 - (curves.count + 1) / 2
    if let due, .now >= due { renewImage(rows: rows, columns: room.columns) }
    return LiveView(curves: curves, image: rows >= LiveTraining.least ? image : nil)
  }

  /// The fewest rows in which an image says something.
  private static let least = 6

  private func renewImage(rows: Int, columns: Int) {
    guard rows >= LiveTraining.least else { return }
    let start = ContinuousClock.now
    do {
      image = try sheet(pixels: 2 * rows, columns: columns)
      due = .now + (ContinuousClock.now - start) * LiveTraining.share
    } catch {
      // The training goes on, whatever can be shown of it; Ctrl-C is noticed by the next step.
      due = nil
    }
  }

  /// Samples for a view `pixels` high: all rows where each has at least 16 pixels, else the first
  /// inputs and outputs.
  private func sheet(pixels: Int, columns: Int) throws -> LiveView.Image {
    let known = try rows ?? object.trainer.samples(1).map(\.name)
    rows = known
    let count = known.count > 0 && pixels / known.count >= 16 ? known.count : 2
    let side = max(1, pixels / count)
    let names = Array(known.prefix(count))
    let left = LiveView.Image.nameColumns(names)
    let sheet = try object.sheet(
      min(8, max(1, (columns - left) / side)), zoom: 1, rows: count, isLabeled: false)
    return LiveView.Image(sheet, rows: names)
  }
}

extension LiveView.Image {
  /// The columns that the names of rows take, with a blank.
  fileprivate static func nameColumns(_ names: [String]) -> Int {
    (names.map { TextWidth.of($0) }.max() ?? -1) + 1
  }

  fileprivate init(_ pixels: Pixels, rows: [String]) {
    let display = PixelDisplay(pixels)
    self.init(
      height: display.height, width: display.width, channels: display.channels,
      bytes: display.bytes, rows: rows)
  }
}
