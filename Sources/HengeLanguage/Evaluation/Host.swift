// SPDX-License-Identifier: MIT

/// The world that a program runs in: what the machine prints to, asks and reads through.
///
/// Everything has a default that does nothing, or refuses.
public protocol Host: AnyObject {
  /// Writes the text of `print`, unchanged.
  func print(_ text: String) throws
  /// Shows a picture or a text as a result.
  func show(_ display: Display) throws
  /// Prints a note about the call at `span`: something worth knowing that is not a result.
  func note(_ text: String, _ source: Source, _ span: Span)
  /// Throws when the user asked to stop; asked at loops and calls, so it must be quick.
  func checkInterrupt() throws
  /// Throws E-memory when the process cannot have `bytes` more.
  ///
  /// It is asked before anything large, and at least every few thousand steps with what small
  /// values took since; a host that compares the process's real memory with its budget here
  /// catches every program that grows without bound.
  func reserve(_ bytes: Int) throws
  /// Loops of the statement begin.
  func beginLoops()
  /// Shows how far the loops of the statement are; asked some times a second.
  func reachLoops(_ progress: LoopProgress)
  /// The statement, which has loops, is over.
  func endLoops()
  /// Lets go of a value that may be large, without waiting for it to be freed.
  func discard(_ value: consuming Value)
  /// Returns unused memory to the system.
  func giveBackMemory()
  /// The columns that an echo is fitted to.
  var width: Int { get }
  /// The bytes that the session uses now, for `time { }`.
  var liveBytes: Int { get }
  /// The state that programs change besides names and handles, such as the random streams.
  var state: Object? { get }
  /// Restores a ``state``.
  func restore(_ state: Object)
  /// Whether two ``state`` objects are equal.
  func isState(_ state: Object, sameAs other: Object) -> Bool
  /// The relative paths read since the last call, as programs wrote them.
  func takeReads() -> [String]
  /// How many files programs wrote so far.
  var writes: Int { get }
  /// The files that were written since the last call, in order.
  func takeWritten() -> [WrittenFile]
  /// Whether `path`, relative to `folder`, is a file that the session wrote there.
  func hasWritten(_ path: String, in folder: String) -> Bool
  /// Words an error of the world below, with the parameter at fault; none when it is unknown.
  func refusal(for error: any Error) -> Refusal?
  /// The parsed text of `import "path"` in `source`; its source's name is the file's own, however
  /// the path was written, because each file is run once.
  func program(at path: String, importedFrom source: Source) throws -> Program
}

/// A file that a program wrote.
public struct WrittenFile: Equatable, Sendable {
  /// Its path, as the program named it.
  public let path: String
  /// Its size in bytes.
  public let bytes: Int
  /// Whether there was a file before that is gone now.
  public let replaced: Bool

  /// A file from what is to be said of it.
  public init(path: String, bytes: Int, replaced: Bool) {
    (self.path, self.bytes, self.replaced) = (path, bytes, replaced)
  }
}

extension Host {
  /// Writes nothing.
  public func print(_ text: String) throws {}
  /// Shows nothing.
  public func show(_ display: Display) throws {}
  /// Ignores the note.
  public func note(_ text: String, _ source: Source, _ span: Span) {}
  /// Never throws.
  public func checkInterrupt() throws {}
  /// Ignores them.
  public func beginLoops() {}
  /// Shows nothing.
  public func reachLoops(_ progress: LoopProgress) {}
  /// Ignores it.
  public func endLoops() {}
  /// Refuses nothing.
  public func reserve(_ bytes: Int) throws {}
  /// Frees it at once.
  public func discard(_ value: consuming Value) {}
  /// Does nothing.
  public func giveBackMemory() {}
  /// 80.
  public var width: Int { 80 }
  /// Always 0.
  public var liveBytes: Int { 0 }
  /// Always 0.
  public var writes: Int { 0 }
  /// No files.
  public func takeWritten() -> [WrittenFile] { [] }
  /// No state.
  public var state: Object? { nil }
  /// Restores nothing.
  public func restore(_ state: Object) {}
  /// There is none that differs.
  public func isState(_ state: Object, sameAs other: Object) -> Bool { true }
  /// No reads.
  public func takeReads() -> [String] { [] }
  /// No files.
  public func hasWritten(_ path: String, in folder: String) -> Bool { false }
  /// No known errors.
  public func refusal(for error: any Error) -> Refusal? { nil }
  /// Refuses with E-file.
  public func program(at path: String, importedFrom source: Source) throws -> Program {
    throw Diagnostic("E-file", "nothing can be imported here: \(path.quoted())")
  }
}
