// SPDX-License-Identifier: MIT
import CHengeZip
import HengeBackend

/// The members of a zip archive in memory, read with libzip.
///
/// The sizes in an archive are compared with what its bytes could unpack to and with the memory
/// budget before anything is allocated, so a zip bomb is refused by its header.
struct ZipReader: ~Copyable {
  /// One member, before its bytes are read.
  struct Member {
    let index: UInt64
    let name: String
    /// Unpacked bytes, as the archive claims.
    let size: Int
  }

  private let archive: OpaquePointer
  private let path: String
  private let budget: MemoryBudget
  let members: [Member]

  /// Deflate cannot make more than 1,032 bytes of one.
  private static let largestRatio = 1032
  /// More members than any file of weights has.
  private static let longestDirectory = 65_535

  /// Opens the archive in `bytes`, which must outlive `body`, and hands over its reader.
  static func open<Result>(
    _ bytes: ArraySlice<UInt8>, path: String, budget: MemoryBudget,
    _ body: (borrowing ZipReader) throws -> Result
  ) throws -> Result {
    try bytes.withUnsafeBytes { buffer in
      guard mostMembers(buffer) <= ZipReader.longestDirectory else {
        throw Failure.file(path, "it says it has more than 65,535 members")
      }
      // libzip keeps a record for each member, and each takes at least 46 bytes of the archive.
      let entries = min(buffer.count / 46, ZipReader.longestDirectory)
      let directory = try Reservation(
        entries * 512, of: budget, for: "the list of members of \(quotedPath(path))")
      defer { withExtendedLifetime(directory) {} }
      return try body(ZipReader(buffer, path: path, budget: budget))
    }
  }

  private init(
    _ buffer: UnsafeRawBufferPointer, path: String, budget: MemoryBudget
  ) throws {
    try openZip()
    var error = zip_error_t()
    libzip.error_init(&error)
    defer { libzip.error_fini(&error) }
    guard
      let source = libzip.source_buffer_create(buffer.baseAddress, UInt64(buffer.count), 0, &error)
    else { throw Failure.badArchive(path, text(of: libzip.error_strerror(&error))) }
    guard let archive = libzip.open_from_source(source, ZIP_RDONLY, &error) else {
      libzip.source_free(source)
      throw Failure.badArchive(path, text(of: libzip.error_strerror(&error)))
    }
    do {
      members = try ZipReader.members(of: archive, path: path)
    } catch {
      libzip.discard(archive)
      throw error
    }
    self.archive = archive
    self.path = path
    self.budget = budget
  }

  deinit { libzip.discard(archive) }

  /// The largest number of members that a 64-bit end-of-directory record in `bytes` claims.
  ///
  /// Only such a record can claim more than 65,535; it is found as libzip finds it, from its
  /// locator right before any ordinary end record in the last 64 kB.
  private static func mostMembers(_ bytes: UnsafeRawBufferPointer) -> Int {
    func isRecord(_ kind: UInt8, _ next: UInt8, at offset: Int) -> Bool {
      bytes[offset] == 0x50 && bytes[offset + 1] == 0x4B && bytes[offset + 2] == kind
        && bytes[offset + 3] == next
    }
    var most = 0
    let last = bytes.count - 22
    for end in max(20, last - 65_536)..<max(20, last + 1) where isRecord(5, 6, at: end) {
      guard isRecord(6, 7, at: end - 20) else { continue }
      let field = bytes.loadUnaligned(fromByteOffset: end - 12, as: UInt64.self)
      guard let offset = Int(exactly: field), offset < bytes.count - 40,
        isRecord(6, 6, at: offset)
      else { continue }
      let count = bytes.loadUnaligned(fromByteOffset: offset + 32, as: UInt64.self)
      most = max(most, Int(clamping: count))
    }
    return most
  }

  private static func members(of archive: OpaquePointer, path: String) throws -> [Member] {
    var names: Set<String> = []
    return try (0..<UInt64(max(0, libzip.get_num_entries(archive, 0)))).map { index in
      var status = zip_stat_t()
      libzip.stat_init(&status)
      guard libzip.stat_index(archive, index, 0, &status) == 0, let text = status.name else {
        throw Failure.badArchive(path, "member \(index) has no readable entry")
      }
      let name = String(cString: text)
      guard !name.isEmpty, !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
        throw Failure.badArchive(path, "member \(index) has no readable name")
      }
      guard names.insert(name).inserted else {
        throw Failure.badArchive(path, "two members have the name \"\(shortened(name))\"")
      }
      try check(status, name: name, path: path)
      return Member(index: index, name: name, size: Int(status.size))
    }
  }

  private static func check(_ status: zip_stat_t, name: String, path: String) throws {
    guard status.encryption_method == UInt16(ZIP_EM_NONE) else {
      throw Failure.file(
        path, "its member \"\(shortened(name))\" is encrypted",
        suggestion: "unpack it and zip it again without a password")
    }
    guard [ZIP_CM_STORE, ZIP_CM_DEFLATE].contains(Int32(status.comp_method)) else {
      throw Failure.file(
        path,
        "its member \"\(shortened(name))\" is packed by method \(status.comp_method); "
          + "stored (0) and deflated (8) members are read",
        suggestion: "zip it again with deflate, or np.savez_compressed")
    }
    let packed = Int(clamping: status.comp_size)
    let most =
      Int32(status.comp_method) == ZIP_CM_STORE
      ? packed : packed.multipliedReportingOverflow(by: largestRatio).partialValue
    guard packed < Int.max / largestRatio, status.size <= UInt64(most) else {
      throw Failure.badArchive(
        path,
        "\"\(shortened(name))\" says it unpacks to \(formatBytes(Int(clamping: status.size))), "
          + "more than its \(formatBytes(packed)) can contain")
    }
  }

  /// The unpacked bytes of `member`, checked by its CRC; the caller has reserved `member.size`.
  func bytes(of member: Member) throws -> [UInt8] {
    guard let file = libzip.fopen_index(archive, member.index, 0) else {
      throw Failure.badArchive(
        path, "\"\(shortened(member.name))\": \(text(of: libzip.strerror(archive)))")
    }
    defer { _ = libzip.fclose(file) }
    var isExact = true
    let bytes = try [UInt8](unsafeUninitializedCapacity: member.size) { buffer, count in
      while count < member.size, isExact {
        try budget.checkStop()
        let got = libzip.fread(
          file, buffer.baseAddress.map { $0 + count }, UInt64(min(member.size - count, 1 << 20)))
        isExact = got > 0
        count += Int(max(0, got))
      }
    }
    // Only a read past the end compares the CRC.
    var extra: UInt8 = 0
    guard isExact, libzip.fread(file, &extra, 1) == 0 else {
      throw Failure.badArchive(
        path, "\"\(shortened(member.name))\" does not unpack to what it says")
    }
    return bytes
  }
}

extension Failure {
  /// A zip archive whose structure or contents are damaged.
  static func badArchive(_ path: String, _ reason: String) -> Failure {
    .file(path, "the zip archive is damaged: \(reason)", suggestion: "copy or write the file again")
  }
}
