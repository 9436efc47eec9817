// SPDX-License-Identifier: MIT

/// What many programs came to.
public struct FuzzReport: Equatable, Sendable {
  /// How often each thing was counted: `programs`, `parsed`, `reached`, `error E-type`.
  public var counts: [String: Int] = [:]
  /// The cells of built-in x parameter x kind of value that were met, and operators x kinds.
  public var met: Set<String> = []
  /// The cells that there are.
  public var cells: Set<String> = []
  /// The kinds of values that built-ins are given.
  public var kinds: Set<String> = []
  /// What must not happen, with the program that did it: a crash, a hang, a session that is of no
  /// use any more, an error without words.
  public var faults: [String] = []
  /// Programs that took longer than two seconds.
  public var slow: [String] = []

  /// Nothing yet.
  public init() {}

  /// The cells that no program met.
  public var missing: [String] { cells.subtracting(met).sorted() }

  /// `part` of all programs, in percent.
  public func percent(_ part: String) -> Double {
    100 * Double(counts[part] ?? 0) / Double(max(1, counts["programs"] ?? 0))
  }

  mutating func count(_ name: String, _ times: Int = 1) { counts[name, default: 0] += times }

  /// Adds what another part of the run came to.
  mutating func add(_ other: FuzzReport) {
    counts.merge(other.counts, uniquingKeysWith: +)
    met.formUnion(other.met)
    cells.formUnion(other.cells)
    kinds.formUnion(other.kinds)
    faults += other.faults
    slow += other.slow
  }

  // MARK: As text between processes

  private static let separator: Character = "\u{1E}"

  /// One record per entry.
  var encoded: String {
    var records = counts.map { "count\t\($0.key)\t\($0.value)" }
    records += met.map { "met\t\($0)" } + cells.map { "cell\t\($0)" } + kinds.map { "kind\t\($0)" }
    records += faults.map { "fault\t\($0)" } + slow.map { "slow\t\($0)" }
    return records.joined(separator: String(FuzzReport.separator))
  }

  /// Reads what `encoded` wrote.
  init(decoding text: String) {
    for record in text.split(separator: FuzzReport.separator) {
      let fields = record.split(separator: "\t", maxSplits: 1).map(String.init)
      guard fields.count == 2 else { continue }
      switch fields[0] {
      case "count":
        let parts = fields[1].split(separator: "\t")
        if parts.count == 2 { counts[String(parts[0])] = Int(parts[1]) }
      case "met": met.insert(fields[1])
      case "cell": cells.insert(fields[1])
      case "kind": kinds.insert(fields[1])
      case "fault": faults.append(fields[1])
      default: slow.append(fields[1])
      }
    }
  }
}

extension FuzzReport: CustomStringConvertible {
  /// The counts, for people.
  public var description: String {
    func tenths(_ value: Double) -> String {
      "\(Int(value * 10) / 10).\(Int(value * 10) % 10)"
    }
    func listed(_ prefix: String) -> String {
      counts.filter { $0.key.hasPrefix(prefix) }.sorted { $0.value > $1.value }
        .map { "\($0.key.dropFirst(prefix.count)) \($0.value)" }.joined(separator: ", ")
    }
    var lines = [
      "programs           \(counts["programs"] ?? 0)   (\(listed("origin ")))",
      "sessions           \(counts["sessions"] ?? 0)",
      "parsed             \(tenths(percent("parsed"))) %",
      "reached a built-in \(tenths(percent("reached"))) %",
      "ran to the end     \(tenths(percent("finished"))) %",
      "built-in calls     \(counts["calls"] ?? 0)",
      "errors             \(listed("error "))",
      "kinds of values    \(kinds.count): \(kinds.sorted().joined(separator: ", "))",
      "built-in x parameter x kind   \(cells.intersection(met).count) of \(cells.count) met",
      "operator x kind x kind        \(met.subtracting(cells).count) met",
      "slower than 2 s    \(slow.count)",
      "faults             \(faults.count)",
    ]
    lines += missing.prefix(40).map { "not met: \($0)" }
    lines += slow.prefix(10).map { "slow: \($0)" }
    lines += faults.prefix(20).map { "FAULT: \($0)" }
    return lines.joined(separator: "\n")
  }
}
