// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend

/// The files beside a model that contain its weights: PyTorch writes `x.onnx.data` beside `x.onnx`.
///
/// A model names them, so they are read from its own folder only, and no name or link leads out of it.
struct ONNXExternalData {
  private let model: String
  /// The paths of the files that were found, without links, by their names in the model.
  private var found: [String: String] = [:]

  init(model path: String) { model = path }

  /// The `count` bytes at a place, and what keeps them counted in `budget`.
  ///
  /// `words` name the tensor. Throws `E-file`, and `E-memory` before anything is read.
  mutating func read(
    _ place: [(key: String, value: String)], count: Int, of words: String, path: String,
    budget: MemoryBudget
  ) throws -> (bytes: ArraySlice<UInt8>, owner: Reservation) {
    func entry(_ key: String) -> String? { place.last { $0.key == key }?.value }
    func damaged(_ reason: String) -> Failure { .file(path, "its \(words) \(reason)") }
    guard let name = entry("location") else { throw damaged("does not say which file it is in") }
    func number(_ key: String) throws -> Int? {
      guard let text = entry(key) else { return nil }
      guard let value = Int(text), value >= 0 else {
        throw damaged("is at the \(key) \(shortened(text)) of \(quotedPath(shortened(name)))")
      }
      return value
    }
    let offset = try number("offset") ?? 0
    guard try number("length") ?? count == count else {
      throw damaged(
        "has \(formatBytes(count)) by its sizes, and \(try number("length") ?? 0) bytes in \(quotedPath(shortened(name)))"
      )
    }
    let file = try RegularFile(try resolved(name, words))
    guard offset <= file.size, count <= file.size - offset else {
      throw damaged(
        "is bytes \(offset) to \(offset.addingReportingOverflow(count).partialValue) of \(quotedPath(name)), which has \(file.size)"
      )
    }
    let owner = try Reservation(count, of: budget, for: "\(words) in \(quotedPath(name))")
    let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let whole = UnsafeMutableRawBufferPointer(buffer)
      let portion = 4 << 20
      while filled < count {
        try budget.checkStop()
        let part = filled..<min(count, filled + portion)
        try file.read(
          into: UnsafeMutableRawBufferPointer(rebasing: whole[part]), at: offset + filled)
        filled = part.upperBound
      }
    }
    return (bytes[...], owner)
  }

  /// The path of the file that the model calls `name`, without links.
  private mutating func resolved(_ name: String, _ words: String) throws -> String {
    if let path = found[name] { return path }
    func refused(_ reason: String) -> Failure {
      .file(
        model,
        "its \(words) is in \(quotedPath(shortened(name))), \(reason): weights are read from the model's own folder only",
        suggestion: "copy the file into that folder, or export the network with its weights inside")
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(where: { $0.isEmpty || $0 == ".." }), !name.contains("\0") else {
      throw refused("which is a path out of it")
    }
    let folder = model.contains("/") ? String(model.prefix(through: lastSlash(model))) : "./"
    // Says of a missing file that it is missing.
    _ = try RegularFile(folder + name)
    guard let own = real(folder), let path = real(folder + name),
      path.hasPrefix(own == "/" ? "/" : own + "/")
    else { throw refused("a link that leads out of it") }
    found[name] = path
    return path
  }

  private func lastSlash(_ path: String) -> String.Index {
    path.lastIndex(of: "/") ?? path.startIndex
  }

  private func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
