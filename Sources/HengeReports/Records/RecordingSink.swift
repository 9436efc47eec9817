// SPDX-License-Identifier: MIT
internal import Glibc
public import HengeBackend
public import HengeDocuments
internal import HengeLanguage
public import HengeSession

/// Passes all events on and keeps a record of the outputs, in a file and in memory.
public final class RecordingSink: EntrySink, CellObserver {
  private let next: any EntrySink
  private let file: RecordFile?
  private let document: DocumentFile?
  private let budget: MemoryBudget
  /// The outputs so far.
  public private(set) var rows: [RunLog.Row] = []
  private var cell = 0
  private var isVolatile = false

  /// Records what goes to `next`; also in the file at `path`, whose old content is gone.
  ///
  /// Throws E-file where the file cannot be made.
  public init(
    _ next: any EntrySink, of document: DocumentFile?, to path: String?,
    _ circumstances: RunCircumstances, budget: MemoryBudget
  ) throws {
    (self.next, self.document, self.budget) = (next, document, budget)
    file = try path.map { try RecordFile($0) }
    try file?.append(RunLog.line(circumstances))
  }

  /// As wide as where the events go.
  public var width: Int { next.width }

  /// The cell of this index begins.
  public func begin(cell index: Int) {
    cell = index + 1
    let cells = document?.document.cells ?? []
    isVolatile = cells.indices.contains(index) && cells[index].options.isVolatile
  }

  /// An entry of the prompt begins.
  public func begin(entry number: Int, isVolatile: Bool) {
    (cell, self.isVolatile) = (number, isVolatile)
  }

  /// A cell ended.
  public func end(cell: Int, _ ending: Ending) {}

  /// Records an event and passes it on.
  public func take(_ event: EntryEvent) throws {
    for output in try OutputRecord.records(of: event) {
      let index = cell - 1
      let isInDocument = document?.document.cells.indices.contains(index) ?? false
      let row = RunLog.Row(
        cell: cell, line: isInDocument ? document?.line(of: index) ?? 1 : 1,
        isVolatile: isVolatile, output: output)
      rows.append(row)
      try file?.append(RunLog.line(row, budget: budget))
    }
    try next.take(event)
  }

  /// Makes visible what was received.
  public func flush() throws { try next.flush() }

  /// Writes how the run ended.
  public func finish(_ ending: Ending) throws { try file?.append(RunLog.line(ending: "\(ending)")) }
}

/// A file that grows line by line; what is in it is whole lines.
private final class RecordFile {
  private let path: String
  private let descriptor: Int32
  private var length = 0

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw Diagnostic("E-file", "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  func append(_ line: String) throws {
    var bytes = Array((line + "\n").utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        let reason = String(cString: strerror(errno))
        _ = ftruncate(descriptor, length)
        throw Diagnostic("E-file", "\(path) cannot be written: \(reason)")
      }
      bytes.removeFirst(count)
    }
    length += line.utf8.count + 1
  }
}
