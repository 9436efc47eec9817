// SPDX-License-Identifier: MIT

extension Library {
  /// All built-ins as one page of Markdown, by group, in the order of their names.
  public var markdown: String {
    var lines = [
      "# Reference", "",
      "Written by `henge reference` from the declarations; `Scripts/reference` renews it.", "",
    ]
    var groups: [String: [Builtin]] = [:]
    var order: [String] = []
    for builtin in builtins {
      if groups[builtin.group] == nil { order.append(builtin.group) }
      groups[builtin.group, default: []].append(builtin)
    }
    for group in order {
      let names = Set(groups[group]?.map(\.name) ?? []).sorted()
      lines += ["- **\(group)**: " + names.map { "`\($0)`" }.joined(separator: " ")]
    }
    for group in order {
      lines += ["", "## \(group)"]
      for builtin in (groups[group] ?? []).sorted(by: { $0.name < $1.name }) {
        lines += [""] + builtin.markdownLines
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Builtin {
  fileprivate var markdownLines: [String] {
    var lines = ["### `\(signature)`", "", summary, ""]
    for parameter in parameters {
      lines.append("- `\(parameter.name)`: \(parameter.documentation)")
    }
    if !parameters.isEmpty { lines.append("") }
    lines.append("```henge")
    for example in examples { lines += example.lines }
    lines.append("```")
    var remarks: [String] = []
    if !errors.isEmpty { remarks.append("Errors: \(errors.joined(separator: ", ")).") }
    if !seeAlso.isEmpty {
      remarks.append("See also \(seeAlso.map { "`\($0)`" }.joined(separator: ", ")).")
    }
    return lines + (remarks.isEmpty ? [] : ["", remarks.joined(separator: " ")])
  }
}
