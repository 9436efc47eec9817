// SPDX-License-Identifier: MIT
public import HengeDocuments
internal import HengeFiles
internal import HengeLanguage

/// A document as a Jupyter notebook [nbformat 4.5].
public enum Notebook {
  /// What a notebook had that the document does not keep.
  public struct Reading {
    /// The document.
    public let document: Document
    /// Remarks: outputs that were left out, another language.
    public let notes: [String]
  }

  /// The cells of the notebook in `bytes`; throws E-file for what is no notebook of version 4, and
  /// E-cell for wrong options.
  public static func read(_ bytes: [UInt8], name: String) throws -> Reading {
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch {
      throw Diagnostic("E-file", "\(name) is no notebook: \(error.reason) at byte \(error.offset)")
    }
    guard let members = json.members, case .integer(let format)? = members["nbformat"] else {
      throw Diagnostic("E-file", "\(name) is no notebook: it has no `nbformat`")
    }
    guard format == 4, case .array(let items)? = members["cells"] else {
      throw Diagnostic(
        "E-file", "\(name) is a notebook of format \(format); format 4 can be read",
        suggestion: "jupyter nbconvert --to notebook --nbformat 4 \(name)")
    }
    var notes: [String] = []
    let kernel = members["metadata"]?.members?["kernelspec"]?.members?["language"]
    if case .string(let language)? = kernel, language != "henge" {
      notes.append("the code of \(name) is \(language), which henge does not run")
    }
    var cells: [Cell] = []
    var outputs = 0
    for (index, item) in items.enumerated() {
      let members = item.members ?? [:]
      guard case .string(let kind)? = members["cell_type"], let source = text(members["source"])
      else { throw Diagnostic("E-file", "cell \(index + 1) of \(name) has no type or no source") }
      let title = text(members["metadata"]?.members?["title"]) ?? ""
      if case .array(let list)? = members["outputs"], !list.isEmpty { outputs += 1 }
      if members["attachments"]?.members?.isEmpty == false {
        notes.append("the attachments of cell \(index + 1) of \(name) are left out")
      }
      switch kind {
      case "code": cells.append(try code(source, title, "\(name), cell \(index + 1)"))
      case "markdown": cells.append(Cell(text: source, title: title))
      default:
        notes.append("cell \(index + 1) of \(name) is of the type \(kind); it becomes text")
        cells.append(Cell(text: source, title: title))
      }
    }
    if outputs > 0 {
      let which = outputs == 1 ? "1 cell" : "\(outputs) cells"
      notes.append("the outputs of \(which) were left out: a document has none")
    }
    return Reading(document: Document(cells), notes: notes)
  }

  private static func code(_ text: String, _ title: String, _ name: String) throws -> Cell {
    var cell = try Document.cell(ofCode: text, named: name)
    if cell.title.isEmpty { cell = Cell(code: cell.source, title: title, options: cell.options) }
    return cell
  }

  /// A text that may be a list of lines.
  private static func text(_ json: JSON?) -> String? {
    switch json {
    case .string(let string): return string
    case .array(let items):
      let lines = items.compactMap { if case .string(let line) = $0 { line } else { nil } }
      return lines.count == items.count ? lines.joined() : nil
    default: return nil
    }
  }

