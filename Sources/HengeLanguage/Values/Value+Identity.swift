// SPDX-License-Identifier: MIT

extension Value {
  /// Whether the two cannot be distinguished; lists with equal elements may be reported as
  /// different.
  public func isIdentical(to other: Value) -> Bool {
    switch (self, other) {
    case (.none, .none): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.num(let a), .num(let b)): a.bitPattern == b.bitPattern
    case (.str(let a), .str(let b)): a === b
    case (.list(let a), .list(let b)): a === b
    case (.record(let a), .record(let b)): a === b
    case (.range(let a), .range(let b)): a === b
    case (.shape(let a), .shape(let b)): a === b
    case (.function(let a), .function(let b)): a === b
    case (.object(let a), .object(let b)): a === b
    default: false
    }
  }
}
