// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage

extension LandmarkTable {
  /// The columns of CSV files that name images, in the order in which they are looked for.
  private static let fileColumns = [
    "file", "path", "filename", "file_name", "image", "image_id", "image_path", "name", "column1",
  ]

  /// A row for each image: a column of names, and two for each point, such as `left_eye_x`.
  static func csv(_ bytes: [UInt8], path: String, budget: MemoryBudget) throws -> [Row] {
    let table = try CSVTable(decoding: bytes[...], path: path, budget: budget)
    let names = table.columns.map(\.name)
    guard
      let name = fileColumns.first(where: { name in names.contains { $0.lowercased() == name } }),
      let files = table.columns.first(where: { $0.name.lowercased() == name })
    else {
      throw Failure.file(
        path, "no column names the images",
        notes: ["its columns: \(names.prefix(20).joined(separator: ", "))"],
        suggestion: "a column called `file`")
    }
    let columns = try LandmarkColumns(names.map { LandmarkNames.column($0) }, path: path)
    guard !columns.isEmpty else {
      throw Failure.file(
        path, "no columns are points",
        notes: ["its columns: \(names.prefix(20).joined(separator: ", "))"],
        suggestion: "columns such as `left_eye_x` and `left_eye_y`")
    }
    let numbers = try table.columns.map { try self.numbers(of: $0, path: path) }
    return try (0..<table.rowCount).map { row in
      let place = "row \(row + 1)"
      let file: String =
        switch files.cells {
        case .integers(let cells): String(cells[row])
        case .numbers(let cells): "\(cells[row])"
        case .texts(let cells): cells[row]
        }
      return Row(
        file: file, marks: try columns.marks(numbers.map { $0[row] }, path: path, place: place),
        place: place)
    }
  }

  /// The cells of a column; NaN in one that is no point's and has no numbers.
  private static func numbers(of column: CSVTable.Column, path: String) throws -> [Double] {
    switch column.cells {
    case .integers(let cells): return cells.map(Double.init)
    case .numbers(let cells): return cells
    case .texts(let cells):
      guard LandmarkNames.column(column.name) != nil else {
        return [Double](repeating: .nan, count: cells.count)
      }
      return try cells.enumerated().map { row, cell in
        guard let number = cell.isEmpty ? .nan : Double(cell) else {
          throw Failure.file(
            path,
            "row \(row + 1): \(quotedPath(cell)) in column \(quotedPath(column.name)) is not a number"
          )
        }
        return number
      }
    }
  }

  /// An object of images by file, or a list of objects with a `file`; points are `[x, y]`, and objects
  /// inside belong to the names around them: `eye.6`.
  static func json(_ bytes: [UInt8], path: String) throws -> [Row] {
    let document: JSON
    do { document = try JSON(parsing: bytes) } catch let mistake {
      let line = 1 + bytes.prefix(mistake.offset).count { $0 == 10 }
      throw Failure.file(path, "line \(line) is not JSON: \(mistake.reason)")
    }
    switch document {
    case .object(let members):
      return try members.map { try row($0.name, $0.value, place: quotedPath($0.name), path: path) }
    case .array(let items):
      return try items.enumerated().map { index, item in
        let place = "image \(index + 1)"
        guard case .object(let members) = item else {
          throw Failure.file(path, "\(place) is not an object")
        }
        let name = members.first { fileColumns.contains($0.name.lowercased()) }
        guard let name, case .string(let file) = name.value else {
          throw Failure.file(
            path, "\(place) does not say of which file it is",
            suggestion: "{\"file\": \"a.png\", \"nose\": [12, 20]}")
        }
        let rest = members.filter { $0.name != name.name }
        return try row(file, .object(rest), place: place, path: path)
      }
    default: throw Failure.file(path, "is JSON, but neither an object nor a list of images")
    }
  }

  private static func row(
    _ file: String, _ value: JSON, place: String, path: String
  ) throws -> Row {
    var marks: [Landmark] = []
    try collect(value, name: "", into: &marks, place: place, path: path)
    var seen: Set<String> = []
    if let twice = marks.first(where: { !seen.insert($0.name).inserted }) {
      throw Failure.file(path, "\(place): the point \(quotedPath(twice.name)) is there twice")
    }
    addEyes(&marks)
    return Row(file: file, marks: marks, place: place)
  }

  private static func collect(
    _ value: JSON, name: String, into marks: inout [Landmark], place: String, path: String
  ) throws {
    func number(_ value: JSON) -> Double? {
      switch value {
      case .integer(let integer): Double(integer)
      case .number(let number): number
      default: nil
      }
    }
    switch value {
    case .object(let members):
      for member in members {
        try collect(
          member.value, name: name.isEmpty ? member.name : "\(name).\(member.name)", into: &marks,
          place: place, path: path)
      }
    case .array(let items)
    where items.count == 2 && !name.isEmpty && items.allSatisfy { number($0) != nil }:
      marks.append(
        try landmark(
          LandmarkNames.own(name), number(items[0]) ?? .nan, number(items[1]) ?? .nan, path: path,
          place: place))
    case .null where !name.isEmpty: break
    default:
      throw Failure.file(
        path, "\(place): \(name.isEmpty ? "it" : quotedPath(name)) is not a point [x, y]")
    }
  }

  /// The middles of the eyes of faces with six points on each: 6 and 12.
  private static func addEyes(_ marks: inout [Landmark]) {
    let names = Set(marks.map(\.name))
    guard (1...12).allSatisfy({ names.contains("eye.\($0)") }), !names.contains("eye.left"),
      !names.contains("eye.right")
    else { return }
    for (own, other) in [("eye.left", "eye.6"), ("eye.right", "eye.12")] {
      if let mark = marks.first(where: { $0.name == other }) {
        marks.append(Landmark(own, x: mark.x, y: mark.y))
      }
    }
  }
}
