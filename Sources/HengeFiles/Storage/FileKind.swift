// SPDX-License-Identifier: MIT
public import HengeBackend

/// The kind of a file, detected from its first bytes: names may be wrong, so `load` uses the
/// contents.
public enum FileKind: Sendable, Equatable {
  /// An image, of a format that is read or not.
  case picture(PictureFormat)
  /// One numpy array.
  case npy
  /// A zip archive: `.npz`, or PyTorch's `.pth` since 1.6.
  case zip
  /// Named arrays with a JSON header; henge's own format.
  case safetensors
  /// HDF5: Keras's `.h5`.
  case hdf5
  /// A Python pickle: PyTorch's `.pth` before 1.6.
  case pickle
  /// Readable text: CSV, JSON, a script.
  case text
  /// Any other file.
  case unknown

  /// The kind of a file that begins with `bytes`; 4,096 of them are enough.
  public static func detect(_ bytes: some RandomAccessCollection<UInt8>) -> FileKind {
    let head = Array(bytes.prefix(4096))
    if let format = PictureFormat(of: head) { return .picture(format) }
    for (kind, mark) in marks where head.starts(with: mark) { return kind }
    if isSafetensors(head) { return .safetensors }
    // A pickle of protocol 2 to 5: what torch.save and pickle.dump write.
    if head.count > 2, head[0] == 0x80, (2...5).contains(head[1]) { return .pickle }
    return isText(head, isWhole: head.count == bytes.count) ? .text : .unknown
  }

  private static let marks: [(FileKind, [UInt8])] = [
    (.npy, [0x93] + Array("NUMPY".utf8)),
    (.zip, Array("PK".utf8) + [3, 4]),
    (.zip, Array("PK".utf8) + [5, 6]),
    (.hdf5, [0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A]),
  ]

  private static func isSafetensors(_ head: [UInt8]) -> Bool {
    guard head.count >= 10, head[8] == UInt8(ascii: "{") else { return false }
    return littleEndian(head[..<8]) <= UInt64(Safetensors.longestHeader)
  }

  private static func isText(_ head: [UInt8], isWhole: Bool) -> Bool {
    guard !head.isEmpty else { return false }
    let controls = head.contains { $0 < 32 && ![9, 10, 12, 13].contains($0) }
    guard !controls else { return false }
    // The 4,096th byte may fall inside a character: up to three bytes may be missing.
    let shortest = isWhole ? head.count : max(1, head.count - 3)
    return (shortest...head.count).contains {
      String(validating: head[..<$0], as: UTF8.self) != nil
    }
  }

  /// The kind in words, with its article.
  var words: String {
    switch self {
    case .picture(let format): format.words
    case .npy: "a .npy array"
    case .zip: "a zip archive"
    case .safetensors: "a safetensors file"
    case .hdf5: "an HDF5 file"
    case .pickle: "a Python pickle"
    case .text: "text"
    case .unknown: "something unknown"
    }
  }
}

/// The number `bytes` (at most eight) spell, least significant first.
func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
