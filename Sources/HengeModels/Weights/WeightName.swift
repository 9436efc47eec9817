// SPDX-License-Identifier: MIT

/// What an array is to its layer.
enum WeightRole: Hashable {
  /// PyTorch's filters or matrix, or the scale of a normalization.
  case weight
  /// Keras' filters or matrix: the channels are its last axes.
  case kernel
  /// Keras' filters of each single channel, and the 1x1 filters that follow them.
  case depthwise, pointwise
  case bias, mean, variance
  /// How many batches the statistics are of.
  case counter
  /// What a layer blurs by, which is no weight.
  case blur
  /// The variable of this number of a Keras 3 layer, which keeps no names.
  case variable(Int)
  /// Nothing that the name says.
  case unsaid
}

/// The name of an array in a file, split into the layer and what the array is to it.
///
/// `model.10.bn.running_mean`, `conv2d_1/kernel:0`, `layers/conv2d_1/vars/0`, `conv1_weight`.
struct WeightName {
  /// The path of the layer, component by component.
  let layer: [NameComponent]
  /// What the array is to it.
  let role: WeightRole

  init(_ name: String) {
    var parts = WeightName.components(name)
    if let last = parts.last, let colon = last.lastIndex(of: ":"),
      Int(last[last.index(after: colon)...]) != nil
    {
      parts[parts.count - 1] = String(last[..<colon])
    }
    var role = WeightRole.unsaid
    if parts.count >= 2, parts[parts.count - 2] == "vars", let number = Int(parts[parts.count - 1])
    {
      role = .variable(number)
      parts.removeLast(2)
    } else if let last = parts.last {
      if let own = WeightName.roles[last] {
        role = own
        parts.removeLast()
      } else if let word = WeightName.roles.keys.filter({ last.hasSuffix("_\($0)") })
        .max(by: { $0.count < $1.count })
      {
        // `conv1_weight`; of `_depthwise_kernel` and `_kernel` the longer counts.
        role = WeightName.roles[word] ?? .unsaid
        parts[parts.count - 1] = String(last.dropLast(word.count + 1))
      }
    }
    self.role = role
    layer = parts.map { NameComponent($0) }
  }

  /// `name`, cut at dots and slashes.
  static func components(_ name: String) -> [String] {
    name.utf8.split {
      $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\")
    }
    .map { String(Substring($0)) }
  }

  /// Whether it names no layer and no role, but may have a number: `arr_12`.
  var isPosition: Bool { role == .unsaid && layer.count == 1 }

  private static let roles: [String: WeightRole] = [
    "weight": .weight, "kernel": .kernel, "gamma": .weight, "depthwise_kernel": .depthwise,
    "pointwise_kernel": .pointwise, "bias": .bias, "beta": .bias, "running_mean": .mean,
    "moving_mean": .mean, "running_var": .variance, "moving_variance": .variance,
    "num_batches_tracked": .counter, "filt": .blur,
  ]
}

/// One component of a path, as words and numbers: `conv2_10` is `conv`, 2, `_`, 10.
struct NameComponent {
  let text: String
  /// The words between the numbers.
  let words: [String]
  let numbers: [Int]

  init(_ text: String) {
    self.text = text
    var words: [String] = []
    var numbers: [Int] = []
    // A word, perhaps empty, before each number, and one after the last.
    var rest = text.utf8[...]
    while true {
      let word = rest.prefix { !NameComponent.isDigit($0) }
      let digits = rest.dropFirst(word.count).prefix { NameComponent.isDigit($0) }
      rest = rest.dropFirst(word.count + digits.count)
      guard let number = Int(Substring(digits)) else {
        // No digits are left, or more of them than make a number.
        words.append(String(Substring(word)) + String(Substring(digits)) + String(Substring(rest)))
        break
      }
      words.append(String(Substring(word)))
      numbers.append(number)
    }
    self.words = words
    self.numbers = numbers
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Whether it is a number and nothing else: the place in a list.
  var isNumber: Bool { words == ["", ""] }

  /// Whether it numbers the levels of a decoder, which run downwards as often as upwards.
  var mayRunDownwards: Bool {
    guard !isNumber else { return false }
    let word = text.lowercased()
    return ["dec", "up", "expan", "deconv", "right"].contains { word.hasPrefix($0) }
      || word.contains("decoder") || words.first == "u"
  }

  /// Whether this comes before `other` by their numbers; nil where they are of different words, or
  /// equal.
  ///
  /// A letter after a number counts (`conv1a`, `conv1b`). Where `countsFromNone` is set, a component
  /// without the last number comes first: Keras' `conv2d`, `conv2d_1`.
  func precedes(_ other: NameComponent, countsFromNone: Bool) -> Bool? {
    if countsFromNone {
      let (own, theirs) = (unnumbered, other.unnumbered)
      if own.word == theirs.word {
        return own.number == theirs.number ? nil : own.number < theirs.number
      }
    }
    if words == other.words, numbers.count == other.numbers.count {
      return numbers == other.numbers ? nil : numbers.lexicographicallyPrecedes(other.numbers)
    }
    guard numbers.count == other.numbers.count, words.count == other.words.count,
      numbers == other.numbers, words.dropLast() == other.words.dropLast(), !numbers.isEmpty,
      let letter = words.last, let theirs = other.words.last, letter.count == 1, theirs.count == 1
    else {
      return lettered(other)
    }
    return letter < theirs
  }

  /// The order of `conv1b` and `conv2a`.
  private func lettered(_ other: NameComponent) -> Bool? {
    guard numbers.count == other.numbers.count, words.count == other.words.count, !numbers.isEmpty,
      numbers != other.numbers, words.dropLast() == other.words.dropLast(),
      words.last?.count == 1, other.words.last?.count == 1
    else { return nil }
    return numbers.lexicographicallyPrecedes(other.numbers)
  }

  /// The name before `_12`, and 12; 0 where there is no such number.
  private var unnumbered: (word: String, number: Int) {
    guard let last = numbers.last, words.last == "", words.dropLast().last?.hasSuffix("_") == true,
      let line = text.lastIndex(of: "_")
    else { return (text, 0) }
    return (String(text[..<line]), last)
  }
}

extension NameComponent: Hashable {
  static func == (left: NameComponent, right: NameComponent) -> Bool { left.text == right.text }

  func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
