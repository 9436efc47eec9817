// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
public import HengeTensor

/// An item as its source has it.
enum Item {
  /// Bytes `[H, W, C]`, black 0 and white 255.
  case picture(Pixels)
  /// Numbers `[C, H, W]` of `f32` in the dataset's range.
  case tensor(Tensor)

  /// `[C, H, W]`.
  func shape() throws -> Shape {
    switch self {
    case .picture(let pixels): try Shape([pixels.channels, pixels.height, pixels.width])
    case .tensor(let tensor): tensor.shape
    }
  }
}

extension Source {
  /// The items at `indices`; images are decoded in parallel.
  func items(_ indices: [Int], _ loader: PictureLoader) throws -> [Item] {
    switch self {
    case .pictures(let source): try loader.pictures(indices, of: source).map { .picture($0) }
    case .tensors(let source): try source.items(indices)
    }
  }
}

extension Dataset {
  /// The places of a pass over all items, in blocks of a few megabytes; cut by the data alone.
  var blocks: [Range<Int>] {
    let length = shape.map { min(1024, max(1, 8_000_000 / max(1, $0.count))) } ?? 32
    return stride(from: 0, to: count, by: length).map { $0..<min(count, $0 + length) }
  }

  /// The sources of the items at `places`, in their order, and which items each has to return: for
  /// the n-th place the index within the source.
  func bySource(
    _ places: some Collection<Int>
  ) -> [(source: Source, wanted: [(place: Int, index: Int)])] {
    var wanted: [UInt32: [(place: Int, index: Int)]] = [:]
    for (place, index) in places.enumerated() {
      wanted[entries[index].source, default: []].append((place, Int(entries[index].index)))
    }
    return wanted.sorted { $0.key < $1.key }.map { (sources[Int($0.key)], $0.value) }
  }

  /// The items at `places`, which must exist; images are decoded in parallel.
  func items(_ places: some Collection<Int>) throws -> [Item] {
    var found = [Item?](repeating: nil, count: places.count)
    for (source, wanted) in bySource(places) {
      let indices = wanted.map(\.index)
      for ((place, _), item) in zip(wanted, try source.items(indices, loader)) {
        found[place] = item
      }
    }
    return found.compactMap { $0 }
  }

  /// Decodes the images of the items in `places` in parallel and keeps them, as far as the
  /// cache has room; functions are not called.
  ///
  /// Throws `E-index` and what a bad image throws.
  public func prepare(_ places: Range<Int>) throws {
    try check(places)
    let length = blocks.first?.count ?? 1
    for start in stride(from: places.lowerBound, to: places.upperBound, by: length) {
      let block = start..<min(places.upperBound, start + length)
      for (source, wanted) in bySource(block) {
        let indices = wanted.map(\.index)
        switch source {
        case .pictures(let source): _ = try loader.pictures(indices, of: source)
        case .tensors(let source): try source.prepare(indices)
        }
      }
    }
  }

  /// The image of item `index`, `[C, H, W]` of `f32` in the dataset's range; negative indices count
  /// from the end.
  ///
  /// Throws `E-index`, `E-file` for an image that cannot be read, `E-memory`, and what a function of
  /// the dataset throws.
  public func image(_ index: Int) throws -> Tensor {
    let place = try checkedIndex(index, count: count, of: "dataset")
    return try images(place..<place + 1)[0]
  }

  /// The images `[C, H, W]` of the items in `places`, each in its own size, decoded in parallel.
  ///
  /// Throws what ``image(_:)`` throws.
  public func images(_ places: Range<Int>) throws -> [Tensor] {
    try check(places)
    return try items(places).map { item in
      switch item {
      case .picture(let pixels): try tensor(of: [pixels]).selecting([.at(0)])
      case .tensor(let tensor): tensor
      }
    }
  }

  /// All images, `[N, C, H, W]`; throws `E-shape`, naming two items, where sizes differ.
  public func tensor() throws -> Tensor { try tensor(0..<count) }

