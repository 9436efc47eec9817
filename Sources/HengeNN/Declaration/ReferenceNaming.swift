// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

/// The names of a network's weights in the program of its authors, as the architecture
/// declares them.
public struct ReferenceNaming: Sendable {
  /// A parameter's path here, and its name there.
  public typealias Pair = (own: String, reference: String)

  /// The names of all parameters of a network of this architecture.
  public let pairs: @Sendable (Layer) -> [Pair]
  /// The settings of the network that arrays of these names and shapes belong to; nil if they
  /// belong to none of this architecture.
  ///
  /// It may guess: whoever asks builds the network and compares all names and shapes.
  public let settings: @Sendable (_ shapes: [String: Shape]) -> [(String, Setting)]?
  /// What names and shapes leave open about a network that was recognized by them, as a sentence.
  public let guess: @Sendable (Layer) -> String?
  /// Arrays besides the parameters that the program saves: constants of its layers, of any shape.
  ///
  /// Throws `E-memory`.
  public let constants: @Sendable (Layer) throws -> [(name: String, value: Tensor)]

  /// Declares the names of an architecture, and how it is recognized by them and the arrays' shapes.
  public init(
    pairs: @escaping @Sendable (Layer) -> [Pair],
    settings: @escaping @Sendable (_ shapes: [String: Shape]) -> [(String, Setting)]?,
    guess: @escaping @Sendable (Layer) -> String? = { _ in nil },
    constants: @escaping @Sendable (Layer) throws -> [(name: String, value: Tensor)] = { _ in [] }
  ) {
    self.pairs = pairs
    self.settings = settings
    self.guess = guess
    self.constants = constants
  }
}
