// SPDX-License-Identifier: MIT

// Texts as lines and fields of files that are read line by line: the history, journals, records of runs.

extension String {
  /// The text in one line without tabs: a backslash, a newline and a tab are `\\`, `\n` and `\t`.
  package var escapedLine: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The text of which this is the ``escapedLine``.
  package var unescapedLine: String {
    var result = ""
    var isEscaped = false
    for scalar in unicodeScalars {
      if isEscaped {
        switch scalar {
        case "n": result += "\n"
        case "t": result += "\t"
        default: result.unicodeScalars.append(scalar)
        }
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The text without white space at both ends.
  package var trimmed: String {
    var rest = self[...]
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
