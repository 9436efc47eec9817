// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeLanguage

/// A rendered page read back: its code, its circumstances, and what it shows of each cell.
public struct Report {
  /// The name of the document.
  public let name: String
  /// The document's text.
  public let text: String
  /// The circumstances under which it was rendered.
  public let circumstances: RunCircumstances
  /// With how many threads it was rendered.
  public let threads: Int
  /// The files that it read.
  public let inputs: [PageInput]
  /// The whole page.
  let page: String
  /// The section of each cell that has one, as the page has it, by the cell's number.
  let sections: [Int: Substring]

  /// Reads the page in `bytes`; throws E-file for a page that `henge render` did not make.
  public init(parsing bytes: [UInt8], name file: String) throws {
    func wrong(_ what: String) -> Diagnostic {
      Diagnostic(
        "E-file", "\(file) is no report: \(what)", suggestion: "henge render f.henge -o f.html")
    }
    guard let page = String(validating: bytes, as: UTF8.self) else {
      throw wrong("it is not UTF-8")
    }
    self.page = page
    sections = Report.sections(of: page)
    guard let footer = page.range(of: "<footer data-version="),
      let end = page.range(of: "</footer>", after: footer.upperBound)
    else { throw wrong("it has no footer of `henge render`") }
    let foot = page[footer.lowerBound..<end.upperBound]
    guard let opening = foot.utf8.firstIndex(of: 62) else { throw wrong("its footer is damaged") }
    let head = foot[...opening]
    guard let version = attribute("data-version", in: head),
      let processor = attribute("data-processor", in: head),
      let seed = attribute("data-seed", in: head).flatMap({ UInt64($0) })
    else { throw wrong("its footer lacks the version, the processor or the seed") }
    guard attribute("data-session", in: head) == nil else {
      throw wrong("it is of a session at the prompt, whose entries were typed")
    }
    threads = attribute("data-threads", in: head).flatMap { Int($0) } ?? 0
    let marker = "id=\"\(PageAnchor.source)\" data-name=\""
    guard let start = foot.range(of: marker),
      let (source, name) = Report.exactText(in: foot, from: start.lowerBound, "data-name")
    else { throw wrong("it does not contain its source") }
    (text, self.name) = (source, name)
    let hash = try SHA256.hex(of: source.utf8)
    guard let stated = attribute("data-source-hash", in: foot), stated == hash else {
      throw wrong("its source was changed: its hash is not the one in the footer")
    }
    var parameters: [String: String] = [:]
    for (name, value) in Report.elements("data-parameter", in: foot) { parameters[name] = value }
    circumstances = RunCircumstances(
      version: version, processor: processor, seed: seed, parameters: parameters,
      stepLimit: attribute("data-limit-steps", in: head).flatMap { Int($0) }, source: hash)
    var scripts: [String: String] = [:]
    var place = foot.startIndex
    while let next = foot.range(of: " data-script=\"", after: place) {
      place = next.upperBound
      if let (script, name) = Report.exactText(in: foot, from: next.lowerBound, "data-script") {
        scripts[name] = script
      }
    }
    var inputs: [PageInput] = []
    place = foot.startIndex
    while let next = foot.range(of: "<code data-input=\"", after: place) {
      place = next.upperBound
      guard let end = foot[place...].utf8.firstIndex(of: 62) else { break }
      let tag = foot[next.lowerBound...end]
      guard let path = attribute("data-input", in: tag),
        let hash = attribute("data-input-hash", in: tag)
      else { continue }
      inputs.append(PageInput(path: path, hash: hash, script: scripts[path]))
    }
    self.inputs = inputs
  }

  /// The sections of the cells of `page` by their numbers; of two with one number, the first.
  private static func sections(of page: String) -> [Int: Substring] {
    var sections: [Int: Substring] = [:]
    var place = page.startIndex
    let start = "<section class=\"cell\" id=\"cell-"
    while let begin = page.range(of: start, after: place) {
      place = begin.upperBound
      guard let number = Int(page[place...].prefix { ("0"..."9").contains($0) }),
        sections[number] == nil, let end = page.range(of: "</section>\n", after: place)
      else { continue }
      sections[number] = page[begin.lowerBound..<end.upperBound]
    }
    return sections
  }

