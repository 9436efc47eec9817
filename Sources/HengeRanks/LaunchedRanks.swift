// SPDX-License-Identifier: MIT
internal import CHengeRanks
internal import Glibc

/// The processes that a launcher started, by the MPI of the site.
///
/// Before the messages of an exchange each process tells all others where it is. So processes that are
/// not at the same place find out before anything is mixed up.
public final class LaunchedRanks: Ranks {
  /// The number of processes.
  public let count: Int
  /// The rank of this one.
  public let mine: Int
  /// The name and version of the MPI library.
  public let library: String
  /// The names of the machines, by rank.
  public private(set) var machines: [String] = []
  /// How long an exchange waits for others, in seconds: `HENGE_RANKS_WAIT`, by default 30 minutes.
  public let limit: Double
  /// Where the script is, for those who wait.
  public var place = "the start"
  /// Why the processes are no longer in lockstep.
  public internal(set) var failure: RankFailure? {
    get {
      settle()
      return fault
    }
    set { fault = newValue }
  }
  /// The same, while exchanges may be under way beside.
  private var fault: RankFailure?
  /// Whether a process was stopped and the others, too, at their next exchange.
  var isStopped = false
  /// The error of work that stops because that of another process was stopped.
  public var stopError: () -> any Error = { RankFailure("another process was stopped") }

  /// Called before the job is ended because a process did not come.
  public var willAbandon: () -> Void = {}

  let table: UnsafePointer<henge_ranks>
  /// The number of the entry that runs, where people type entries.
  var entry: UInt64 = 0
  /// Exchanges while others compute; nil where MPI has no threads, or they are not wanted.
  private let companion: WorkThread?
  /// Where the script was when the work that runs beside was given.
  private var placeBeside = ""
  /// Where errors of the launch are written.
  private var errorStream: Int32 = 2
  /// How many exchanges there were.
  private var number: UInt64 = 0

