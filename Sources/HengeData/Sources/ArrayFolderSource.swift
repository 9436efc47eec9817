// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage
import HengeTensor

/// The arrays of a folder, an image in each `.npy` file.
///
/// Only the headers are read when it is made; the numbers are read whenever an item is asked for.
final class ArrayFolderSource: TensorSource {
  let title: String
  let range: ImageRange
  let shape: Shape?
  let channelGroups: ChannelGroups?
  private let folder: String
  private let paths: [String]
  private let layout: ArrayLayout
  /// What the channels of the files are, where that was said.
  private let channels: ArrayChannels?
  private let loader: PictureLoader
  private let names: Reservation
  private let fileDigests = FileDigests()

  /// Whether the files have a plane of the angle.
  var hasAngle: Bool { channels?.hasAngle ?? false }
  var isComputed: Bool { false }
  var count: Int { paths.count }

  /// Throws `E-file` where there are none, and `E-shape`, naming the file, for an array that is no
  /// image or has other channels than the first.
  init(
    _ folder: String, layout: ArrayLayout?, channels text: String?, range: ImageRange, limit: Int?,
    loader: PictureLoader
  ) throws {
    let listing = try FolderListing(
      folder, endings: ["npy"], recursive: false, budget: loader.budget,
      interrupt: loader.interrupt)
    guard !listing.paths.isEmpty else { throw Failure.noArrays(folder, listing) }
    let paths = limit.map { Array(listing.paths.prefix($0)) } ?? listing.paths
    let outlines = try loader.map(paths.count) { try Npy.outline("\(folder)/\(paths[$0])") }
    // With their names, the channels are where there are as many.
    let layout =
      layout
      ?? (text != nil && outlines.first.map { ArrayLayout.looksLast($0.shape.sizes) } ?? false
        ? .nhwc : nil)
    let own = layout ?? .nchw
    let shapes = try zip(paths, outlines).map { path, outline in
      try ArrayFolderSource.check(
        outline.shape, outline.type, "\(folder)/\(path)", layout)
      return try own.imageShape(outline.shape)
    }
    if let place = shapes.firstIndex(where: { $0[0] != shapes[0][0] }) {
      throw Failure(
        "E-shape", "the images of a dataset must have the same channels; these differ",
        notes: [
          "\(quotedPath("\(folder)/\(paths[0])")) is \(shapes[0])",
          "\(quotedPath("\(folder)/\(paths[place])")) is \(shapes[place])",
        ], parameter: "x")
    }
    if let place = outlines.firstIndex(where: { ($0.type == .u8) != (outlines[0].type == .u8) }) {
      throw Failure(
        "E-type",
        "\(quotedPath("\(folder)/\(paths[place])")) is \(outlines[place].type.rawValue) and the first file \(outlines[0].type.rawValue)",
        notes: [
          "u8 values 0 to 255 are scaled to black and white; other types are used as they are"
        ],
        parameter: "x")
    }
    title = "dataset(\(quotedPath(folder)))"
    self.range = range
    self.folder = folder
    self.paths = paths
    self.layout = own
    self.loader = loader
    names = listing.reservation
    let channels = try text.map { try ArrayChannels($0, count: shapes[0][0]) }
    self.channels = channels
    channelGroups =
      channels?.kept ?? .array(count: shapes[0][0], isBytes: outlines[0].type == .u8)
    let count = channels?.kept.count ?? shapes[0][0]
    shape =
      shapes.allSatisfy { $0 == shapes[0] }
      ? try Shape([count, shapes[0][1], shapes[0][2]]) : nil
  }

  private static func check(
    _ shape: Shape, _ type: StoredType, _ path: String, _ layout: ArrayLayout?
  ) throws {
    guard (2...3).contains(shape.rank), shape.count > 0 else {
      throw Failure(
        "E-shape",
        "\(quotedPath(path)) is \(shape), but each file of a folder must contain one image",
        notes: ["an image is CxHxW, HxWxC with layout=\"nhwc\", or HxW"],
        suggestion: shape.rank == 4
          ? "dataset(\(quotedPath(path))) for the images of one file" : nil,
        parameter: "x")
    }
    if layout == nil, shape.rank == 3, ArrayLayout.looksLast(shape.sizes) {
      throw Failure.channelsLast(shape, of: quotedPath(path))
    }
    guard type == .u8 || [.f16, .bf16, .f32, .f64].contains(type) else {
      throw Failure(
        "E-type", "\(quotedPath(path)) is \(type.rawValue); images must be u8 or floats",
        suggestion:
          "x.astype(\"uint8\") or x.astype(\"float32\"), in the program that writes the files",
        parameter: "x")
    }
  }

