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
  /// How many rows the method's samples have; known once they were computed.
  private var rowCount: Int?
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
      image = LiveView.Image(try sheet(pixels: 2 * rows, columns: columns))
      due = .now + (ContinuousClock.now - start) * LiveTraining.share
    } catch {
      // The training goes on, whatever can be shown of it; Ctrl-C is noticed by the next step.
      due = nil
    }
  }

  /// Samples for a view `pixels` high: all rows where each has at least 16 pixels, else the first
  /// inputs and outputs.
  private func sheet(pixels: Int, columns: Int) throws -> Pixels {
    let known = try rowCount ?? object.trainer.samples(1).count
    rowCount = known
    let count = known > 0 && pixels / known >= 16 ? known : 2
    let side = max(1, pixels / count)
    return try object.sheet(
      min(8, max(1, columns / side)), zoom: 1, rows: count, isLabeled: false)
  }
}

extension LiveView.Image {
  fileprivate init(_ pixels: Pixels) {
    let display = PixelDisplay(pixels)
    self.init(
      height: display.height, width: display.width, channels: display.channels,
      bytes: display.bytes)
  }
}
