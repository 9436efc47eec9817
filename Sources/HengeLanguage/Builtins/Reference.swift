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
    var anchors = Anchors()
    anchors.add("Reference")
    var links: [String: [(name: String, anchor: String)]] = [:]
    var body: [String] = []
    for group in order {
      body += ["", "## \(group)"]
      anchors.add(group)
      for builtin in (groups[group] ?? []).sorted(by: { $0.name < $1.name }) {
        body += [""] + builtin.markdownLines
        let anchor = anchors.add(builtin.signature)
        if links[group]?.last?.name != builtin.name {
          links[group, default: []].append((builtin.name, anchor))
        }
      }
    }
    for group in order {
      let names = (links[group] ?? []).map { "[`\($0.name)`](#\($0.anchor))" }
      lines += ["- **\(group)**: " + names.joined(separator: " ")]
    }
    lines += body
    return lines.joined(separator: "\n") + "\n"
  }
}

/// The names of the headings of a page, as GitHub and henge's own pages make them for links.
private struct Anchors {
  private var taken: Set<String> = []

  /// The name of the next heading: letters and digits of its text in lower case, with hyphens for
  /// spaces, and a number where an earlier heading has the name.
  @discardableResult
  mutating func add(_ heading: String) -> String {
    var name = ""
    for scalar in heading.lowercased().unicodeScalars {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-"
        || scalar == "_"
      {
        name.unicodeScalars.append(scalar)
      } else if scalar == " " {
        name += "-"
      }
    }
    if name.isEmpty { name = "section" }
    var unique = name
    var number = 1
    while !taken.insert(unique).inserted {
      unique = "\(name)-\(number)"
      number += 1
    }
    return unique
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
    if !otherNames.isEmpty { remarks.append("Also called \(otherNames.joined(separator: ", ")).") }
    if !seeAlso.isEmpty {
      remarks.append("See also \(seeAlso.map { "`\($0)`" }.joined(separator: ", ")).")
    }
    return lines + (remarks.isEmpty ? [] : ["", remarks.joined(separator: " ")])
  }
}
