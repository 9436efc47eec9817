// SPDX-License-Identifier: MIT

extension PromptSession {
  /// What a session of entries is told by whoever starts it.
  public struct Setup {
    /// The seed that the command line gave.
    public var seed: UInt64?
    /// The folder that entries read relative paths from, absolute.
    public var workingFolder: String
    /// The most bytes that the session may hold now.
    public var memoryLimit: () -> Int
    /// What `:set` changes.
    public var settings: [Setting] = []
    /// Where entries are kept for a recovery.
    public var journal: Journal?
    /// The hash of a file's bytes; none where it cannot be read.
    public var hash: (String) -> String? = { _ in nil }
    /// Told the number of each entry before it runs.
    public var willRun: (Int) -> Void = { _ in }
    /// Whether notes are left out.
    public var isQuiet = false

    /// A session that keeps no journal and has nothing to set.
    public init(seed: UInt64?, workingFolder: String, memoryLimit: @escaping () -> Int) {
      self.seed = seed
      self.workingFolder = workingFolder
      self.memoryLimit = memoryLimit
    }
  }
}

/// Something that `:set name value` changes while the session runs.
public struct Setting {
  /// What it is called.
  public let name: String
  /// What it changes, with its values; a phrase that ends in a stop.
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
