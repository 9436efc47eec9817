// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend

/// A file of events that TensorBoard reads while it grows.
///
/// A record is its length (u64), the masked check value of the length, the message, and that of the
/// message, all little-endian (the records of TFRecord files). Each is written in one call to the
/// system, so that a reader finds it as soon as it is made, and a process that is killed leaves only
/// whole records before the last.
public struct EventFile {
  /// Its absolute path.
  public let path: String

  /// Begins a new file in `folder`, which must exist, for events from `step` on.
  ///
  /// The name begins with the time, because TensorBoard reads the files of a folder in the order of their
  /// names. Throws `E-file` where it cannot be written.
  public init(in folder: String, from step: Int) throws {
    var status = stat()
    if stat(folder, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
      throw Failure.file(
        folder, "is a file, and TensorBoard reads folders", suggestion: "another name")
    }
    let seconds = Int(EventFile.now)
    for number in 0..<10_000 {
      let name = "\(folder)/events.out.tfevents.\(seconds).henge.\(getpid()).\(number)"
      let descriptor = retried { open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
      if descriptor < 0, errno == EEXIST { continue }
      guard descriptor >= 0 else { throw Failure.unwritable(folder, in: folder, code: errno) }
      close(descriptor)
      path = name
      try append([
        BoardEvent(step: 0, .version), BoardEvent(step: step, .start),
      ])
      return
    }
    throw Failure.unwritable(folder, in: folder, code: EEXIST)
  }

  /// Adds events at the end; throws `E-file`, for example when the disk is full, and then none of the
  /// record that failed remains.
  public func append(_ events: [BoardEvent]) throws {
    let folder = folderPart(of: path)
    let descriptor = retried { open(path, O_WRONLY | O_APPEND | O_CLOEXEC) }
    guard descriptor >= 0 else { throw Failure.unwritable(path, in: folder, code: errno) }
    defer { close(descriptor) }
    for event in events {
      let before = lseek(descriptor, 0, SEEK_END)
      do { try append(event, to: descriptor) } catch {
        // Readers stop at half a record for ever, so none remains; there is no room for an error here.
        _ = ftruncate(descriptor, before)
        throw error
      }
    }
  }

  private func append(_ event: BoardEvent, to descriptor: Int32) throws {
    let record = EventFile.record(event.message(at: EventFile.now).bytes)
    try record.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let written = write(descriptor, part.baseAddress, part.count)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else {
          throw Failure.unwritable(
            path, in: folderPart(of: path), code: written < 0 ? errno : ENOSPC)
        }
        rest = rest.dropFirst(written)
      }
    }
  }

  /// The record of a message.
  static func record(_ message: [UInt8]) -> [UInt8] {
    func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    let length = bytes(UInt64(message.count))
    return length + bytes(CRC32C.masked(length)) + message + bytes(CRC32C.masked(message))
  }

  /// Seconds since 1970, when an event is written; no value or hash depends on it.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
