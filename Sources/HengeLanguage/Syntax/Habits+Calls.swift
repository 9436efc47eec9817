// SPDX-License-Identifier: MIT

// Calls of other libraries whose arguments mean something else here, so that leaving out the module
// would run and do another thing: `plt.plot(x, y)` draws y over x, `cv2.flip(x, 1)` mirrors.

extension Habits {
  /// The call of henge for a call of another library, as `cv2.flip` with the texts of its arguments;
  /// nil where only the module is too much.
  static func call(_ name: String, _ arguments: [String]) -> String? {
    let parts = name.split(separator: ".")
    let last = parts.suffix(2).joined(separator: ".")
    let positional = arguments.prefix { !isNamed($0) }
    switch (last, positional.count) {
    case ("plt.plot", 2), ("plt.plot", 3):
      guard !positional[1].hasPrefix("\""), !positional[1].hasPrefix("'") else { return nil }
      return "plot(\(positional[1]), x=\(positional[0]))"
    case ("plt.scatter", 2...): return "scatter(\(positional[0]), \(positional[1]))"
    case ("cv2.flip", 2):
      let axes = ["1": "-1", "0": "-2", "-1": "[-2, -1]"]
      return axes[positional[1]].map { "flip(\(positional[0]), \($0))" }
    case ("cv2.resize", 2...):
      // Width first, there.
      let size = numbers(positional[1])
      return size.count == 2 ? "resize(\(positional[0]), \(size[1])x\(size[0]))" : nil
    case ("F.pad", 2...), ("functional.pad", 2...): return padding(Array(positional), arguments)
    case ("F.crop", 5), ("TF.crop", 5), ("functional.crop", 5):
      let size = "shape(\(positional[3]), \(positional[4]))"
      let areNumbers = positional.suffix(2).allSatisfy { Int($0) != nil }
      return
        "crop(\(positional[0]), \(areNumbers ? "\(positional[3])x\(positional[4])" : size), at=[\(positional[1]), \(positional[2])])"
    case ("torch.save", 1): return "save(\(positional[0]), \"name.safetensors\")"
    case ("torch.save", 2):
      let (value, path) = (positional[0], positional[1])
      let isPyTorch = path.hasSuffix(".pt\"") || path.hasSuffix(".pth\"")
      return isPyTorch
        ? "save(\(value), \(path), names=\"pytorch\")" : "save(\(value), \(path))"
    case ("path.join", 2...): return positional.joined(separator: " + \"/\" + ")
    default: return nil
    }
  }

  /// `pad(x, [(t, b), (l, r)])` for `(l, r, t, b)`, the last axis first.
  private static func padding(_ positional: [String], _ arguments: [String]) -> String? {
    let widths = list(positional[1])
    guard widths.count % 2 == 0, !widths.isEmpty else { return nil }
    let modes = ["replicate": "edge", "reflect": "reflect", "constant": "constant"]
    let named = arguments.first { $0.hasPrefix("mode=") }?.dropFirst(5)
    let word = (named.map(String.init) ?? (positional.count > 2 ? positional[2] : ""))
      .filter { $0 != "\"" && $0 != "'" }
    let mode = modes[word].map { ", mode=\"\($0)\"" } ?? ""
    if widths.count == 4, Set(widths).count == 1 {
      return "pad(\(positional[0]), \(widths[0])\(mode))"
    }
    let pairs = stride(from: widths.count - 2, through: 0, by: -2)
      .map { "(\(widths[$0]), \(widths[$0 + 1]))" }
    return "pad(\(positional[0]), [\(pairs.joined(separator: ", "))]\(mode))"
  }

  private static func isNamed(_ argument: String) -> Bool {
    guard let equals = argument.firstIndex(of: "=") else { return false }
    return argument[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
  }

  /// The elements of a list as it is written; none of another text.
  private static func list(_ text: String) -> [String] {
    guard let first = text.first, let last = text.last, "([".contains(first), ")]".contains(last)
    else { return [] }
    return arguments(String(text.dropFirst().dropLast()))
  }

  private static func numbers(_ text: String) -> [Int] { list(text).compactMap { Int($0) } }

  /// The parts of a text between commas outside of brackets and quotes.
  static func arguments(_ text: String) -> [String] {
    var parts = [""]
    var depth = 0
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil }
      } else if "\"'".contains(character) {
        quote = character
      } else if "([{".contains(character) {
        depth += 1
      } else if ")]}".contains(character) {
        depth -= 1
      }
      if character == ",", depth == 0, quote == nil {
        parts.append("")
      } else if character != " " || !parts[parts.count - 1].isEmpty {
        parts[parts.count - 1].append(character)
      }
    }
    if parts.last == "" { parts.removeLast() }
    return parts
  }
}
