// SPDX-License-Identifier: MIT

/// What a trainer is made of.
public enum DataForm: String, Sendable {
  /// Two datasets that are not paired, or that the trainer pairs itself.
  case sets
  /// Pairs of images.
  case pairs
  /// One dataset, paired with itself.
  case one
}
