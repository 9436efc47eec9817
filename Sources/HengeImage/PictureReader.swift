// SPDX-License-Identifier: MIT
public import HengeBackend

/// Reads image files; what a file is, its first bytes decide, not its name.
///
/// It keeps the weights of the last resizing, so one reader should read many files. It belongs to
/// one thread: each worker has its own. All errors name the file.
public final class PictureReader {
  private let budget: MemoryBudget
  private let remark: (_ name: String, PictureRemark) -> Void
  private var plans = ResizePlans()

  /// A reader that reserves memory from `budget` before it allocates, and calls `remark` with
  /// notes.
  public init(
    budget: MemoryBudget, remark: @escaping (_ name: String, PictureRemark) -> Void = { _, _ in }
  ) {
    self.budget = budget
    self.remark = remark
  }

  /// The properties of the image at `path`; throws `E-file` or `E-memory`.
  public func header(_ path: String) throws -> PictureHeader {
    try header(of: try readRegularFile(path, budget: budget), name: path)
  }

  /// The properties of the image in `bytes`, a whole file called `name`; throws `E-file` or
  /// `E-memory`.
  public func header(of bytes: [UInt8], name: String) throws -> PictureHeader {
    let file = PictureFile(name: name, bytes: bytes, budget: budget)
    var header = try file.codec().header()
    if header.format != .tiff { header.orientation = file.orientation }
    return header
  }

  /// The image at `path`, with the channels its file has; throws `E-file` or `E-memory`.
  public func read(_ path: String, upright: Bool = false) throws -> Pixels {
    try decode(try readRegularFile(path, budget: budget), name: path, upright: upright)
  }

  /// The image that `bytes`, a whole file called `name`, contain; throws `E-file` or `E-memory`.
  public func decode(_ bytes: [UInt8], name: String, upright: Bool = false) throws -> Pixels {
    switch try contents(of: bytes, name: name, upright: upright, wantsColors: true) {
    case .pixels(let pixels): return pixels
    case .bands(let bands): throw Failure.noColors(name, bands)
    }
  }

  /// The contents of `bytes`, a whole file called `name`, whether or not they are an image of
  /// colors.
  ///
  /// With `upright` the file's orientation is applied. Throws `E-file` or `E-memory`.
  public func contents(
    of bytes: [UInt8], name: String, upright: Bool
  ) throws -> PictureContents {
    try contents(of: bytes, name: name, upright: upright, wantsColors: false)
  }

  private func contents(
    of bytes: [UInt8], name: String, upright: Bool, wantsColors: Bool
  ) throws -> PictureContents {
    let file = PictureFile(name: name, bytes: bytes, budget: budget, wantsColors: wantsColors)
    var remarks: [PictureRemark] = []
    let contents = try file.codec().contents(&remarks)
    let orientation = file.orientation
    if orientation != 1 && !upright {
      remarks.append(
        PictureRemark(
          kind: .orientation, words: "is stored rotated (EXIF orientation \(orientation))"))
    }
    for one in remarks { remark(name, one) }
    guard orientation != 1, upright, case .pixels(let pixels) = contents else { return contents }
    return .pixels(try pixels.turned(from: orientation, budget: budget))
  }

  /// The image at `path` in the size, fit and channels of `format`.
  public func read(_ path: String, as format: PictureLayout) throws -> Pixels {
    try decode(try readRegularFile(path, budget: budget), name: path, as: format)
  }

  /// The image that `bytes`, a whole file called `name`, contain, or one half of it, in the size, fit
  /// and channels of `format`.
  public func decode(
    _ bytes: [UInt8], name: String, half: PictureHalf? = nil, as format: PictureLayout
  ) throws -> Pixels {
    var pixels = try decode(bytes, name: name, upright: format.upright)
    if let half { pixels = try pixels.half(half, name: name, budget: budget) }
    return try pixels.laidOut(as: format, plans: &plans, budget: budget)
  }
}

/// A file to be decoded.
struct PictureFile {
  let name: String
  let bytes: [UInt8]
  let budget: MemoryBudget
  /// Whether bands that are no colors are left out, where there are colors.
  var wantsColors = true

  /// Whether to continue; codecs check it between rows.
  var goesOn: Bool { (try? budget.checkStop()) != nil }
}

/// What reads the files of one format.
protocol PictureCodec {
  init(_ file: PictureFile)
  /// The properties of the file, except its orientation.
  func header() throws -> PictureHeader
  /// Its first image; what its user should know is added to `remarks`.
  func contents(_ remarks: inout [PictureRemark]) throws -> PictureContents
}

extension PictureFile {
  /// What reads this file; throws `E-file` for one of no format that is read.
  func codec() throws -> any PictureCodec {
    let format = PictureFormat(of: bytes)
    return switch format {
    case .png: PNGCodec(self)
    case .jpeg: JPEGCodec(self)
    case .webp: WebPCodec(self)
    case .tiff: TIFFCodec(self)
    case .bmp: BMPCodec(self)
    case .pnm: PNMCodec(self)
    // Every format is named here, so that the compiler asks for the codec of a new one.
    case .gif, .heic, .avif, .jpeg2000, .jpegXL, .cameraRaw, .photoshop, .icon, .svg, .pam,
      .openEXR, .radiance, .dds, nil:
      throw Failure.notAPicture(name, bytes, format)
    }
  }

  /// The EXIF orientation that the file names, 1 where it names none.
  ///
  /// A TIFF's own orientation is part of how its rows are stored, and always followed.
  var orientation: Int {
    switch PictureFormat(of: bytes) {
    case .png: ExifOrientation.ofPNG(bytes)
    case .jpeg: ExifOrientation.ofJPEG(bytes)
    case .webp: ExifOrientation.ofWebP(bytes)
    default: 1
    }
  }

  /// Runs `body` with `bytes` of memory granted.
  func reserving<Result>(_ bytes: Int, _ body: () throws -> Result) throws -> Result {
    try budget.reserve(bytes, for: "decoding \(quotedPath(name))")
    defer { budget.release(bytes) }
    return try body()
  }

  /// Checks `height` x `width` from the file; throws `E-file` for impossible sizes.
  func checkSides(height: Int, width: Int, _ format: PictureFormat) throws {
    guard height > 0, width > 0 else {
      throw Failure.damaged(name, format, "it says that it has no pixels")
    }
    guard max(height, width) <= Pixels.longestSide else {
      throw Failure.damaged(
        name, format,
        "it says it is \(height)x\(width); each side is at most \(Pixels.longestSide)")
    }
  }
}

/// Lets C check a budget's interrupt while `body` runs.
func withGoesOn<Result>(
  _ budget: MemoryBudget,
  _ body: (_ goesOn: @convention(c) (UnsafeMutableRawPointer?) -> Bool, UnsafeMutableRawPointer)
    throws -> Result
) rethrows -> Result {
  try withExtendedLifetime(budget) {
    try body(
      { context in
        guard let context else { return true }
        let budget = Unmanaged<MemoryBudget>.fromOpaque(context).takeUnretainedValue()
        return (try? budget.checkStop()) != nil
      }, Unmanaged.passUnretained(budget).toOpaque())
  }
}

/// A C array of characters as text.
func cText<Characters>(_ characters: Characters) -> String {
  withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
