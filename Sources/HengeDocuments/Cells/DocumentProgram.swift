// SPDX-License-Identifier: MIT
public import HengeLanguage

/// The programs of a document's cells.
public struct DocumentProgram: Sendable {
  /// The document.
  public let file: DocumentFile
  /// All code as one program; none if some cell is not a program.
  public let whole: Program?
  /// What each cell runs: nothing for text, an error for code that is no program.
  private let programs: [Result<Program, Diagnostic>?]
  /// Why the document cannot be run from top to bottom: an error in a cell that must not have one.
  public let refusal: Diagnostic?

  /// Parses the cells with `parse`.
  ///
  /// If the whole is a program, each statement belongs to the cell in which it begins. Otherwise each
  /// cell is parsed separately, so that a document can show a mistake on purpose.
  public init(
    _ file: DocumentFile, parse: (Source) throws(Diagnostic) -> Program
  ) throws(Diagnostic) {
    self.file = file
    do throws(Diagnostic) {
      let whole = try parse(file.source)
      self.whole = whole
      refusal = nil
      let cells = file.document.cells
      programs = zip(cells, file.places).map { cell, place in
        cell.kind == .code ? whole.part(place).map(Result.success) : nil
      }
    } catch {
      guard error.code == "E-syntax" || file.document.cells.count > 1 else { throw error }
      whole = nil
      var refusal: Diagnostic?
      var programs: [Result<Program, Diagnostic>?] = []
      for (cell, place) in zip(file.document.cells, file.places) {
        guard cell.kind == .code else {
          programs.append(nil)
          continue
        }
        do throws(Diagnostic) {
          programs.append(.success(try parse(file.source.masked(to: [place]))))
        } catch {
          if !cell.options.allowsError, cell.options.runs, refusal == nil { refusal = error }
          programs.append(.failure(error))
        }
      }
      // Each cell alone is right, as where a block goes on in the next cell.
      self.refusal =
        programs.contains { if case .failure = $0 { true } else { false } } ? refusal : error
      self.programs = programs
    }
  }

  /// Whether it runs as one program: a plain script, or a text too long to keep its tree.
  public var isPlain: Bool {
    guard let whole else { return false }
    return !file.document.hasCells || whole.part(Span(0, 0)) == nil
  }

  /// All code that is a program, such as for the `param`s of the document.
  public var runnable: Program {
    if let whole { return whole }
    let parts = programs.compactMap { try? $0?.get() }
    let statements = parts.flatMap(\.block.statements)
    return Program(
      source: file.source, block: Block(statements, Span(0, file.source.bytes.count)),
      documentation: parts.first?.documentation)
  }

  /// The program of a cell; nil for text, throws for code that is no program.
  public func program(ofCell index: Int) throws(Diagnostic) -> Program? {
    try programs[index]?.get()
  }

  /// A statement that goes on in another cell, with the error that says so.
  public var crossing: Diagnostic? {
    for (index, place) in file.places.enumerated() {
      guard case .success(let program)? = programs[index] else { continue }
      for statement in program.block.statements where statement.span.end > place.end {
        return Diagnostic(
          "E-cell", "this statement goes on after the end of its cell",
          labels: [.init(file.source, statement.span)],
          suggestion: "the marker before or after the statement")
      }
    }
    return nil
  }
}
