// SPDX-License-Identifier: MIT
import Glibc
import HengeThreads
import Synchronization
import Testing

@testable import HengeShell

@Suite struct ProgressTests {
  /// What was written, from whatever thread.
  private final class Lines: Sendable {
    private let text = Mutex("")
    func add(_ more: String) { text.withLock { $0 += more } }
    var all: String { text.withLock { $0 } }
  }

  private func report(_ seconds: Double, done: Int = 437) -> Progress.Report {
    Progress.Report(
      title: "step", done: done, total: 1000, unit: "updates", detail: "loss 0.1", seconds: seconds)
  }

  @Test func `a line says rate, time left and losses`() {
    #expect(
      ProgressLine.text(report(10))
        == "step 437 of 1000 updates  43.7/s  0:13 left  loss 0.1")
    #expect(ProgressLine.text(report(43_700)).contains("under 0.1/s  15:38:20 left") == true)
  }

  @Test func `on a terminal the line is drawn in place and taken away`() {
    let lines = Lines()
    let line = ProgressLine(isTerminal: true) { lines.add($0) }
    line.show(report(1))
    line.erase()
    line.erase()
    #expect(lines.all.hasPrefix("\rstep 437 of 1000"))
    #expect(lines.all.hasSuffix("loss 0.1\u{1B}[K\r\u{1B}[K"))
  }

  @Test func `a line longer than the window is cut to it, so that it is drawn again in place`() {
    let lines = Lines()
    let line = ProgressLine(
      isTerminal: true, write: { lines.add($0) }, room: { LiveView.Room(columns: 40, rows: 24) })
    line.show(report(10))
    line.show(report(10))
    let drawn = "\rstep 437 of 1000 updates  43.7/s  0:1…\u{1B}[K"
    #expect(lines.all == drawn + drawn)
  }

  @Test func `in a pipe there is a line every ten seconds`() {
    let lines = Lines()
    let line = ProgressLine(isTerminal: false) { lines.add($0) }
    for tenths in 5..<250 { line.show(report(Double(tenths) / 10)) }
    line.show(nil)
    #expect(lines.all.split(separator: "\n").count == 2)
  }

  @Test func `short work shows nothing, and inner work does not disturb the outer count`() {
    let shown = Mutex<[Progress.Report?]>([])
    let progress = Progress { report in shown.withLock { $0.append(report) } }
    progress.track("outer", total: 3, unit: "things") { outer in
      outer.reach(1)
      progress.track("inner", total: 9, unit: "parts") { $0.advance(by: 9) }
      outer.reach(2)
    }
    #expect(shown.withLock { $0.isEmpty })
  }

  @Test func `the end of short inner work leaves the line of the outer work`() {
    let shown = Mutex<[Progress.Report?]>([])
    let progress = Progress { report in shown.withLock { $0.append(report) } }
    progress.track("outer", total: 3, unit: "things") { outer in
      usleep(510_000)
      outer.reach(1)
      progress.track("inner", total: 9, unit: "parts") { $0.advance(by: 9) }
      #expect(shown.withLock { $0.map { $0?.title } } == ["outer"])
    }
    #expect(shown.withLock { $0.map { $0?.title } } == ["outer", nil])
  }

  @Test func `rounds of a loop are drawn one in the place of the other, the loop itself between`() {
    let shown = Mutex<[Progress.Report?]>([])
    let progress = Progress { report in shown.withLock { $0.append(report) } }
    var seen: [String] { shown.withLock { $0.map { $0.map { $0.title + $0.detail } ?? "end" } } }
    progress.beginLoops()
    usleep(510_000)
    // Each round is short, but all of them are not.
    for round in 1...3 {
      progress.track("step", total: 3, unit: "steps") { $0.reach(round) { " \(round)" } }
      #expect(seen.last == "step \(round)")
      usleep(110_000)
    }
    progress.reachLoops { "round 3 of 3" }
    #expect(seen == ["step 1", "step 2", "step 3", "round 3 of 3"])
    // Work within shows itself instead.
    progress.track("step", total: 3, unit: "steps") { _ in progress.reachLoops { "round" } }
    progress.endLoops()
    #expect(seen.last == "end" && seen.count == 5)
    progress.endLoops()
    progress.reachLoops { "round" }
    #expect(seen.count == 5, "nothing is shown outside of loops")
  }

  @Test func `what is shown last says no time that is left`() {
    let last = Progress.Report(
      title: "step", done: 437, total: 1000, unit: "steps", detail: "8 MB", seconds: 10,
      isLast: true)
    #expect(ProgressLine.text(last) == "step 437 of 1000  43.7/s  8 MB")
  }
}