  /// The page with nothing in the outputs of the cells `numbers`, to compare with another.
  ///
  /// What is blanked must be what a page draws of outputs: where it contains a style or a script, it
  /// stays.
  func blanked(outputsOf numbers: Set<Int>) -> String {
    var result = ""
    var rest = page[...]
    for number in numbers.sorted() {
      let start = "<section class=\"cell\" id=\"\(PageAnchor.cell(number))\">"
      guard let begin = rest.range(of: start),
        let end = rest.range(of: "</section>\n", after: begin.upperBound),
        let outputs = rest[begin.upperBound..<end.lowerBound].range(of: "<div class=\"outputs\">\n")
      else { continue }
      let inside = rest[outputs.upperBound..<end.lowerBound].lowercased()
      guard
        !["<style", "<script", "style=", "<link", "<iframe"].contains(where: {
          inside[...].range(of: $0) != nil
        })
      else { continue }
      result += rest[..<outputs.upperBound]
      rest = rest[end.lowerBound...]
    }
    return result + rest
  }

  /// What a reader sees and follows: the page without its head.
  static func body(of page: String) -> Substring {
    page.range(of: "<body>").map { page[$0.lowerBound...] } ?? page[...]
  }

  /// The text of a `<pre>` whose tag contains `start`, and an attribute of the tag.
  private static func exactText(
    in text: Substring, from start: Substring.Index, _ name: String
  ) -> (text: String, name: String)? {
    guard let open = text[start...].range(of: ">\n"),
      let end = text.range(of: "</pre>", after: open.upperBound),
      let value = attribute(name, in: text[start..<open.upperBound])
    else { return nil }
    return (unescapedHTML(text[open.upperBound..<end.lowerBound]), value)
  }

  /// The elements `<code name="…">text</code>`.
  private static func elements(_ name: String, in text: Substring) -> [(String, String)] {
    var result: [(String, String)] = []
    var place = text.startIndex
    while let next = text.range(of: "<code \(name)=\"", after: place) {
      place = next.upperBound
      guard let open = text[place...].utf8.firstIndex(of: 62),
        let end = text.range(of: "</code>", after: open),
        let value = attribute(name, in: text[next.lowerBound...open])
      else { break }
      result.append((value, unescapedHTML(text[text.index(after: open)..<end.lowerBound])))
    }
    return result
  }
}

/// The value of an attribute in a tag.
private func attribute(_ name: String, in tag: Substring) -> String? {
  guard let start = tag.range(of: "\(name)=\""),
    let end = tag[start.upperBound...].utf8.firstIndex(of: 34)
  else { return nil }
  return unescapedHTML(tag[start.upperBound..<end])
}

extension StringProtocol where SubSequence == Substring {
  /// Where `text` is first; found byte by byte.
  func range(of text: String) -> Range<String.Index>? { range(of: text, after: startIndex) }

  /// Where `text` is first from `start` on.
  func range(of text: String, after start: String.Index) -> Range<String.Index>? {
    let wanted = Array(text.utf8)
    let view = self[start...].utf8
    guard let first = wanted.first else { return nil }
    var place = view.startIndex
    while let candidate = view[place...].firstIndex(of: first) {
      if view[candidate...].starts(with: wanted) {
        return candidate..<view.index(candidate, offsetBy: wanted.count)
      }
      place = view.index(after: candidate)
    }
    return nil
  }
}

/// What `henge verify` found.
public struct Verification {
  /// What differs, in the order of the page: a place and words.
  public internal(set) var differences: [(place: String, text: String)] = []
  /// The number of cells whose outputs are the same.
  public internal(set) var same = 0
  /// The number of cells that may differ from run to run.
  public internal(set) var skipped = 0
}
