// SPDX-License-Identifier: MIT
public import HengeBackend

/// Reads PNG and JPEG files; what a file is, its first bytes decide, not its name.
///
/// It keeps a decoder and the weights of the last resizing, so one reader should read many files.
/// It belongs to one thread: each worker has its own. All errors name the file.
public final class PictureReader {
  private let budget: MemoryBudget
  private let jpeg = JPEGDecoder()
  private var plans = ResizePlans()

  /// A reader that asks `budget` before it allocates.
  public init(budget: MemoryBudget) { self.budget = budget }

  /// What the picture at `path` says of itself; throws `E-file` or `E-memory`.
  public func header(_ path: String) throws -> PictureHeader {
    let bytes = try readRegularFile(path, budget: budget)
    return switch PictureFormat(of: bytes) {
    case .png: try PNG.header(bytes, name: path)
    case .jpeg: try jpeg.header(bytes, name: path)
    case nil: throw Failure.notAPicture(path, bytes)
    }
  }

  /// The picture at `path`, with the channels its file has; throws `E-file` or `E-memory`.
  public func read(_ path: String) throws -> Pixels {
    try decode(try readRegularFile(path, budget: budget), name: path)
  }

  /// The picture that `bytes`, a whole file called `name`, hold; throws `E-file` or `E-memory`.
  public func decode(_ bytes: [UInt8], name: String) throws -> Pixels {
    switch PictureFormat(of: bytes) {
    case .png: try PNG.decode(bytes, name: name, budget: budget)
    case .jpeg: try jpeg.decode(bytes, name: name, budget: budget)
    case nil: throw Failure.notAPicture(name, bytes)
    }
  }

  /// The picture at `path` in the size, fit and channels of `format`.
  public func read(_ path: String, as format: PictureLayout) throws -> Pixels {
    try decode(try readRegularFile(path, budget: budget), name: path, as: format)
  }

  /// The picture that `bytes`, a whole file called `name`, hold, in the size, fit and channels of
  /// `format`.
  public func decode(_ bytes: [UInt8], name: String, as format: PictureLayout) throws -> Pixels {
    let pixels = try decode(bytes, name: name)
    return try pixels.laidOut(as: format, plans: &plans, budget: budget)
  }
}
