// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage

/// Built-ins about the session's own names.
func names(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "who",
      "Returns a table of the session's names: the kind and value of each, its bytes, and which other names share its memory. Shared memory is counted once, for the first name, so the bytes add up. Results that only Out keeps have rows of their own; so have the states that only :back and :go need.",
      examples: [Example("x = zeros(10)\n\"x\" in who()[\"name\"]\n#=> true")],
      seeAlso: ["drop", "type"]
    ) { (call: Call) -> Value in
      let holdings = Holdings(call.machine)
      return try .object(
        TableObject(holdings.table(cache: session.cache.bytes), on: session.backend))
    },
    Builtin(
      "drop",
      "Deletes names of the session, and the states that :back returns to, to free their memory.",
      Parameter("names", "The names, as strings."),
      examples: [
        Example("x = zeros(10)\ndrop(\"x\")\n\"x\" in who()[\"name\"]\n#=> false")
      ],
      seeAlso: ["who"], errors: ["E-name"]
    ) { (call: Call, names: Rest<String>) in
      for name in names.elements where !call.machine.drop(name) {
        let known = call.machine.globals.map(\.name)
        throw Refusal(
          Diagnostic(
            "E-name", "there is no name \(Value(name).representation) to drop",
            suggestion: Suggestion.closest(to: name, among: known).map { "drop(\"\($0)\")" }))
      }
      call.machine.host.giveBackMemory()
      return Nothing.nothing
    },
  ]
}

/// Which names use which memory.
private struct Holdings {
  /// One line: a name, a kept result, or a state to go back to.
  private struct Holder {
    let name: String
    let kind: String
    let what: String
    let storages: [ObjectIdentifier: Int]
    /// Whether it is left out when it uses no memory of its own.
    let isHiddenWhenEmpty: Bool
  }

  private var holders: [Holder] = []

  init(_ machine: Machine) {
    for (name, value) in machine.globals where name != "In" && name != "Out" {
      add(name, value.kind, value.brief, [value], isHiddenWhenEmpty: false)
    }
    for (holder, values) in machine.keptValues() {
      let isOne = values.count == 1
      add(
        holder, isOne ? values[0].kind : "state", isOne ? values[0].brief : "", values,
        isHiddenWhenEmpty: true)
    }
  }

  private mutating func add(
    _ name: String, _ kind: String, _ what: String, _ values: [Value], isHiddenWhenEmpty: Bool
  ) {
    var reach = Reach()
    for value in values { reach.add(value) }
    holders.append(
      Holder(
        name: name, kind: kind, what: what, storages: reach.storages,
        isHiddenWhenEmpty: isHiddenWhenEmpty))
  }

  func table(cache: Int) throws -> Table {
    var counted: Set<ObjectIdentifier> = []
    var rows: [(name: String, kind: String, what: String, bytes: Int, others: String)] = []
    for holder in holders {
      let own = holder.storages.reduce(0) { sum, block in
        counted.insert(block.key).inserted ? sum + block.value : sum
      }
      guard own > 0 || !holder.isHiddenWhenEmpty else { continue }
      rows.append((holder.name, holder.kind, holder.what, own, others(than: holder)))
    }
    if cache > 0 { rows.append(("", "images", "decoded, kept in memory", cache, "")) }
    return try Table(columns: [
      .init("name", .texts(rows.map(\.name))), .init("kind", .texts(rows.map(\.kind))),
      .init("value", .texts(rows.map(\.what))), .init("bytes", .integers(rows.map(\.bytes))),
      .init("shared with", .texts(rows.map(\.others))),
    ])
  }

  /// Other names that use memory of `holder`, the first few.
  private func others(than holder: Holder) -> String {
    let blocks = Set(holder.storages.keys)
    let names = holders.filter { other in
      other.name != holder.name && other.storages.keys.contains { blocks.contains($0) }
    }.map(\.name)
    return names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
  }
}
