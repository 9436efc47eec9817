// SPDX-License-Identifier: MIT

// `"%d of %.2f" % (n, x)` of Python.

extension Habits {
  /// The interpolated string for a format with `%`, whose values are written as `values`; for another
  /// text the values alone.
  static func interpolation(of format: String, _ values: [String]) -> String {
    var text = ""
    var count = 0
    var rest = format[...]
    while let character = rest.popFirst() {
      switch character {
      case "{", "}": text += "\(character)\(character)"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "%":
        if rest.first == "%" {
          text.append(rest.removeFirst())
          continue
        }
        let options = rest.prefix { "-+ #0123456789.".contains($0) }
        guard let kind = rest.dropFirst(options.count).first, "diuosrfFeEgGxX".contains(kind)
        else {
          text += "%"
          continue
        }
        rest = rest.dropFirst(options.count + 1)
        let specification = options + ("feEgG".contains(kind) ? String(kind) : "")
        let isPlain = specification.isEmpty || specification == "g"
        let value = count < values.count ? values[count] : "y"
        text += "{\(value)\(isPlain ? "" : ":\(specification)")}"
        count += 1
      default: text.append(character)
      }
    }
    guard count > 0 else { return "f\"{\(values.joined(separator: "}{"))}\"" }
    return "f\"\(text)\""
  }
}
