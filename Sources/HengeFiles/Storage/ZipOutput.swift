// SPDX-License-Identifier: MIT
import CHengeZip
import Glibc
import HengeBackend

/// The destination of a zip archive written by libzip: a file being written, or memory.
///
/// The bytes are passed on immediately, so an archive takes no memory besides its members.
final class ZipOutput {
  /// What was written, where that is memory.
  private(set) var bytes: [UInt8] = []
  /// Why libzip was refused something.
  private(set) var refusal: (any Error)?
  private let file: (descriptor: Int32, target: WriteTarget)?
  private let budget: MemoryBudget
  private var position = 0
  private var length = 0
  /// How much was written since the disk had all of it.
  private var waiting = 0
  private var error = zip_error_t()

  /// Writes into memory; the owner of `budget` may stop it.
  init(budget: MemoryBudget) {
    file = nil
    self.budget = budget
  }

  /// Writes into `file`, which must outlive it; the owner of `budget` may stop it.
  init(_ file: borrowing AtomicFile, budget: MemoryBudget) {
    self.file = (file.descriptor, file.target)
    self.budget = budget
  }

  /// The output as a source of libzip, which the output must outlive.
  func source() throws -> OpaquePointer {
    let source = libzip.source_function_create(
      { context, data, length, command in
        guard let context else { return -1 }
        return Unmanaged<ZipOutput>.fromOpaque(context).takeUnretainedValue()
          .answer(command, data, length)
      }, Unmanaged.passUnretained(self).toOpaque(), &error)
    guard let source else { throw Failure.unzippable(text(of: libzip.error_strerror(&error))) }
    return source
  }

  private static let supported: Int64 = [
    ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
    ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_BEGIN_WRITE,
    ZIP_SOURCE_COMMIT_WRITE, ZIP_SOURCE_ROLLBACK_WRITE, ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE,
    ZIP_SOURCE_TELL_WRITE, ZIP_SOURCE_REMOVE, ZIP_SOURCE_SUPPORTS,
  ].reduce(0) { $0 | 1 << Int64($1.rawValue) }

  private func answer(
    _ command: zip_source_cmd_t, _ data: UnsafeMutableRawPointer?, _ count: UInt64
  ) -> Int64 {
    switch command {
    case ZIP_SOURCE_SUPPORTS: return ZipOutput.supported
    case ZIP_SOURCE_STAT:
      guard let status = data?.assumingMemoryBound(to: zip_stat_t.self) else { return -1 }
      libzip.stat_init(status)
      status.pointee.valid = UInt64(ZIP_STAT_SIZE)
      status.pointee.size = UInt64(length)
      return Int64(MemoryLayout<zip_stat_t>.size)
    case ZIP_SOURCE_ERROR: return data.map { libzip.error_to_data(&error, $0, count) } ?? -1
    case ZIP_SOURCE_TELL_WRITE: return Int64(position)
    case ZIP_SOURCE_SEEK_WRITE:
      guard let data else { return -1 }
      let place = libzip.source_seek_compute_offset(
        UInt64(position), UInt64(length), data, count, &error)
      if place >= 0 { position = Int(place) }
      return place < 0 ? -1 : 0
    case ZIP_SOURCE_WRITE:
      do {
        try write(UnsafeRawBufferPointer(start: data, count: Int(count)))
        return Int64(count)
      } catch {
        refusal = error
        libzip.error_set(&self.error, ZIP_ER_WRITE, EIO)
        return -1
      }
    // There is nothing to be read, and whoever owns the file removes it.
    default: return 0
    }
  }

  private func write(_ part: UnsafeRawBufferPointer) throws {
    defer { length = max(length, position) }
    guard let file else {
      let old = min(part.count, bytes.count - position)
      bytes.replaceSubrange(position..<(position + old), with: part)
      position += part.count
      waiting += part.count
      if waiting >= AtomicFile.portion {
        waiting = 0
        try budget.checkStop()
      }
      return
    }
    var rest = part
    while !rest.isEmpty {
      let written = pwrite(file.descriptor, rest.baseAddress, rest.count, off_t(position))
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        throw file.target.unwritable(written < 0 ? errno : ENOSPC)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      position += written
      waiting += written
      guard waiting >= AtomicFile.portion else { continue }
      waiting = 0
      fdatasync(file.descriptor)
      try budget.checkStop()
    }
  }
}
