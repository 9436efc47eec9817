// SPDX-License-Identifier: MIT
extension Table.Cell: CustomStringConvertible {
  /// The cell as a table shows it: numbers with six digits, texts on one line.
  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): sixDigits(value)
    case .text(let value): String(value.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }
  }
}