  /// The notebook of `document`, with the outputs that `outputs` has for the index of a cell.
  ///
  /// The ids of cells are computed from what is in them, so that the same document has the same ones.
  public static func write(
    _ document: Document, outputs: [Int: [NotebookOutput]] = [:]
  ) throws -> [UInt8] {
    var used: [String: Int] = [:]
    var count = 0
    let cells = try document.cells.enumerated().map { index, cell in
      let content = "\(cell.kind)\n\(cell.title)\n\(cell.fullSource)"
      let hash = String(try SHA256.hex(of: content.utf8).prefix(12))
      used[hash, default: 0] += 1
      let id = used[hash] == 1 ? hash : "\(hash)-\(used[hash, default: 1])"
      let metadata = JSON.object(
        cell.title.isEmpty ? [] : [.init("title", .string(cell.title))])
      var members: [JSON.Member] = [
        .init("cell_type", .string(cell.kind == .code ? "code" : "markdown"))
      ]
      if cell.kind == .code {
        let ran = outputs[index] != nil && cell.options.runs
        if ran { count += 1 }
        members.append(.init("execution_count", ran ? .integer(count) : .null))
      }
      members += [.init("id", .string(id)), .init("metadata", metadata)]
      if cell.kind == .code {
        members.append(
          .init("outputs", .array((outputs[index] ?? []).map { $0.json(count: count) })))
      }
      members.append(.init("source", .array(Notebook.lines(of: cell.fullSource))))
      return JSON.object(members)
    }
    let language = JSON.object([
      .init("file_extension", .string(".henge")), .init("name", .string("henge")),
    ])
    let kernel = JSON.object([
      .init("display_name", .string("henge")), .init("language", .string("henge")),
      .init("name", .string("henge")),
    ])
    let notebook = JSON.object([
      .init("cells", .array(cells)),
      .init(
        "metadata",
        .object([.init("kernelspec", kernel), .init("language_info", language)])),
      .init("nbformat", .integer(4)), .init("nbformat_minor", .integer(5)),
    ])
    return Array((notebook.indented() + "\n").utf8)
  }

  /// Lines as notebooks keep them, each with its newline but the last.
  static func lines(of text: String) -> [JSON] {
    var lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false)
      .map { String(Substring($0)) + "\n" }
    let last = String(lines.removeLast().dropLast())
    return (last.isEmpty ? lines : lines + [last]).map(JSON.string)
  }
}

/// An output of a cell in a notebook.
public enum NotebookOutput {
  /// What `print` wrote.
  case stream(String)
  /// An image with what it shows in words.
  case picture(png: String, text: String)
  /// A plot with its drawing in characters.
  case svg(String, text: String)
  /// The value of a statement.
  case result(String)
  /// An error.
  case error(code: String, message: String, text: String)

  func json(count: Int) -> JSON {
    func object(_ members: [(String, JSON)]) -> JSON {
      .object(members.map { JSON.Member($0.0, $0.1) })
    }
    func text(_ string: String) -> JSON { .array(Notebook.lines(of: string)) }
    switch self {
    case .stream(let string):
      return object([
        ("name", .string("stdout")), ("output_type", .string("stream")), ("text", text(string)),
      ])
    case .picture(let png, let words):
      return object([
        ("data", object([("image/png", .string(png)), ("text/plain", text(words))])),
        ("metadata", object([])), ("output_type", .string("display_data")),
      ])
    case .svg(let svg, let words):
      return object([
        ("data", object([("image/svg+xml", text(svg)), ("text/plain", text(words))])),
        ("metadata", object([])), ("output_type", .string("display_data")),
      ])
    case .result(let string):
      return object([
        ("data", object([("text/plain", text(string))])), ("execution_count", .integer(count)),
        ("metadata", object([])), ("output_type", .string("execute_result")),
      ])
    case .error(let code, let message, let lines):
      return object([
        ("ename", .string(code)), ("evalue", .string(message)),
        ("output_type", .string("error")), ("traceback", text(lines)),
      ])
    }
  }
}

extension JSON {
  /// The value in lines indented by one space, as notebooks are written.
  func indented(_ depth: Int = 0) -> String {
    let margin = String(repeating: " ", count: depth + 1)
    let end = "\n" + String(repeating: " ", count: depth)
    switch self {
    case .object(let members) where !members.isEmpty:
      let lines = members.map {
        margin + JSON.string($0.name).text + ": " + $0.value.indented(depth + 1)
      }
      return "{\n" + lines.joined(separator: ",\n") + end + "}"
    case .array(let items) where !items.isEmpty:
      let lines = items.map { margin + $0.indented(depth + 1) }
      return "[\n" + lines.joined(separator: ",\n") + end + "]"
    default: return text
    }
  }
}
