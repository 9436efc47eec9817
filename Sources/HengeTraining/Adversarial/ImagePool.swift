// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

/// A pool of images that a generator made in earlier steps, so that a discriminator does not only see the latest.
///
/// [Shrivastava et al. 2017; Zhu et al. 2017] While it has room an image is stored and given back. When it is full, with probability ½ an image
/// takes the place of one drawn at random, which is given instead; otherwise it is given back itself.
struct ImagePool {
  /// The most images in it; with 0 every image is returned.
  let size: Int
  /// The contents of it, `[C, H, W]` each.
  private(set) var images: [Tensor] = []

  init(size: Int) { self.size = size }

  /// What happens to an image when the pool is full.
  enum Decision: Equatable {
    /// It is given back.
    case pass
    /// It takes this place.
    case swap(Int)
  }

  /// Draws what happens to an image; always two draws, so that the draws of a step are counted.
  static func decision(size: Int, from stream: inout RandomStream) -> Decision {
    let isSwapped = stream.uniform() > 0.5
    let place = stream.next(below: size)
    return isSwapped ? .swap(place) : .pass
  }

  /// What the discriminator is shown for the batch `fakes`, and the pool afterwards.
  func showing(_ fakes: Tensor, _ decisions: [Decision]) throws -> (batch: Tensor, after: ImagePool)
  {
    guard size > 0 else { return (fakes, self) }
    var after = self
    var shown: [Tensor] = []
    for (index, decision) in decisions.enumerated() {
      let fake = try fakes.selecting([.at(index)])
      if after.images.count < size {
        after.images.append(try Self.kept(fake))
        shown.append(fake)
      } else if case .swap(let place) = decision, after.images.indices.contains(place) {
        shown.append(after.images[place])
        after.images[place] = try Self.kept(fake)
      } else {
        shown.append(fake)
      }
    }
    return (try Tensor.stacked(shown), after)
  }

  /// A copy, which keeps nothing of the batch alive that the image was a part of.
  private static func kept(_ image: Tensor) throws -> Tensor {
    try Tensor.stacked([image]).reshaped(image.shape.sizes)
  }

  // MARK: State

  /// Its images, as `NAME.PLACE`.
  func state(_ name: String) -> [(name: String, tensor: Tensor)] {
    images.enumerated().map { ("\(name).\($0.offset)", $0.element) }
  }

  /// The pool in `state` under `name`.
  init(size: Int, _ name: String, from state: [(name: String, tensor: Tensor)]) {
    self.size = size
    let own = Self.places(of: name, in: state)
    images = own.map(\.tensor)
  }

  /// What is wrong with the pool in `state` under `name`, or nil.
  static func problem(
    _ name: String, in state: [(name: String, tensor: Tensor)], size: Int, shape: Shape
  ) -> String? {
    let own = places(of: name, in: state)
    guard own.map(\.place) == Array(0..<own.count), own.count <= size else {
      return "the images of `\(name)` do not count up to at most \(size)"
    }
    guard let odd = own.first(where: { $0.tensor.shape != shape || $0.tensor.type != .f32 }) else {
      return nil
    }
    return
      "`state.\(name).\(odd.place)` is \(odd.tensor.type.rawValue) \(odd.tensor.shape), not f32 \(shape)"
  }

  private static func places(
    of name: String, in state: [(name: String, tensor: Tensor)]
  ) -> [(place: Int, tensor: Tensor)] {
    state.compactMap { entry in
      guard entry.name.hasPrefix(name + "."),
        let place = Int(entry.name.dropFirst(name.utf8.count + 1))
      else { return nil }
      return (place, entry.tensor)
    }.sorted { $0.place < $1.place }
  }
}
