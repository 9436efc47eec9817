// SPDX-License-Identifier: MIT
import CHengeZip
import Glibc
import HengeBackend

/// A member of a zip archive that is to be written.
struct ZipMember {
  let name: String
  /// Its bytes, one part after the other.
  let parts: [ArraySlice<UInt8>]
  /// Whether it is deflated or stored.
  let isCompressed: Bool
  /// The bytes of no meaning between its header and its own: none, or at least 4.
  var padding = 0

  init(
    _ name: String, _ parts: [ArraySlice<UInt8>], isCompressed: Bool = false, padding: Int = 0
  ) {
    self.name = name
    self.parts = parts
    self.isCompressed = isCompressed
    self.padding = padding
  }
}

/// Writes a zip archive with libzip; the same members produce the same bytes.
struct ZipWriter: ~Copyable {
  private let archive: OpaquePointer
  private let output: ZipOutput
  /// Copies of the parts that are small.
  private var copies: [UnsafeMutableRawBufferPointer] = []
  private var isClosed = false

  /// 1 January 1980, the first day a zip can name: no time goes into a file.
  private static let firstDay: UInt16 = 1 << 5 | 1
  /// Parts of at least this size are read in place.
  private static let large = 1 << 20
  /// "FB", the extra field that PyTorch itself fills up with.
  private static let paddingField: UInt16 = 0x4246

  /// Writes `members` into `file`; the owner of `budget` may stop it.
  static func write(
    _ members: [ZipMember], into file: borrowing AtomicFile, budget: MemoryBudget
  ) throws {
    try write(members, into: ZipOutput(file, budget: budget), budget: budget)
  }

  /// The archive of `members`, as bytes; the owner of `budget` may stop it.
  static func archive(_ members: [ZipMember], budget: MemoryBudget) throws -> [UInt8] {
    let output = ZipOutput(budget: budget)
    try write(members, into: output, budget: budget)
    return output.bytes
  }

  private static func write(
    _ members: [ZipMember], into output: ZipOutput, budget: MemoryBudget
  ) throws {
    try openZip()
    let large = members.flatMap(\.parts).filter { $0.count >= ZipWriter.large }
    var lent: [UnsafeRawBufferPointer] = []
    try lend(large[...], &lent) { lent in
      var writer = try ZipWriter(into: output)
      var next = 0
      for member in members { try writer.add(member, lent, &next) }
      try budget.checkStop()
      try writer.finish(budget)
    }
  }

  /// Provides pointers to all `parts` at once, so that libzip can read them in place.
  ///
  /// Each takes a nested call: there are as many as large arrays fit into memory.
  private static func lend(
    _ parts: ArraySlice<ArraySlice<UInt8>>, _ lent: inout [UnsafeRawBufferPointer],
    _ body: ([UnsafeRawBufferPointer]) throws -> Void
  ) throws {
    guard let part = parts.first else { return try body(lent) }
    try part.withUnsafeBytes { bytes in
      lent.append(bytes)
      try lend(parts.dropFirst(), &lent, body)
    }
  }

  private init(into output: ZipOutput) throws {
    var error = zip_error_t()
    libzip.error_init(&error)
    defer { libzip.error_fini(&error) }
    let source = try output.source()
    guard let archive = libzip.open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error) else {
      libzip.source_free(source)
      throw Failure.unzippable(text(of: libzip.error_strerror(&error)))
    }
    self.archive = archive
    self.output = output
  }

  deinit {
    if !isClosed { libzip.discard(archive) }
    for copy in copies { copy.deallocate() }
  }

  private var reason: Failure { Failure.unzippable(text(of: libzip.strerror(archive))) }

  /// Adds `member`, whose large parts are those of `lent` from `next` on.
  private mutating func add(
    _ member: ZipMember, _ lent: [UnsafeRawBufferPointer], _ next: inout Int
  ) throws {
    var fragments: [zip_buffer_fragment_t] = []
    for part in member.parts where !part.isEmpty {
      let bytes: UnsafeRawBufferPointer
      if part.count >= ZipWriter.large {
        bytes = lent[next]
        next += 1
      } else {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: part.count, alignment: 1)
        part.withUnsafeBytes { copy.copyMemory(from: $0) }
        copies.append(copy)
        bytes = UnsafeRawBufferPointer(copy)
      }
      guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { continue }
      // libzip reads it only: a source that frees nothing changes nothing.
      fragments.append(
        zip_buffer_fragment_t(
          data: UnsafeMutablePointer(mutating: base), length: UInt64(part.count)))
    }
    let source =
      fragments.isEmpty
      ? libzip.source_buffer(archive, nil, 0, 0)
      : libzip.source_buffer_fragment(archive, fragments, UInt64(fragments.count), 0)
    guard let source else { throw reason }
    let added = libzip.file_add(archive, member.name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
    guard added >= 0 else {
      libzip.source_free(source)
      throw reason
    }
    let index = UInt64(added)
    let method = member.isCompressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE
    guard libzip.set_file_compression(archive, index, method, 6) == 0,
      libzip.file_set_dostime(archive, index, 0, ZipWriter.firstDay, 0) == 0
    else { throw reason }
    guard member.padding > 0 else { return }
    let zeros = [UInt8](repeating: 0, count: member.padding - 4)
    guard
      libzip.file_extra_field_set(
        archive, index, ZipWriter.paddingField, UInt16(ZIP_EXTRA_FIELD_NEW), zeros,
        UInt16(zeros.count), zip_flags_t(ZIP_FL_LOCAL)) == 0
    else { throw reason }
  }

  private mutating func finish(_ budget: MemoryBudget) throws {
    _ = libzip.register_cancel_callback_with_state(
      archive,
      { _, context in
        guard let context else { return 0 }
        let budget = Unmanaged<MemoryBudget>.fromOpaque(context).takeUnretainedValue()
        return (try? budget.checkStop()) == nil ? 1 : 0
      }, nil, Unmanaged.passUnretained(budget).toOpaque())
    isClosed = libzip.close(archive) == 0
    guard !isClosed else { return }
    try budget.checkStop()
    throw output.refusal ?? reason
  }
}

extension Failure {
  /// libzip refused to build an archive.
  static func unzippable(_ reason: String) -> Failure {
    Failure("E-file", "cannot make a zip archive: \(reason)")
  }
}
