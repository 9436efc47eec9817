// SPDX-License-Identifier: MIT
internal import HengeDocuments
internal import HengeFiles
internal import HengeLanguage
internal import HengeLibrary
internal import HengeReports
internal import HengeSession

// What `render --from CELL` takes from earlier runs.

extension Application {
  /// Keeps what long statements of a document do; nil where there is no folder for it, or the document has
  /// no cells.
  func keptStatements(
    of program: DocumentProgram, _ circumstances: RunCircumstances, _ inputs: DocumentInputs
  ) throws -> KeptStatements? {
    guard !program.isPlain, let folder = StateFolder(.cache).path else { return nil }
    let parameters = circumstances.parameters.sorted { $0.key < $1.key }
      .map { "\($0.key.utf8.count) \($0.key)=\($0.value.utf8.count) \($0.value)" }
    let words = [
      circumstances.version, circumstances.processor, String(circumstances.seed),
      circumstances.stepLimit.map(String.init) ?? "no limit",
    ]
    return try KeptStatements(
      of: interpreter, session, in: CacheFolder(path: folder + "/statements"),
      circumstances: (words + parameters + arguments.words).joined(separator: "\n")
    ) { try inputs.withPaths().map { ($0.named, $0.input.hash) } }
  }

  /// The index of the cell that `--from` names by its number or label.
  func index(ofCell name: String, in document: Document) throws -> Int {
    let labels = document.cells.map(\.options.label)
    if let index = labels.firstIndex(of: name) { return index }
    if let number = Int(name), document.cells.indices.contains(number - 1) { return number - 1 }
    let known = labels.compactMap(\.self)
    throw Diagnostic(
      "E-arg",
      "--from \(name) names no cell: the document has \(document.cells.count) cells"
        + (known.isEmpty
          ? ", none with a label" : ", with the labels \(known.joined(separator: ", "))"),
      suggestion: Suggestion.closest(to: name, among: known).map { "--from \($0)" })
  }
}
