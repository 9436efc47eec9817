// SPDX-License-Identifier: MIT
public import HengeBackend
import HengeFiles
public import HengeImage

/// Named points of images, by the names of their files: what a file of landmarks contains.
///
/// Read from CelebA's list, a CSV file or a JSON file; what the file is, its content decides.
public struct LandmarkTable: Sendable {
  /// The points of one image.
  public struct Row: Sendable {
    /// The image's file as the table names it, maybe with folders.
    public let file: String
    /// Its points in pixels of that file, as it is stored.
    public var marks: [Landmark]
    /// Where it is in the table: `line 3`.
    public let place: String
  }

  /// The file that it was read from.
  public let path: String
  /// The images in the order of the file.
  public private(set) var rows: [Row] = []
  /// What users should know of the file.
  public private(set) var remarks: [String] = []

  /// Reads the file at `path`; throws `E-file` with the place, or `E-memory`.
  public init(reading path: String, budget: MemoryBudget) throws {
    try self.init(decoding: readRegularFile(path, budget: budget), path: path, budget: budget)
  }

  /// Reads the bytes of a file, which messages name `path`; throws `E-file` with the place, `E-memory`.
  public init(decoding bytes: [UInt8], path: String, budget: MemoryBudget) throws {
    self.path = path
    let first = bytes.first { !" \t\r\n".utf8.contains($0) }
    let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    let needed = isJSON ? bytes.count * JSON.memoryPerByte : LandmarkTable.memory(ofText: bytes)
    try budget.reserve(needed, for: "reading the landmarks \(quotedPath(path))")
    defer { budget.release(needed) }
    if isJSON {
      rows = try LandmarkTable.json(bytes, path: path)
    } else if let list = CelebAList(bytes, path: path) {
      rows = try list.rows()
      if list.count != rows.count {
        remarks.append(
          "\(quotedPath(path)) says that it has \(counted(list.count, "row")), and has \(rows.count)"
        )
      }
    } else {
      rows = try LandmarkTable.csv(bytes, path: path, budget: budget)
    }
    guard !rows.isEmpty else { throw Failure.file(path, "has no landmarks in it") }
  }

  /// Bytes of memory that the rows of a text take: for each line its row with two names, and for each
  /// word or cell its number, a copy, and half a point.
  static func memory(ofText bytes: [UInt8]) -> Int {
    var (lines, cells, words) = (1, 0, 0)
    var isBetween = true
    for byte in bytes {
      let isSpace = byte == 32 || byte == 9 || byte == 10 || byte == 13
      if byte == 10 { lines += 1 }
      if byte == UInt8(ascii: ",") || byte == 10 { cells += 1 }
      if isBetween, !isSpace { words += 1 }
      isBetween = isSpace
    }
    return lines * 192 + max(cells, words) * 32
  }

  /// A point of a row, which must be finite.
  static func landmark(
    _ name: String, _ x: Double, _ y: Double, path: String, place: String
  ) throws -> Landmark {
    guard x.isFinite, y.isFinite, abs(x) < 1e9, abs(y) < 1e9 else {
      throw Failure.file(
        path, "\(place): the point \(quoted(name)) is (\(x), \(y)), not in an image")
    }
    return Landmark(name, x: x, y: y)
  }

  /// A name of a file as messages show it.
  static func quoted(_ name: String) -> String { quotedPath(name) }
}
