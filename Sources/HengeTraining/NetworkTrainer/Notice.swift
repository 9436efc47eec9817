// SPDX-License-Identifier: MIT

/// Something of a step that its reader should know although training continues.
public struct Notice: Equatable, Sendable {
  /// What is so, with the values.
  public let message: String
  /// What follows from it, and what to try.
  public let advice: String

  /// Keeps both.
  init(_ message: String, _ advice: String) {
    self.message = message
    self.advice = advice
  }
}
