// SPDX-License-Identifier: MIT
import HengeThreads
import Testing

@testable import HengeShell

/// What a training under way draws of itself.
@Suite struct LivePanelTests {
  private func panel(_ columns: Int, _ rows: Int) -> LivePanel {
    LivePanel(colours: .direct, room: LiveView.Room(columns: columns, rows: rows))
  }

  private func view(_ names: [String], image: Bool = true) -> LiveView {
    LiveView(
      curves: names.map { LiveView.Curve(name: $0, values: [3, 2, 1, 0], last: "0.1234") },
      image: image
        ? LiveView.Image(
          height: 32, width: 64, channels: 3, bytes: [UInt8](repeating: 9, count: 32 * 64 * 3))
        : nil)
  }

  @Test func `a curve has eight heights between its smallest and its largest value`() {
    #expect(LivePanel.line(of: [0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
    #expect(LivePanel.line(of: [2, 2]) == "▅▅")
    #expect(LivePanel.line(of: [0, .nan, 1]) == "▁ █")
    #expect(LivePanel.line(of: [-1.7e308, 0, 1.7e308]) == "▁▅█")
    #expect(LivePanel.line(of: [.nan]) == "")
  }

  @Test func `curves are side by side where they fit, the image below them`() {
    let names = ["g_ab", "g_ba", "d_a", "d_b"]
    for (columns, across) in [(40, 1), (80, 2), (120, 3)] {
      let rows = panel(columns, 30).rows("step 1 of 2 steps", view(names, image: false))
      #expect(rows.count == 1 + (names.count + across - 1) / across)
      #expect(rows.allSatisfy { $0.width < columns })
    }
    let rows = panel(80, 20).rows("step", view(names))
    #expect(rows.count == 19 && rows[1].text.hasPrefix("g_ab █"))
    #expect(rows.last?.width == 64)
  }

  @Test func `rows of an image have their names at the left where there is room`() {
    let image = LiveView.Image(
      height: 32, width: 64, channels: 3, bytes: [UInt8](repeating: 9, count: 32 * 64 * 3),
      rows: ["A", "B of A"])
    let rows = panel(80, 20).rows("step", LiveView(curves: [], image: image)).dropFirst()
    #expect(rows.count == 16 && rows.allSatisfy { $0.width == 7 + 64 })
    #expect(rows.enumerated().filter { !$0.element.text.hasPrefix("  ") }.map(\.offset) == [4, 12])
    #expect(Array(rows)[12].text.hasPrefix("B of A "))
    let narrow = panel(20, 20).rows("step", LiveView(curves: [], image: image)).dropFirst()
    #expect(narrow.allSatisfy { $0.width < 20 && !$0.text.contains("A") })
  }

  @Test func `without color the image is drawn in characters`() {
    let plain = LivePanel(colours: .none, room: LiveView.Room(columns: 80, rows: 20))
    let half = [UInt8](repeating: 255, count: 32 * 32 * 3)
    let image = LiveView.Image(
      height: 32, width: 64, channels: 3,
      bytes: (0..<32).flatMap { _ in half.prefix(96) + [UInt8](repeating: 0, count: 96) },
      rows: ["A"])
    let rows = plain.rows("step", LiveView(curves: [], image: image)).dropFirst()
    #expect(rows.count == 16)
    let row = "A " + String(repeating: "@", count: 32)
    #expect(rows.contains(LivePanel.Row(text: row, width: 34)))
    #expect(!rows.contains { $0.text.contains("\u{1B}") })
  }

  @Test func `a panel fits its room`() {
    let names = (0..<30).map { "a_long_name_of_a_loss_\($0)" }
    for rows in 1..<40 {
      let drawn = panel(60, rows).rows("step", view(names))
      #expect(drawn.count <= rows && drawn.allSatisfy { $0.width < 60 })
    }
  }

  @Test func `a view is drawn in place, survives a narrower window, and stays at the end`() {
    let screen = TestScreen()
    let line = ProgressLine(
      isTerminal: true, colours: .direct, isReflowing: true, write: { screen.add($0) },
      room: { screen.room })
    func report(_ done: Int) -> Progress.Report {
      Progress.Report(
        title: "step", done: done, total: 9, unit: "steps", detail: "900 MB  round 1 of 2",
        seconds: 1,
        view: view(["loss"], image: false))
    }
    line.show(report(1))
    #expect(screen.take().hasPrefix("\rstep 1 of 9  "))
    line.show(report(2))
    let again = screen.take()
    #expect(again.hasPrefix("\r\u{1B}[1A") && again.hasSuffix("\u{1B}[K\u{1B}[J"))
    // A line of other work within does not disturb it.
    line.show(
      Progress.Report(title: "x", done: 1, total: 2, unit: "y", detail: "", seconds: 1))
    #expect(screen.take() == "")
    // The first of the two rows takes two now.
    screen.width = 40
    line.show(report(3))
    #expect(screen.take().hasPrefix("\r\u{1B}[2A"))
    line.show(nil)
    #expect(screen.take() == "\r\n")
    line.erase()
    #expect(screen.take() == "")
    // In a window that became too small there is a line.
    line.show(report(4))
    _ = screen.take()
    screen.rows = 7
    line.show(report(5))
    #expect(screen.take().hasPrefix("\r\u{1B}[1A\u{1B}[J\rstep 5 of 9  "))
    line.show(nil)
    #expect(screen.take() == "\r\u{1B}[K")
  }

  /// What is written, and the size of the window.
  private final class TestScreen: @unchecked Sendable {
    private var text = ""
    var width = 80
    var rows = 24
    var room: LiveView.Room { LiveView.Room(columns: width, rows: rows) }
    func add(_ more: String) { text += more }
    func take() -> String {
      defer { text = "" }
      return text
    }
  }
}
