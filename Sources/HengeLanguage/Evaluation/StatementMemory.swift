// SPDX-License-Identifier: MIT

/// Knows from an earlier run of the same program what its statements did.
public protocol StatementMemory: AnyObject {
  /// Does what `statement` did before and returns its value; nil where it must run.
  ///
  /// It is asked before each statement of the program that the user runs, not of imported files.
  func recall(_ statement: Statement, of source: Source) throws -> Value?
  /// The statement that was asked for last ran and has this value.
  func keep(_ value: Value) throws
}

/// What statements produce, for a memory of them.
public protocol StatementOutput: AnyObject {
  /// Collects from now on what a statement produces.
  func beginStatement()
  /// What was produced since, as a text that ``replay(_:)`` understands.
  func endStatement() throws -> String
  /// Produces the same again; throws for a text that is none of its own.
  func replay(_ text: String) throws
}
