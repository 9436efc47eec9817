// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeDocuments
internal import HengeFiles
internal import HengeImage
public import HengeLanguage
public import HengeSession

/// Runs a document and makes its page.
public final class Rendering {
  /// What a page states besides the document.
  public struct Setting {
    /// The circumstances.
    public var circumstances: RunCircumstances
    /// The number of threads.
    public var threads: Int
    /// The memory for images.
    public var budget: MemoryBudget
    /// What the document has read so far.
    public var inputs: () throws -> [PageInput]
    /// The bytes of an image that a text of the document shows, by its path there; nil where it cannot
    /// be read.
    public var image: (String) -> [UInt8]?

    /// A setting.
    public init(
      circumstances: RunCircumstances, threads: Int, budget: MemoryBudget,
      image: @escaping (String) -> [UInt8]? = { _ in nil },
      inputs: @escaping () throws -> [PageInput]
    ) {
      (self.circumstances, self.threads, self.budget) = (circumstances, threads, budget)
      (self.image, self.inputs) = (image, inputs)
    }
  }

  private let text: String
  private let name: String
  private let setting: Setting
  private let program: DocumentProgram
  /// When the page was written last, and how long that took.
  private var written = ContinuousClock.now
  private var took = Duration.zero

  /// A rendering of `program`, whose file contains `text` and is called `name`.
  public init(_ program: DocumentProgram, text: String, name: String, _ setting: Setting) {
    (self.program, self.text, self.name, self.setting) = (program, text, name, setting)
  }

  /// Runs the document and writes its page to `path`, whole at any time: while it runs, a page of the
  /// cells so far replaces the one before.
  ///
  /// What the cells produce goes to the page alone; notes and errors also to the sink that `output`
  /// has. Throws E-file where the page cannot be written.
  ///
  /// `willRun` is called before the code of each cell runs, and `willShow` with what collects the outputs of
  /// its statements, before the first.
  public func render(
    to path: String, _ runner: Runner, _ output: EntryOutput,
    willShow: (any StatementOutput) -> Void = { _ in },
    willRun: @escaping (Cell, Int) -> Void = { _, _ in }
  ) throws -> Ending {
    // A text that cannot be drawn is found before anything runs.
    for cell in program.file.document.cells where cell.kind == .text {
      _ = try Markdown(cell.source)
    }
    try write(to: path, cells: [])
    let page = PageSink(program.file, PageDrawing(budget: setting.budget)) { [unowned self] page in
      // A twentieth of the time at most goes into pages that are replaced.
      guard ContinuousClock.now - written > took * 20 else { return }
      took = try ContinuousClock().measure { try write(to: path, cells: page.cells) }
      written = ContinuousClock.now
    }
    willShow(page)
    let ending = run(page, runner, output, willRun)
    try write(to: path, cells: page.cells)
    return ending
  }

  /// Runs the document and compares it with what `report` shows; the setting must be the report's own.
  ///
  /// Of a page of another version the style is not compared.
  public func compare(
    with report: Report, isSameVersion: Bool, _ runner: Runner, _ output: EntryOutput,
    willRun: @escaping (Cell, Int) -> Void = { _, _ in }
  ) throws -> (Ending, Verification) {
    let page = PageSink(program.file, PageDrawing(budget: setting.budget)) { _ in }
    let ending = run(page, runner, output, willRun)
    let now = try Report(parsing: Array(html(page.cells).utf8), name: name)
    return (ending, try verify(report, now, page.cells, isSameVersion: isSameVersion))
  }

  private func run(
    _ page: PageSink, _ runner: Runner, _ output: EntryOutput,
    _ willRun: @escaping (Cell, Int) -> Void
  ) -> Ending {
    let before = output.sink
    output.sink = PageAndErrors(page: page, errors: before)
    defer { output.sink = before }
    return DocumentRun(program, runner, observer: page, willRun: willRun).run(showsMistakes: true)
  }

  private func write(to path: String, cells: [PageCell]) throws {
    let html = try html(cells)
    try AtomicFile.write(html.utf8, to: path, createFolders: true, budget: nil)
  }

  private func html(_ cells: [PageCell]) throws -> String {
    let page = Page(
      file: program.file, text: text, name: name, circumstances: setting.circumstances,
      threads: setting.threads, cells: cells, inputs: setting.inputs
    ) { [setting] path in Rendering.image(setting.image(path)) }
    return try page.html()
  }

