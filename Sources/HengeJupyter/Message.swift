// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeFiles
internal import Synchronization

/// A request as a client sent it.
struct Request: Sendable {
  /// The frames by which the reply finds its client.
  let identities: [[UInt8]]
  /// Its header as it came, which is the parent of all that answers it.
  let header: [UInt8]
  /// Such as `execute_request`.
  let type: String
  let content: JSON

  private static let delimiter = Array("<IDS|MSG>".utf8)

  /// The request in the frames of a message; nil for what is damaged, signed by another key, or was
  /// received before.
  init?(_ frames: [[UInt8]], _ signer: Signer) {
    guard let delimiter = frames.firstIndex(of: Request.delimiter), frames.count >= delimiter + 6
    else { return nil }
    let parts = frames[(delimiter + 2)..<(delimiter + 6)]
    guard signer.accepts(frames[delimiter + 1], of: parts),
      let header = try? JSON(parsing: frames[delimiter + 2]),
      let type = header["msg_type"]?.asText, header["msg_id"]?.asText != nil,
      let content = try? JSON(parsing: frames[delimiter + 5]), case .object = content
    else { return nil }
    identities = Array(frames[..<delimiter])
    self.header = frames[delimiter + 2]
    self.type = type
    self.content = content
  }

  /// The type of its reply: `execute_reply`.
  var replyType: String {
    (type.hasSuffix("_request") ? String(type.dropLast("_request".count)) : type) + "_reply"
  }

  /// The text of a member of the content; empty where there is none.
  func text(_ name: String) -> String { content[name]?.asText ?? "" }

  /// A bool of the content.
  func flag(_ name: String, default initial: Bool) -> Bool { content[name]?.asBool ?? initial }
}

/// Writes the messages of one kernel.
final class MessageWriter: Sendable {
  /// The version of the protocol that messages follow.
  static let protocolVersion = "5.4"
  /// The name of this kernel's session.
  let session: String
  private let signer: Signer
  private let count = Atomic<Int>(0)

  init(_ signer: Signer) {
    self.signer = signer
    var random = SystemRandomNumberGenerator()
    let words = [random.next(), random.next()] as [UInt64]
    session = words.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// The frames of a message that answers a request with the header `parent`; without one, of a message
  /// that nobody asked for.
  func frames(
    _ type: String, to identities: [[UInt8]], parent: [UInt8]?, _ content: JSON,
    metadata: JSON = .empty
  ) -> [[UInt8]] {
    let number = count.add(1, ordering: .relaxed).newValue
    let header = JSON.of([
      "msg_id": .string("\(session)_\(number)"), "session": .string(session),
      "username": .string("henge"), "date": .string(MessageWriter.now()),
      "msg_type": .string(type), "version": .string(MessageWriter.protocolVersion),
    ])
    let parts = [header.utf8, parent ?? JSON.empty.utf8, metadata.utf8, content.utf8]
    return identities + [Array("<IDS|MSG>".utf8), signer.signature(of: parts)] + parts
  }

  /// The time in UTC [ISO 8601]: `2026-01-31T09:05:00.000250Z`.
  private static func now() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    gmtime_r(&time.tv_sec, &parts)
    func digits(_ number: Int, _ count: Int = 2) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
      .map { digits($0) }.joined(separator: "-")
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits(Int($0)) }
      .joined(separator: ":")
    return "\(date)T\(clock).\(digits(time.tv_nsec / 1000, 6))Z"
  }
}
