// SPDX-License-Identifier: MIT

extension EntrySession {
  /// The settings of a session, from the program that starts it.
  public struct Setup {
    /// The seed from the command line.
    public var seed: UInt64?
    /// The folder that entries read relative paths from at first, absolute.
    public var workingFolder: String
    /// Makes an absolute folder the one that entries read relative paths from, and throws where that
    /// fails; nil where the folder of the session cannot change.
    public var changeFolder: ((_ folder: String) throws -> Void)?
    /// The current memory limit of the session, in bytes.
    public var memoryLimit: () -> Int
    /// The settings of `:set`.
    public var settings: [Setting] = []
    /// The journal for recovery.
    public var journal: Journal?
    /// The hash of a file's bytes; none where it cannot be read.
    public var hash: (String) -> String? = { _ in nil }
    /// Called with the number and the text of each entry before it runs.
    public var willRun: (_ number: Int, _ text: String) -> Void = { _, _ in }
    /// The commands of the front end, in addition to those of every session.
    public var commands: [Command] = []
    /// The kinds of entries besides programs and `:commands`; each is tried in order.
    public var otherEntries: [EntryKind] = []
    /// The other processes that run the entries as well.
    public var peers: (any EntryPeers)?
    /// Lines that `apropos` searches besides, such as keys with what they do.
    public var guide: [(name: String, text: String)] = []

    /// All commands of a session with this setup, in the order in which help lists them.
    public var allCommands: [Command] { Command.ofEverySession + commands }

    /// A session that keeps no journal and has nothing to set.
    public init(seed: UInt64?, workingFolder: String, memoryLimit: @escaping () -> Int) {
      self.seed = seed
      self.workingFolder = workingFolder
      self.memoryLimit = memoryLimit
    }
  }
}

/// A kind of entry that only some front ends have, such as `!ls`.
public struct EntryKind {
  /// How it is typed, with what it does, for `:help`; none where `:help` leaves it out.
  let listing: (usage: String, summary: String)?
  /// Does what an entry asks; nil where the entry is not of this kind.
  let perform: (_ entry: String) throws -> EntrySession.Continuation?

  /// Declares a kind of entry; `perform` returns nil for an entry of another kind, and what it throws
  /// is reported as an entry's error.
  public init(
    listing: (usage: String, summary: String)? = nil,
    perform: @escaping (_ entry: String) throws -> EntrySession.Continuation?
  ) {
    self.listing = listing
    self.perform = perform
  }
}

/// Something that `:set name value` changes while the session runs.
public struct Setting {
  /// The name.
  public let name: String
  /// The meaning, with its values; a phrase that ends in a period.
  public let summary: String
  /// Its value as text.
  let value: () -> String
  /// Takes a value; what is wrong with it, if something is.
  let change: (String) -> String?

  /// Declares a setting.
  public init(
    _ name: String, _ summary: String, value: @escaping () -> String,
    change: @escaping (String) -> String?
  ) {
    self.name = name
    self.summary = summary
    self.value = value
    self.change = change
  }
}
