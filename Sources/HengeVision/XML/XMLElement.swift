// SPDX-License-Identifier: MIT

/// An element of an XML document, with what is inside it.
final class XMLElement {
  let name: String
  /// The line of its start tag, counted from 1.
  let line: Int
  /// The value of its attribute `type_id`, which OpenCV's files use.
  let type: String?
  /// Text directly inside it.
  var text: [UInt8] = []
  var children: [XMLElement] = []

  init(_ name: String, line: Int, type: String?) {
    self.name = name
    self.line = line
    self.type = type
  }

  /// The first child called `name`.
  subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

  /// The words of its text, which spaces and line ends separate.
  var words: [Substring] {
    String(decoding: text, as: UTF8.self).split { $0.isWhitespace }
  }
}
