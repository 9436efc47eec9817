// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeImage
internal import HengeShell
public import HengeThreads
internal import Synchronization

/// Shows the progress of long work in one display of its cell, which is updated in place.
public final class LiveDisplay: Sendable {
  private struct State {
    var publisher: Publisher?
    var isSilent = false
    var count = 0
    /// The display that is updated, if there is one.
    var id: String?
    /// Whether a view is shown, so that the next work gets a display of its own.
    var stays = false
  }

  private let state = Mutex(State())
  /// For pictures, which are a few megabytes: that of the session refuses work once an interrupt is
  /// requested, and the last state is drawn then.
  private let budget = MemoryBudget(limit: 1 << 26)
  /// The room for curves and images, in which an image has 256 rows of pixels at most.
  public static let room = LiveView.Room(columns: 512, rows: 128)

  /// A display that shows nothing yet.
  public init() {}

  /// From now on progress is shown by `publisher`.
  func attach(_ publisher: Publisher) { state.withLock { $0.publisher = publisher } }

  /// A cell begins, whose progress has a new display.
  func begin(isSilent: Bool) {
    state.withLock { state in
      state.isSilent = isSilent
      state.id = nil
    }
  }

  /// Shows a report; nil says that the work is over: its last state stays.
  public func show(_ report: Progress.Report?) {
    guard let report else {
      state.withLock { if $0.stays { $0.id = nil } }
      return
    }
    let (known, name, publisher) = state.withLock { state in
      let (known, publisher) = (state.id, state.publisher)
      if known == nil {
        state.count += 1
        state.id = "henge-live-\(publisher?.session ?? "")-\(state.count)"
      }
      state.stays = report.view != nil
      return (known, state.id ?? "", state.isSilent ? nil : state.publisher)
    }
    guard let publisher else { return }
    let bundle = LiveDisplay.bundle(of: report, budget: budget)
    publisher.publish(
      known == nil ? "display_data" : "update_display_data",
      .object(
        bundle.members + [.init("transient", .of(["display_id": .string(name)]))]))
  }

  /// A line of text, with the curves and the image of a view as a picture.
  static func bundle(of report: Progress.Report, budget: MemoryBudget) -> MIMEBundle {
    let title = ProgressLine.text(report)
    let curves = report.view?.curves ?? []
    let width = curves.map(\.name.count).max() ?? 0
    let lines = curves.map { curve in
      let gap = String(repeating: " ", count: width - curve.name.count)
      return "\(curve.name)\(gap) \(curve.line) \(curve.last)"
    }
    var bundle = MIMEBundle(text: ([title] + lines).joined(separator: "\n"))
    // The work goes on, whatever can be drawn of it.
    if let view = report.view,
      let picture = try? LivePicture(title: title, view).pixels(budget: budget)
    {
      try? bundle.add(picture, width: picture.width, height: picture.height, budget)
    }
    bundle.mark(as: "progress")
    return bundle
  }
}