  func file(of index: Int) -> String? { "\(folder)/\(paths[index])" }

  /// The angle is read with the image.
  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?) {
    guard channels?.hasAngle ?? false else { return (Annotation(), nil) }
    let (image, angle) = try named([index])[0]
    return (Annotation(angle: angle), image)
  }

  func items(_ indices: [Int]) throws -> [Item] {
    guard channels?.changesValues ?? false else { return try stored(indices).map(item) }
    return try named(indices).map { .tensor($0.image) }
  }

  /// The images whose channels were named, and their angles.
  private func named(_ indices: [Int]) throws -> [(image: Tensor, angle: Double?)] {
    try zip(indices, stored(indices)).map { index, image in
      guard let channels else { return (image, nil) }
      let path = "\(folder)/\(paths[index])"
      guard image.shape[0] == channels.groups.count else {
        throw Failure.file(path, "is \(image.shape) now, which has other channels")
      }
      let (own, angle) = try channels.split(image, range: range) { quotedPath(path) }
      guard own.type == .u8 else { return (try own.cast(to: .f32).whole(), angle) }
      let bytes = try own.permuted([1, 2, 0]).contiguous()
      return (try bytes.planes(low: Float(range.low), high: Float(range.high)), angle)
    }
  }

  /// An image as it is kept: bytes where it has them.
  private func item(_ image: Tensor) throws -> Item {
    if let picture = try Pixels(bytesOf: image) { return .picture(picture) }
    guard image.type == .u8 else { return .tensor(try image.cast(to: .f32).whole()) }
    let bytes = try image.permuted([1, 2, 0]).contiguous()
    return .tensor(try bytes.planes(low: Float(range.low), high: Float(range.high)))
  }

  /// The images in the files, `[C, H, W]`.
  private func stored(_ indices: [Int]) throws -> [Tensor] {
    let arrays = try loader.map(indices.count) { place in
      let index = indices[place]
      let path = "\(folder)/\(paths[index])"
      let bytes = try readRegularFile(path, budget: loader.budget)
      try fileDigests.check(bytes, index, path: path)
      return try Npy.decode(bytes[...], path: path, budget: loader.budget)
    }
    return try zip(indices, arrays).map { index, array in
      let path = "\(folder)/\(paths[index])"
      let tensor = try Tensor(bytesOf: array.elementType, array.shape, on: loader.backend) {
        bytes in
        array.bytes.withUnsafeBytes { bytes.copyMemory(from: $0) }
      }
      guard (2...3).contains(tensor.rank), tensor.count > 0 else {
        throw Failure.file(path, "is \(tensor.shape) now, which is not an image")
      }
      return try layout.image(tensor)
    }
  }
}

extension ArrayFolderSource {
  /// Of the file's bytes, and of how they are laid out.
  func digests(_ indices: [Int]) throws -> [[UInt8]]? {
    try loader.map(indices.count) { place in
      let index = indices[place]
      let hash = try SHA256()
      try hash.update(Array("array \(layout.rawValue)\n".utf8)[...])
      if let channels { try hash.update(Array("\(channels.text)\n".utf8)[...]) }
      try hash.update(
        fileDigests.digest(index, path: "\(folder)/\(paths[index])", budget: loader.budget)[...])
      return try hash.digest()
    }
  }
}

extension Pixels {
  /// The image of bytes `[C, H, W]`; nil for numbers, and for more channels than one has.
  init?(bytesOf image: Tensor) throws {
    guard image.type == .u8, (1...4).contains(image.shape[0]) else { return nil }
    self.init(
      height: image.shape[1], width: image.shape[2], channels: image.shape[0],
      bytes: try image.permuted([1, 2, 0]).bytes())
  }
}

extension Dataset {
  /// The `.npy` files of `folder` in the bytewise order of their names, an image in each: `[C, H, W]`,
  /// `[H, W]` for gray, or `[H, W, C]` where `layout` says so.
  ///
  /// `channels` names what they contain, as ``ArrayChannels`` reads it. Throws `E-file`, `E-shape` and
  /// `E-type`, naming a file.
  public static func arrays(
    _ folder: String, layout: ArrayLayout?, channels: String? = nil, range: ImageRange, limit: Int?,
    loader: PictureLoader
  ) throws -> Dataset {
    if let limit, limit < 1 { throw Failure.badCount("limit", limit, least: 1) }
    let source = try ArrayFolderSource(
      folder, layout: layout, channels: channels, range: range, limit: limit, loader: loader)
    let images = try Dataset(.tensors(source), loader: loader)
    guard source.hasAngle else { return images }
    return try Failure.renaming([nil: "channels", "A": "channels"]) {
      try images.withAngle(.constant)
    }
  }
}