  init(_ table: UnsafePointer<henge_ranks>) throws {
    self.table = table
    limit =
      getenv("HENGE_RANKS_WAIT").flatMap { Double(String(cString: $0)) }.flatMap {
        $0 > 0 ? $0 : nil
      } ?? 1800
    var (count, mine, hasThreads): (Int32, Int32, Int32) = (0, 0, 0)
    let code = table.pointee.start(&count, &mine, &hasThreads)
    guard code == 0 else { throw RankFailure("MPI does not start: its error \(code)") }
    self.count = Int(count)
    self.mine = Int(mine)
    let isWanted = getenv("HENGE_RANKS_OVERLAP").map { String(cString: $0) } != "off"
    companion = hasThreads == 1 && isWanted ? WorkThread() : nil
    library = Self.words(table.pointee.library)
    machines = [Self.words(table.pointee.machine)]
    guard count > 1 else { return }
    machines = try gather(Array(machines[0].utf8), at: "the start").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private static func words(_ function: (UnsafeMutablePointer<CChar>?, Int) -> Void) -> String {
    var text = [CChar](repeating: 0, count: 300)
    function(&text, text.count)
    return text.text
  }

  /// A rank and its machine: `rank 2 (node07)`.
  public func name(of rank: Int) -> String {
    let machine = machines.indices.contains(rank) ? " (\(machines[rank]))" : ""
    return "rank \(rank)\(machine)"
  }

  /// How many of the processes run on this machine, this one included.
  public var neighbors: Int { machines.count { $0 == machines[mine] } }

  /// `4 processes on 2 machines, MPICH 4.0.2`.
  public var words: String {
    let different = Set(machines).count
    return
      "\(count) processes on \(different) \(different == 1 ? "machine" : "machines"), \(library)"
  }

  /// Keeps standard error for what ends the job, although nothing else is shown any more.
  public func keepErrorStream() {
    let kept = fcntl(2, F_DUPFD_CLOEXEC, 3)
    if kept >= 0 { errorStream = kept }
  }

  // MARK: Exchanges

  /// Sends each process its message and returns those for this one.
  public func exchange(_ messages: [[UInt8]], at place: String) throws -> [[UInt8]] {
    let here = companion?.isCurrent ?? false ? placeBeside : self.place
    return try exchange(messages, .here("\(here): \(place)"), wishes: []).messages
  }

  /// Runs `work` on a thread of its own, or at once where there is none.
  public func beside(_ work: @escaping () throws -> Void) throws {
    let place = place
    let isGiven = companion?.add { [unowned self] in
      placeBeside = place
      try work()
    }
    guard isGiven ?? false else {
      try joined()
      return try work()
    }
  }

  /// Waits for all work that was given to ``beside(_:)``.
  public func joined() throws { try companion?.wait() }

  /// Waits until nothing is exchanged beside, however it ends.
  private func settle() {
    if let companion, !companion.isCurrent { companion.settle() }
  }

  /// All that any process was asked.
  public func agree(_ mine: Wishes, at place: String) throws -> Wishes {
    let empty = Array(repeating: [UInt8](), count: count)
    return try exchange(empty, .here("\(self.place): \(place)"), wishes: mine).wishes
  }

  /// `limit` is how long it waits for others, in seconds; as long as for all exchanges by default.
  func exchange(
    _ messages: [[UInt8]], _ state: State, wishes: Wishes, limit: Double? = nil
  ) throws -> (messages: [[UInt8]], wishes: Wishes) {
    if let companion, !companion.isCurrent { try companion.wait() }
    if let fault { throw fault }
    if isStopped { throw stopError() }
    do {
      number += 1
      var messages = messages
      if case .failed(let words) = state {
        messages = Array(repeating: Array(words.utf8), count: count)
      }
      let own = (0..<count).map {
        Header(number, state.kind, wishes, size: messages[$0].count, state.place)
      }
      let sizes = Array(repeating: Header.size, count: count)
      var headers = try trade(own.map(\.bytes), sizes, limit: limit ?? self.limit).map {
        Header($0)
      }
      headers[mine] = own[mine]
      let kinds = headers.map(\.kind)
      if kinds.contains(.stopped), !kinds.contains(.failed) {
        isStopped = true
        throw stopError()
      }
      let isSame = headers.allSatisfy { $0.isSame(as: headers[0]) }
      guard isSame else { throw try apart(headers, messages) }
      let received = try trade(messages, headers.map(\.length), limit: self.limit)
      return (received, headers.reduce(into: []) { $0.formUnion($1.wishes) })
    } catch let failure as RankFailure {
      fault = failure
      throw failure
    }
  }

  /// Why processes are apart: one that failed, or places that differ.
  private func apart(_ headers: [Header], _ messages: [[UInt8]]) throws -> RankFailure {
    let failed = headers.indices.filter { headers[$0].kind == .failed }
    guard !failed.isEmpty else {
      // Alike places are told once.
      var notes: [(place: String, ranks: [Int])] = []
      for (rank, header) in headers.enumerated() {
        if let index = notes.firstIndex(where: { $0.place == header.place }) {
          notes[index].ranks.append(rank)
        } else {
          notes.append((header.place, [rank]))
        }
      }
      let isOrder = notes.count == 1
      return RankFailure(
        isOrder
          ? "the processes do not take the same way through the script"
          : "the processes are not at the same place of the script",
        notes: notes.map { place, ranks in
          "\(ranks.map(name).joined(separator: ", ")): \(place)"
        } + ["what a script does must not depend on time, machines or files that only some have"])
    }
    let silent = Array(repeating: [UInt8](), count: count)
    let texts = try trade(
      failed.contains(mine) ? messages : silent,
      headers.map { $0.kind == .failed ? $0.length : 0 }, limit: limit)
    let first = failed[0]
    let text = first == mine ? messages[mine] : texts[first]
    let lines = String(decoding: text, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    return RankFailure(
      "\(name(of: first)) failed: \(lines.first ?? "")", notes: Array(lines.dropFirst()))
  }

  /// Sends bytes to each process and receives as many as `sizes` says from each.
  private func trade(
    _ messages: [[UInt8]], _ sizes: [Int], limit: Double
  ) throws -> [[UInt8]] {
    let lengths = messages.map { Int64($0.count) }
    let incoming = sizes.indices.map { $0 == mine ? Int64(0) : Int64(sizes[$0]) }
    var late = [UInt8](repeating: 0, count: count)
    let out = messages.map { message in
      UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, message.count), alignment: 16)
    }
    let buffers = incoming.map {
      UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, Int($0)), alignment: 16)
    }
    for (buffer, message) in zip(out, messages) { buffer.copyBytes(from: message) }
    let code = table.pointee.exchange(
      out.map { UnsafeRawPointer($0.baseAddress) }, lengths, buffers.map(\.baseAddress), incoming,
      limit, &late)
    guard code == 0 else {
      // What MPI may still write to stays.
      throw waited(for: late.indices.filter { late[$0] != 0 })
    }
    defer {
      for buffer in out + buffers { buffer.deallocate() }
    }
    return buffers.enumerated().map { rank, buffer in
      guard rank != mine else { return messages[rank] }
      let count = Int(incoming[rank])
      return [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
        UnsafeMutableRawBufferPointer(bytes).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: buffer[0..<count]))
        filled = count
      }
    }
  }

  /// Tells, once, who did not come, and ends the job.
  private func waited(for late: [Int]) -> RankFailure {
    let failure = RankFailure(
      "waited \(Int(limit)) s for \(late.map(name).joined(separator: ", ")) at: \(place)",
      notes: ["HENGE_RANKS_WAIT=seconds sets how long a process waits for the others"])
    willAbandon()
    // The first of those who wait tells it; the others give it a moment to do so.
    if let first = (0..<count).first(where: { !late.contains($0) }), first == mine {
      let text = "henge: \(failure.message)\n  \(failure.notes.joined(separator: "\n  "))\n"
      _ = Array(text.utf8).withUnsafeBytes { write(errorStream, $0.baseAddress, $0.count) }
    } else {
      sleep(2)
    }
    table.pointee.abandon(1)
    return failure
  }

  // MARK: The end

  /// Comes to the end of the script with all others.
  ///
  /// Throws ``RankFailure`` where another has failed or is at another place.
  public func end() throws {
    guard count > 1 else { return }
    _ = try exchange(Array(repeating: [], count: count), .ended, wishes: [])
  }

  /// Tells the others that this process has failed, with these words, and returns what of them all is to be
  /// told; nil where it is this one's error, or they know already.
  public func fail(_ words: String) -> RankFailure? {
    guard count > 1, failure == nil else { return nil }
    do {
      _ = try exchange([], .failed(words), wishes: [])
      return nil
    } catch {
      // The first that failed tells it itself.
      guard let failure = error as? RankFailure, !failure.message.hasPrefix(name(of: mine)) else {
        return nil
      }
      return failure
    }
  }

  /// Leaves the others; nothing can be exchanged any more.
  public func leave() { table.pointee.finish() }
}

