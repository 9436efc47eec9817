// SPDX-License-Identifier: MIT

/// The processes that run one script together, each with a number, its rank: 0, 1, ….
///
/// All run the same statements in lockstep, so that each call here is made by all of them at the same
/// place. Whoever trains asks for this, never for what moves the bytes.
public protocol Ranks: AnyObject {
  /// The number of processes, 1 or more.
  var count: Int { get }
  /// The rank of this one.
  var mine: Int { get }
  /// Where the script is, for those who wait.
  var place: String { get set }
  /// Why the processes are no longer in lockstep; nil while they are.
  var failure: RankFailure? { get }

  /// Sends a message to each process and returns those that this one was sent, both in the order of
  /// ranks: the one for itself comes back.
  ///
  /// `place` says where the script is. Throws ``RankFailure`` where processes are at different places,
  /// one of them has failed, or one does not come within the limit.
  func exchange(_ messages: [[UInt8]], at place: String) throws -> [[UInt8]]

  /// Runs `work`, which exchanges, beside what the caller does next, on a thread that computes nothing else.
  ///
  /// It begins after all work that was given before it, and the next exchange of the caller waits for it, so
  /// that all processes have one order of exchanges. Throws as ``exchange(_:at:)``, where it runs at once.
  func beside(_ work: @escaping () throws -> Void) throws

  /// Waits for all work of ``beside(_:)``, and throws what it threw.
  func joined() throws

  /// Whether anyone was asked to stop or to save, which all processes then do at the same place; what
  /// this process was asked is `mine`.
  ///
  /// Throws as ``exchange(_:at:)``.
  func agree(_ mine: Wishes, at place: String) throws -> Wishes
}

extension Ranks {
  /// Sends the same bytes to all processes and returns everyone's, in the order of ranks.
  ///
  /// Throws as ``exchange(_:at:)``.
  public func gather(_ bytes: [UInt8], at place: String) throws -> [[UInt8]] {
    count == 1 ? [bytes] : try exchange(Array(repeating: bytes, count: count), at: place)
  }

  /// Waits for all processes.
  ///
  /// Throws as ``exchange(_:at:)``.
  public func barrier(at place: String) throws { _ = try gather([], at: place) }
}

/// What a process is asked by signals, from one whole step to the next.
public struct Wishes: OptionSet, Sendable {
  /// One bit for each wish.
  public let rawValue: UInt8

  /// These wishes.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// To stop: Ctrl-C, SIGTERM.
  public static let stop = Wishes(rawValue: 1)
  /// To save what is trained, and go on: SIGUSR1.
  public static let save = Wishes(rawValue: 2)
  /// To end after ``stop``: SIGTERM.
  public static let end = Wishes(rawValue: 4)
}

/// One process: nothing is sent.
public final class OneProcess: Ranks {
  /// One process.
  public init() {}
  /// 1.
  public var count: Int { 1 }
  /// 0.
  public var mine: Int { 0 }
  /// Where the script is.
  public var place = "the start"
  /// Nobody is apart.
  public var failure: RankFailure? { nil }
  /// The message for itself.
  public func exchange(_ messages: [[UInt8]], at place: String) -> [[UInt8]] { messages }
  /// Runs it at once.
  public func beside(_ work: @escaping () throws -> Void) throws { try work() }
  /// All is done.
  public func joined() {}
  /// What it was asked itself.
  public func agree(_ mine: Wishes, at place: String) -> Wishes { mine }
}

/// Why processes cannot go on together.
public struct RankFailure: Error {
  /// One sentence.
  public let message: String
  /// More about it, a line each.
  public let notes: [String]

  /// A failure with its words.
  public init(_ message: String, notes: [String] = []) {
    self.message = message
    self.notes = notes
  }
}
