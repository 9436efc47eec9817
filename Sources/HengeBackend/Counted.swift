// SPDX-License-Identifier: MIT

/// `count` of `noun`: `1 row`, `2 rows`.
public func counted(_ count: Int, _ noun: String) -> String {
  count == 1 ? "1 \(noun)" : "\(count) \(plural(noun))"
}

/// `items` of `item`, `batches` of `batch`.
public func plural(_ noun: String) -> String { noun.hasSuffix("ch") ? noun + "es" : noun + "s" }
