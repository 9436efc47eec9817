// SPDX-License-Identifier: MIT
internal import CHengeMarkdown
public import HengeLanguage

/// A text in GitHub's Markdown as a tree.
public struct Markdown: Equatable, Sendable {
  /// A node of the tree.
  public struct Node: Equatable, Sendable {
    /// What it is.
    public let kind: Kind
    /// What is in it.
    public let children: [Node]

    /// The text in it and below, without marks.
    public var text: String {
      switch kind {
      case .text(let text), .code(let text), .html(let text): text
      case .softBreak, .lineBreak: " "
      default: children.map(\.text).joined()
      }
    }
  }

  /// The kinds of nodes.
  public enum Kind: Equatable, Sendable {
    case document, quote, item, paragraph, rule, table, softBreak, lineBreak
    case emphasis, strong, struck
    /// `start` is the first number of an ordered list.
    case list(start: Int?, isTight: Bool)
    case codeBlock(String, language: String)
    /// HTML between blocks; readers show it as text.
    case htmlBlock(String)
    case heading(level: Int)
    case row(isHeading: Bool)
    case cell(Alignment)
    case text(String)
    case code(String)
    /// HTML within a line; readers show it as text.
    case html(String)
    case link(String)
    case image(String)
  }

  /// How the cells of a column are aligned.
  public enum Alignment: Equatable, Sendable { case none, left, center, right }

  /// The document.
  public let root: Node
  /// The levels that may be within each other: who draws the tree does so recursively.
  private static let deepest: Int32 = 100

  /// Parses `text`; throws E-file where the library that does so is missing.
  public init(_ text: String) throws(Diagnostic) {
    var fault: UnsafePointer<CChar>?
    let bytes = Array(text.utf8).map { CChar(bitPattern: $0) }
    guard let tree = henge_md_parse(bytes, bytes.count, &fault) else {
      let reason = fault.map { String(cString: $0) } ?? "the text cannot be read"
      throw Diagnostic("E-file", reason)
    }
    defer { henge_md_free(tree) }
    var count = 0
    let nodes = UnsafeBufferPointer(start: henge_md_nodes(tree, &count), count: count)
    var open: [(depth: Int32, kind: Kind, children: [Node])] = []
    func close(to depth: Int32) {
      while let last = open.last, last.depth >= depth, open.count > 1 {
        open.removeLast()
        open[open.count - 1].children.append(Node(kind: last.kind, children: last.children))
      }
    }
    for node in nodes {
      guard node.depth <= Markdown.deepest else {
        throw Diagnostic("E-limit", "the text nests deeper than \(Markdown.deepest) levels")
      }
      if !open.isEmpty { close(to: node.depth) }
      open.append((node.depth, Kind(node), []))
    }
    close(to: 1)
    root = Node(kind: .document, children: open.first?.children ?? [])
  }
}

extension Markdown.Kind {
  fileprivate init(_ node: henge_md_node) {
    func string(_ pointer: UnsafePointer<CChar>?) -> String {
      pointer.map { String(cString: $0) } ?? ""
    }
    let text = string(node.text)
    self =
      switch node.kind {
      case HENGE_MD_QUOTE: .quote
      case HENGE_MD_LIST:
        .list(start: node.number < 0 ? nil : Int(node.number), isTight: node.is_tight != 0)
      case HENGE_MD_ITEM: .item
      case HENGE_MD_CODE_BLOCK: .codeBlock(text, language: string(node.address))
      case HENGE_MD_HTML_BLOCK: .htmlBlock(text)
      case HENGE_MD_PARAGRAPH: .paragraph
      case HENGE_MD_HEADING: .heading(level: Int(node.number))
      case HENGE_MD_RULE: .rule
      case HENGE_MD_TABLE: .table
      case HENGE_MD_ROW: .row(isHeading: node.number != 0)
      case HENGE_MD_CELL: .cell(.init(node.number))
      case HENGE_MD_TEXT: .text(text)
      case HENGE_MD_SOFT_BREAK: .softBreak
      case HENGE_MD_BREAK: .lineBreak
      case HENGE_MD_CODE: .code(text)
      case HENGE_MD_HTML: .html(text)
      case HENGE_MD_EMPHASIS: .emphasis
      case HENGE_MD_STRONG: .strong
      case HENGE_MD_LINK: .link(string(node.address))
      case HENGE_MD_IMAGE: .image(string(node.address))
      case HENGE_MD_STRUCK: .struck
      default: .document
      }
  }
}

extension Markdown.Alignment {
  fileprivate init(_ letter: Int32) {
    self =
      switch UInt8(clamping: letter) {
      case UInt8(ascii: "l"): .left
      case UInt8(ascii: "c"): .center
      case UInt8(ascii: "r"): .right
      default: .none
      }
  }
}
