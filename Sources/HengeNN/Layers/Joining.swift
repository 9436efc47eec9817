// SPDX-License-Identifier: MIT
internal import HengeBackend

// Fusing: how a layer computes its neighbors in a sequence in its one
// operation, with the bits that they would return one after another. A layer says itself what it takes
// over (`Layer.takesOver`) and as what it can be taken over (`Layer.neighbor`).

/// What a layer can compute in its own operation.
struct TakesOver: OptionSet {
  let rawValue: Int
  /// The padding before it.
  static let padding = TakesOver(rawValue: 1)
  /// The activation after it.
  static let activation = TakesOver(rawValue: 2)
  /// The dropout after that activation.
  static let dropout = TakesOver(rawValue: 4)
}

/// A layer that its neighbor can compute.
enum Neighbor {
  case padding(Padding)
  case activation(Activation)
  case dropout(Dropout)
}

/// The layers that one computes in its own operation.
struct Neighbors {
  var padding: Padding?
  var activation = Activation.none
  var dropout: Dropout?

  /// Whether there are any.
  var isEmpty: Bool { padding == nil && activation == .none && dropout == nil }
}
