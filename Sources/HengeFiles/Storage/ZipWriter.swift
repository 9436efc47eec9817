// SPDX-License-Identifier: MIT
import CLibZip
import Glibc
import HengeBackend

/// A zip archive built in memory through libzip; the same members give the same bytes.
struct ZipWriter: ~Copyable {
  private let archive: OpaquePointer
  private let output: OpaquePointer

  /// 1 January 1980, the first day a zip can name: no time goes into a file.
  private static let firstDay: UInt16 = 1 << 5 | 1

  /// The archive `body` fills, as bytes.
  ///
  /// The owner of `budget` may stop it.
  static func archive(
    budget: MemoryBudget, _ body: (borrowing ZipWriter) throws -> Void
  ) throws -> [UInt8] {
    let writer = try ZipWriter()
    try body(writer)
    try budget.checkStop()
    zip_register_cancel_callback_with_state(
      writer.archive,
      { _, context in
        guard let context else { return 0 }
        let budget = Unmanaged<MemoryBudget>.fromOpaque(context).takeUnretainedValue()
        return (try? budget.checkStop()) == nil ? 1 : 0
      }, nil, Unmanaged.passUnretained(budget).toOpaque())
    do { return try writer.finished() } catch {
      try budget.checkStop()
      throw error
    }
  }

  private init() throws {
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let output = zip_source_buffer_create(nil, 0, 0, &error) else {
      throw Failure.unzippable(String(cString: zip_error_strerror(&error)))
    }
    // One reference for the archive, which gives it up when closed, and one to read the result by.
    zip_source_keep(output)
    guard let archive = zip_open_from_source(output, ZIP_CREATE | ZIP_TRUNCATE, &error) else {
      zip_source_free(output)
      zip_source_free(output)
      throw Failure.unzippable(String(cString: zip_error_strerror(&error)))
    }
    self.archive = archive
    self.output = output
  }

  deinit {
    zip_discard(archive)
    zip_source_free(output)
  }

  /// Adds a member of `parts`, one after the other; deflated if `compressed`, else stored.
  ///
  /// `padding` bytes of no meaning (none, or at least 4) go between its header and its bytes.
  func add(
    _ name: String, _ parts: [ArraySlice<UInt8>], compressed: Bool, padding: Int = 0
  ) throws {
    let size = parts.reduce(0) { $0 + $1.count }
    guard let copy = malloc(max(1, size)) else { throw Failure.unzippable("no memory") }
    var offset = 0
    for part in parts {
      part.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { memcpy(copy + offset, base, bytes.count) }
      }
      offset += part.count
    }
    // The last argument hands the copy over: libzip frees it.
    guard let source = zip_source_buffer(archive, copy, UInt64(size), 1) else {
      free(copy)
      throw Failure.unzippable(String(cString: zip_strerror(archive)))
    }
    let index = zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      zip_source_free(source)
      throw Failure.unzippable(String(cString: zip_strerror(archive)))
    }
    let method = compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE
    guard zip_set_file_compression(archive, UInt64(index), method, 6) == 0,
      zip_file_set_dostime(archive, UInt64(index), 0, ZipWriter.firstDay, 0) == 0
    else { throw Failure.unzippable(String(cString: zip_strerror(archive))) }
    guard padding > 0 else { return }
    let zeros = [UInt8](repeating: 0, count: padding - 4)
    guard
      zip_file_extra_field_set(
        archive, UInt64(index), ZipWriter.paddingField, UInt16(ZIP_EXTRA_FIELD_NEW), zeros,
        UInt16(zeros.count), zip_flags_t(ZIP_FL_LOCAL)) == 0
    else { throw Failure.unzippable(String(cString: zip_strerror(archive))) }
  }

  /// "FB", the extra field that PyTorch itself fills up with.
  private static let paddingField: UInt16 = 0x4246

  private consuming func finished() throws -> [UInt8] {
    let (archive, output) = (archive, output)
    discard self
    defer { zip_source_free(output) }
    guard zip_close(archive) == 0 else {
      let reason = String(cString: zip_strerror(archive))
      zip_discard(archive)
      throw Failure.unzippable(reason)
    }
    var status = zip_stat_t()
    zip_stat_init(&status)
    guard zip_source_stat(output, &status) == 0, zip_source_open(output) == 0 else {
      throw Failure.unzippable("the result cannot be read")
    }
    defer { zip_source_close(output) }
    let size = Int(status.size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = zip_source_read(
          output, buffer.baseAddress.map { $0 + count }, UInt64(size - count))
        guard got > 0 else { break }
        count += Int(got)
      }
    }
    guard bytes.count == size else { throw Failure.unzippable("the result cannot be read") }
    return bytes
  }
}

extension Failure {
  /// libzip refused to build an archive.
  static func unzippable(_ reason: String) -> Failure {
    Failure("E-file", "cannot make a zip archive: \(reason)")
  }
}