  /// The images of the items in `places`, `[N, C, H, W]`; throws `E-shape` where sizes differ.
  ///
  /// Memory for all is asked for before any is decoded, where the shape is known.
  public func tensor(_ places: Range<Int>) throws -> Tensor {
    try check(places)
    guard let first = places.first else { throw Failure.emptyDataset("the tensor") }
    // The result of a function for the first is reused: the function may draw random numbers or print.
    let head = shape == nil ? try items(first..<first + 1)[0] : nil
    let one = try shape ?? head?.shape() ?? learnedShape()
    let whole = try Shape([places.count] + one.sizes)
    return try Tensor(bytesOf: .f32, whole, on: loader.backend) { bytes in
      for block in self.blocks(in: places, of: one) {
        let known = block.lowerBound == first ? head.map { [$0] } ?? [] : []
        let items = try known + self.items(block.dropFirst(known.count))
        try self.checkSameShapes(items, block, as: (first, one))
        let part = try self.stacked(items)
        let start = (block.lowerBound - places.lowerBound) * one.count * 4
        try part.withBytes {
          UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: $0)
        }
      }
    }
  }

  /// The bytes of the items in `places`, `u8` `[N, H, W, C]`; throws `E-shape` where sizes differ.
  ///
  /// Items that are numbers are rounded to the nearest byte of the range.
  public func bytes(_ places: Range<Int>) throws -> Tensor {
    try check(places)
    let pictures = try pictures(places)
    guard let first = pictures.first else { throw Failure.emptyDataset("the bytes") }
    try checkSameShapes(
      pictures.map { .picture($0) }, places, as: (places.lowerBound, Item.picture(first).shape()))
    return try packed(pictures)
  }

  /// The images of the items at `places`, without further channels; numbers are rounded to the nearest
  /// byte of the range.
  func pictures(_ places: some Collection<Int>) throws -> [Pixels] {
    try items(places).map { item in
      switch item {
      case .picture(let pixels): return pixels
      case .tensor(let tensor):
        return try picture(of: tensor)
      }
    }
  }

  /// The picture that an image shows, in the nearest bytes of the range: its first group of channels,
  /// or the first three of more than a picture has.
  private func picture(of image: Tensor) throws -> Pixels {
    let own = min(channelGroups?.picture.count ?? image.shape[0], image.shape[0])
    let channels = own > 4 ? 3 : own
    let part = try image.selecting([.slice(start: 0, stop: channels, step: nil)])
    let (bytes, _) = try part.pixels(low: Float(range.low), high: Float(range.high))
    return Pixels(
      height: image.shape[1], width: image.shape[2], channels: channels, bytes: bytes)
  }

  /// Items of one shape as `[N, C, H, W]`.
  func stacked(_ items: [Item]) throws -> Tensor {
    let pictures = items.compactMap { item -> Pixels? in
      if case .picture(let pixels) = item { pixels } else { nil }
    }
    if pictures.count == items.count { return try tensor(of: pictures) }
    return try Tensor.stacked(
      items.map { item in
        switch item {
        case .picture(let pixels): try tensor(of: [pixels]).selecting([.at(0)])
        case .tensor(let tensor): tensor
        }
      })
  }

  /// Images of one shape as `[N, C, H, W]` in the dataset's range.
  func tensor(of pictures: [Pixels]) throws -> Tensor {
    try packed(pictures).planes(low: Float(range.low), high: Float(range.high))
  }

  /// Images of one shape as `u8` `[N, H, W, C]`.
  func packed(_ pictures: [Pixels]) throws -> Tensor {
    let first = pictures[0]
    let shape = try Shape([pictures.count, first.height, first.width, first.channels])
    return try Tensor(bytesOf: .u8, shape, on: loader.backend) { bytes in
      for (place, pixels) in pictures.enumerated() {
        let start = place * pixels.bytes.count
        pixels.bytes.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + $0.count])
            .copyMemory(from: $0)
        }
      }
    }
  }

  /// Throws `E-shape`, naming two items, unless all `items` at `places` have the model's shape.
  func checkSameShapes(
    _ items: [Item], _ places: some Collection<Int>, as model: (place: Int, shape: Shape)
  ) throws {
    for (place, item) in zip(places, items) {
      let shape = try item.shape()
      guard shape != model.shape else { continue }
      throw Failure.shapesDiffer(
        (try name(of: model.place), model.shape), (try name(of: place), shape))
    }
  }

  private func blocks(in places: Range<Int>, of one: Shape) -> [Range<Int>] {
    let length = min(1024, max(1, 8_000_000 / max(1, one.count)))
    return stride(from: places.lowerBound, to: places.upperBound, by: length).map {
      $0..<min(places.upperBound, $0 + length)
    }
  }

  private func check(_ places: Range<Int>) throws {
    guard places.lowerBound >= 0, places.upperBound <= count else {
      throw Failure(
        "E-index", "there are no items \(places) in this dataset: it has \(count)")
    }
  }
}
