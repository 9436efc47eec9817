// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage

/// What some steps of a trainer will take.
final class EstimateObject: Object, HasPlainMembers, Displayed {
  private let step: Double
  private let count: Int
  private let bytes: Int

  /// The estimate of `count` steps of `step` seconds, each of which needs `bytes` at most.
  init(step: Double, count: Int, bytes: Int) {
    (self.step, self.count, self.bytes) = (step, count, bytes)
  }

  override class var kind: String { "estimate" }
  override var brief: String { text }
  var text: String { "\(durationText(step * Double(count))), \(formatBytes(bytes))" }

  var memberNames: [String] { ["step", "seconds", "bytes"] }
  func member(_ name: String) -> Value? { plainMember(name) }

  func plainMember(_ name: String) -> Value? {
    switch name {
    case "step": .num(step)
    case "seconds": .num(step * Double(count))
    case "bytes": .int(bytes)
    default: nil
    }
  }

  func displays(width: Int) -> [Display] { [.text(text)] }
}
