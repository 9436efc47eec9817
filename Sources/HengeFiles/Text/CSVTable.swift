// SPDX-License-Identifier: MIT
import HengeBackend

/// A table of named columns, as in a CSV file.
public struct CSVTable: Sendable, Equatable {
  /// The columns, all of one length, in the order of the file.
  public var columns: [Column]

  /// One column.
  public struct Column: Sendable, Equatable {
    /// The name in the header row.
    public let name: String
    /// The cells below it.
    public let cells: Cells

    /// Puts a name over `cells`.
    public init(_ name: String, _ cells: Cells) {
      self.name = name
      self.cells = cells
    }
  }

  /// The cells of a column, all of one kind.
  public enum Cells: Sendable, Equatable {
    /// Whole numbers.
    case integers([Int])
    /// Numbers; a NaN for an empty cell.
    case numbers([Double])
    /// Texts.
    case texts([String])

    /// The number of cells.
    public var count: Int {
      switch self {
      case .integers(let cells): cells.count
      case .numbers(let cells): cells.count
      case .texts(let cells): cells.count
      }
    }
  }

  /// A table of `columns`, which must have the same length.
  public init(columns: [Column]) {
    let lengths = Set(columns.map(\.cells.count))
    precondition(lengths.count <= 1, "the columns of a table are of one length")
    self.columns = columns
  }

  /// The number of rows below the header.
  public var rowCount: Int { columns.first?.cells.count ?? 0 }

  /// The cells of the column called `name`, if there is one.
  public subscript(name: String) -> Cells? { columns.first { $0.name == name }?.cells }
}