/// What a process tells the others.
enum State {
  /// It goes on from a place.
  case here(String)
  /// It has ended in an error, with these words: they follow as its message.
  case failed(String)
  /// It was stopped, and comes to the end of its entry.
  case stopped
  /// It has come to the end.
  case ended

  fileprivate var kind: Header.Kind {
    switch self {
    case .here: .here
    case .failed: .failed
    case .stopped: .stopped
    case .ended: .ended
    }
  }

  fileprivate var place: String {
    switch self {
    case .here(let place): place
    case .failed: "it has failed"
    case .stopped: "it was stopped"
    case .ended: "the end of the script"
    }
  }
}

/// What goes before each message: who is where, and how long the message is.
private struct Header {
  static let size = 512
  /// The bytes before the place.
  private static let fixed = 20

  enum Kind: UInt8 {
    case here
    case failed
    case ended
    case stopped
  }

  let number: UInt64
  let kind: Kind
  let wishes: Wishes
  let length: Int
  let place: String

  init(_ number: UInt64, _ kind: Kind, _ wishes: Wishes, size: Int, _ place: String) {
    self.number = number
    self.kind = kind
    self.wishes = wishes
    length = size
    self.place = place
  }

  /// Whether two processes are at the same place.
  func isSame(as other: Header) -> Bool {
    number == other.number && kind == other.kind && kind != .failed
      && shortPlace == other.shortPlace
  }

  private var shortPlace: [UInt8] { Array(place.utf8.prefix(Self.size - Self.fixed)) }

  var bytes: [UInt8] {
    let place = shortPlace
    var bytes: [UInt8] = []
    withUnsafeBytes(of: number) { bytes += $0 }
    withUnsafeBytes(of: UInt64(length)) { bytes += $0 }
    bytes += [kind.rawValue, wishes.rawValue]
    withUnsafeBytes(of: UInt16(place.count)) { bytes += $0 }
    return bytes + place + Array(repeating: 0, count: Self.size - Self.fixed - place.count)
  }

  init(_ bytes: [UInt8]) {
    guard bytes.count == Self.size else {
      self.init(0, .here, [], size: 0, "")
      return
    }
    func number<Number: FixedWidthInteger & BitwiseCopyable>(_ start: Int, _: Number.Type)
      -> Number
    {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Number.self) }
    }
    let count = min(Int(number(18, UInt16.self)), Self.size - Self.fixed)
    self.init(
      number(0, UInt64.self), Kind(rawValue: bytes[16]) ?? .here, Wishes(rawValue: bytes[17]),
      size: Int(truncatingIfNeeded: number(8, UInt64.self)),
      String(decoding: bytes[Self.fixed..<(Self.fixed + count)], as: UTF8.self))
  }
}
