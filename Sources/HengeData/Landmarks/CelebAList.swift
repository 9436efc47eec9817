// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage

/// CelebA's `list_landmarks_align_celeba.txt`: a number of rows, the names of columns, and rows of a
/// file and numbers, separated by spaces.
struct CelebAList {
  /// The number of rows, as the first line says.
  let count: Int
  private let path: String
  private let lines: [ArraySlice<UInt8>]
  private let columns: [(point: String, isX: Bool)]

  /// Nil for a text that does not begin like one.
  init?(_ bytes: [UInt8], path: String) {
    lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    self.path = path
    guard lines.count > 1, let count = Int(CelebAList.text(lines[0])), count >= 0 else {
      return nil
    }
    self.count = count
    let names = CelebAList.words(lines[1])
    columns = names.compactMap { LandmarkNames.column($0) }
    guard columns.count >= 2, columns.count == names.count else { return nil }
  }

  private static func words(_ line: ArraySlice<UInt8>) -> [String] {
    line.split { $0 == 32 || $0 == 9 || $0 == 13 }.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func text(_ line: ArraySlice<UInt8>) -> String {
    words(line).joined(separator: " ")
  }

  func rows() throws -> [LandmarkTable.Row] {
    let points = try LandmarkColumns(columns.map { Optional($0) }, path: path)
    var rows: [LandmarkTable.Row] = []
    for (index, line) in lines.enumerated().dropFirst(2) {
      let words = CelebAList.words(line)
      if words.isEmpty { continue }
      let place = "line \(index + 1)"
      guard words.count == columns.count + 1 else {
        throw Failure.file(
          path,
          "\(place) has \(counted(words.count, "word")); a file and \(columns.count) numbers are \(columns.count + 1)"
        )
      }
      let numbers = try words.dropFirst().map { word in
        guard let number = Double(word) else {
          throw Failure.file(path, "\(place): \(quotedPath(word)) is not a number")
        }
        return number
      }
      rows.append(
        LandmarkTable.Row(
          file: words[0], marks: try points.marks(numbers, path: path, place: place), place: place))
    }
    return rows
  }
}

/// Which columns of numbers are the x and y of which point.
struct LandmarkColumns {
  private let points: [(name: String, x: Int, y: Int)]

  /// Throws `E-file` where a point lacks one of its axes or has it twice.
  init(_ columns: [(point: String, isX: Bool)?], path: String) throws {
    var order: [String] = []
    var places: [String: (x: Int?, y: Int?)] = [:]
    for (index, column) in columns.enumerated() {
      guard let column else { continue }
      if places[column.point] == nil { order.append(column.point) }
      var place = places[column.point] ?? (nil, nil)
      guard (column.isX ? place.x : place.y) == nil else {
        throw Failure.file(
          path, "two columns are the \(column.isX ? "x" : "y") of \(quotedPath(column.point))")
      }
      if column.isX { place.x = index } else { place.y = index }
      places[column.point] = place
    }
    points = try order.map { name in
      guard let x = places[name]?.x, let y = places[name]?.y else {
        throw Failure.file(
          path,
          "the point \(quotedPath(name)) has \(places[name]?.x == nil ? "a y and no x" : "an x and no y")"
        )
      }
      return (name, x, y)
    }
  }

  /// Whether no column is a point's.
  var isEmpty: Bool { points.isEmpty }

  /// The points of a row; none where all numbers are missing (NaN).
  func marks(_ numbers: [Double], path: String, place: String) throws -> [Landmark] {
    if points.allSatisfy({ numbers[$0.x].isNaN && numbers[$0.y].isNaN }) { return [] }
    return try points.map {
      try LandmarkTable.landmark($0.name, numbers[$0.x], numbers[$0.y], path: path, place: place)
    }
  }
}
