// SPDX-License-Identifier: MIT
internal import CHengeGIF
public import HengeBackend

/// A film as a GIF file, by giflib: frames of one size, each with at most 256 colors of its own.
///
/// The file depends on the frames and times alone.
public final class GIFWriter {
  private let size: PictureSize
  private let budget: MemoryBudget
  private let output = Output()
  private var film: OpaquePointer?
  /// The time of all frames so far, in hundredths of a second.
  private var (time, shown) = (0.0, 0)

  /// The bytes that giflib wrote.
  private final class Output {
    var bytes: [UInt8] = []
  }

  /// A film of frames of `size`, which is shown again and again, or once.
  ///
  /// Throws `E-range` for sides that a GIF cannot have, and `E-file` where giflib is missing.
  public init(size: PictureSize, loops: Bool, budget: MemoryBudget) throws {
    guard (1...65_535).contains(size.height), (1...65_535).contains(size.width) else {
      throw Failure(
        "E-range", "a GIF cannot be \(size.height)x\(size.width): each side is 1 to 65535")
    }
    (self.size, self.budget) = (size, budget)
    try check(
      henge_gif_begin(
        Int32(size.width), Int32(size.height), loops,
        { context, bytes, count in
          guard let context else { return false }
          Unmanaged<Output>.fromOpaque(context).takeUnretainedValue().bytes
            .append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
          return true
        }, Unmanaged.passUnretained(output).toOpaque(), &film))
  }

  deinit { if let film { _ = henge_gif_end(film, false) } }

  /// Adds a frame that is shown for `seconds`; times are rounded so that the whole film is not longer or
  /// shorter than their sum by more than a hundredth.
  ///
  /// Throws `E-memory`, and errors of the budget's interrupt.
  public func add(_ frame: Pixels, seconds: Double) throws {
    precondition(
      frame.height == size.height && frame.width == size.width, "frames have the film's size")
    guard let film else { return }
    time += seconds * 100
    let hundredths = min(65_535, max(1, Int(time.rounded()) - shown))
    shown += hundredths
    var palette = try Palette(frame.converted(to: .rgb, budget: budget), budget: budget)
    let count = Int32(palette.count)
    try palette.indices.withUnsafeMutableBufferPointer { indices in
      try check(
        henge_gif_frame(
          film, indices.baseAddress, palette.colours, count, Int32(hundredths)))
    }
  }

  /// Ends the film: the last bytes can be taken.
  public func finish() throws {
    guard let film else { return }
    self.film = nil
    try check(henge_gif_end(film, true))
  }

  /// The next bytes of the file, which the writer forgets.
  public func takeBytes() -> [UInt8] {
    defer { output.bytes.removeAll(keepingCapacity: true) }
    return output.bytes
  }

  private func check(_ reason: UnsafePointer<CChar>?) throws {
    guard let reason else { return }
    throw Failure("E-file", "a GIF: \(String(cString: reason))")
  }
}
