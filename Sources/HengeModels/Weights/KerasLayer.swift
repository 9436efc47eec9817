// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeNN

/// What Keras says of a layer that has weights.
struct KerasLayer {
  /// The class, in Keras 3's spelling for files: `conv2d_transpose`.
  let kind: String
  /// Its place among all layers of the network, in the order in which they run; nil where unknown.
  var place: Int?
  /// Its options, where the file has them.
  var options: [String: JSON] = [:]

  /// The kinds of layers that are read, and what they are here.
  static let kinds: [String: [LayerKind]] = [
    "conv2d": [.conv], "separable_conv2d": [.conv], "depthwise_conv2d": [.conv],
    "conv2d_transpose": [.convTranspose], "dense": [.linear], "batch_normalization": [.batchNorm],
    "group_normalization": [.instanceNorm], "instance_normalization": [.instanceNorm],
  ]

  /// What Keras calls its variables in the order in which it keeps them; nil where `count` of them is
  /// not what such a layer has.
  func roles(_ count: Int) -> [WeightRole]? {
    switch kind {
    case "conv2d", "conv2d_transpose", "dense":
      return count <= 2 ? Array([.kernel, .bias].prefix(count)) : nil
    case "separable_conv2d":
      return (2...3).contains(count) ? Array([.depthwise, .pointwise, .bias].prefix(count)) : nil
    case "depthwise_conv2d":
      return count <= 2 ? Array([.depthwise, .bias].prefix(count)) : nil
    case "batch_normalization", "group_normalization", "instance_normalization":
      let statistics: [WeightRole] = kind == "batch_normalization" ? [.mean, .variance] : []
      let own = count - statistics.count
      if own == 2 { return [.weight, .bias] + statistics }
      if own == 0 { return statistics }
      guard own == 1 else { return nil }
      // Which of the two it is, only the options say.
      if options["scale"] == .bool(false) { return [.bias] + statistics }
      if options["center"] == .bool(false) { return [.weight] + statistics }
      return nil
    default: return nil
    }
  }

  /// `name` as Keras 3 spells classes in files: `Conv2DTranspose` is `conv2d_transpose`.
  static func spelled(_ name: String) -> String {
    let letters = Array(name.filter { $0.isLetter || $0.isNumber || $0 == "_" })
    // First a line before each capital that begins a word, then one between a small letter and a
    // capital, as Keras' two regular expressions have it.
    var first = ""
    var index = 0
    while index < letters.count {
      let isWord =
        index > 0 && index + 1 < letters.count && letters[index].isUppercase
        && letters[index + 1].isLowercase && letters[index + 1].isLetter
      if isWord { first.append("_") }
      first.append(letters[index])
      index += 1
    }
    var second = ""
    for letter in first {
      if letter.isUppercase, let last = second.last, last.isLowercase, last.isLetter {
        second.append("_")
      }
      second.append(letter)
    }
    return second.lowercased()
  }
}