  /// An image as it is in its file, as an address.
  private static func image(_ bytes: [UInt8]?) -> String? {
    guard let bytes else { return nil }
    // As an image, SVG runs no script and fetches nothing.
    let starts: [(type: String, bytes: [UInt8])] = [
      ("png", [0x89, 0x50, 0x4E, 0x47]), ("jpeg", [0xFF, 0xD8]), ("svg+xml", Array("<svg".utf8)),
    ]
    guard let kind = starts.first(where: { bytes.starts(with: $0.bytes) }) else { return nil }
    return "data:image/\(kind.type);base64,\(base64(bytes))"
  }

  // MARK: Comparing

  /// Compares the page with what it should be, byte by byte; where they differ, cell by cell.
  private func verify(
    _ report: Report, _ now: Report, _ cells: [PageCell], isSameVersion: Bool
  ) throws -> Verification {
    var result = Verification()
    let volatile = Set(cells.filter { $0.cell.options.isVolatile }.map(\.number))
    result.skipped = volatile.count
    let (old, new) = (report.blanked(outputsOf: volatile), now.blanked(outputsOf: volatile))
    for (path, text) in changedInputs(report) { result.differences.append((path, text)) }
    let numbers = Set(report.sections.keys).union(now.sections.keys).subtracting(volatile)
    let shown = Dictionary(cells.map { ($0.number, $0) }) { first, _ in first }
    for number in numbers.sorted() {
      let cell = shown[number]
      let (old, new) = (report.sections[number], now.sections[number])
      if old.map({ Array($0.utf8) }) == new.map({ Array($0.utf8) }) {
        result.same += 1
        continue
      }
      let place = "cell \(number)" + (cell.map { ", line \($0.line)" } ?? "")
      result.differences.append((place, try difference(old, new)))
    }
    // The style belongs to the version.
    let isSame =
      isSameVersion
      ? Array(old.utf8) == Array(new.utf8)
      : Array(Report.body(of: old).utf8) == Array(Report.body(of: new).utf8)
    if !isSame, result.differences.isEmpty {
      result.differences.append(("the page outside of its cells", "it was changed"))
    }
    return result
  }

  private func changedInputs(_ report: Report) -> [(String, String)] {
    guard let now = try? setting.inputs() else { return [("the inputs", "they cannot be read")] }
    return report.inputs.compactMap { input in
      guard let current = now.first(where: { $0.path == input.path }) else { return nil }
      return current.hash == input.hash ? nil : ("input \(input.path)", "its content was changed")
    }
  }

  /// What differs between two sections.
  private func difference(_ old: Substring?, _ new: Substring?) throws -> String {
    guard let old else { return "the report does not show it" }
    guard let new else { return "the report shows it, but it did not run" }
    let (before, now) = (try pieces(of: old), try pieces(of: new))
    return RunComparison.difference(before, now) ?? "it shows something else"
  }

  /// What is between the tags of a page.
  private static func withoutTags(_ text: Substring) -> String {
    var isTag = false
    let bytes = text.utf8.filter { byte in
      if byte == 60 { isTag = true }
      defer { if byte == 62 { isTag = false } }
      return !isTag
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The images and texts of a section, to compare.
  private func pieces(of section: Substring) throws -> [OutputRecord] {
    var records: [OutputRecord] = []
    var rest = section
    func add(_ text: Substring) throws {
      let words = unescapedHTML(Rendering.withoutTags(text)[...])
      records.append(OutputRecord(.text, hash: try SHA256.hex(of: words.utf8), text: words))
    }
    // The hashes only tell whether something differs.
    while let hash = rest.range(of: " data-hash=\""),
      let end = rest[hash.upperBound...].utf8.firstIndex(of: 34)
    {
      rest = rest[..<hash.lowerBound] + rest[rest.index(after: end)...]
    }
    let start = "data:image/png;base64,"
    while let next = rest.range(of: start) {
      try add(rest[..<next.lowerBound])
      let end = rest[next.upperBound...].utf8.firstIndex(of: 34) ?? rest.endIndex
      let data = String(rest[next.upperBound..<end])
      let picture = decodedBase64(data).flatMap {
        try? PixelDisplay(png: $0, budget: setting.budget)
      }
      records.append(
        OutputRecord(
          .picture, hash: try SHA256.hex(of: data.utf8), text: "an image", picture: picture))
      rest = rest[end...]
    }
    try add(rest)
    return records
  }
}

/// What a document shows goes to the page; what the one who waits must know also to a terminal.
private final class PageAndErrors: EntrySink {
  let page: PageSink
  let errors: any EntrySink

  init(page: PageSink, errors: any EntrySink) { (self.page, self.errors) = (page, errors) }

  var width: Int { 80 }

  func take(_ event: EntryEvent) throws {
    try page.take(event)
    switch event {
    // An error that the cell allows is nothing but what it shows.
    case .error where page.allowsError: break
    case .note, .error: try errors.take(event)
    default: break
    }
  }

  func flush() throws { try errors.flush() }
}
