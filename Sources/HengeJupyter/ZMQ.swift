// SPDX-License-Identifier: MIT
internal import CHengeZMQ
internal import Glibc
internal import HengeBackend

/// The functions of libzmq; ``ZMQContext`` opens the library before one is called.
private var zmq: henge_zmq_functions { henge_zmq().pointee }

/// A context of libzmq, in which sockets are made.
final class ZMQContext {
  private let pointer: UnsafeMutableRawPointer

  /// Opens libzmq; throws `E-system` where it is missing.
  init() throws {
    if let fault = henge_zmq_fault() { throw Failure("E-system", String(cString: fault)) }
    guard let pointer = zmq.ctx_new() else {
      throw Failure("E-system", "libzmq cannot begin: \(ZMQSocket.lastError)")
    }
    self.pointer = pointer
  }

  /// A socket of this kind that takes messages of at most `largest` bytes a frame.
  func socket(_ kind: ZMQSocket.Kind, largest: Int) throws -> ZMQSocket {
    guard let socket = zmq.socket(pointer, kind.rawValue) else {
      throw Failure("E-system", "libzmq makes no socket: \(ZMQSocket.lastError)")
    }
    return ZMQSocket(socket, largest: largest)
  }

  /// Makes every call that waits on a socket return.
  func shutDown() { _ = zmq.ctx_shutdown(pointer) }

  /// Waits until all sockets are closed, and what they had to send is sent or its time is over.
  func end() { while zmq.ctx_term(pointer) != 0 && errno == EINTR {} }
}

/// A socket of libzmq, which one thread at a time uses.
final class ZMQSocket {
  enum Kind: Int32 {
    case reply = 4
    case router = 6
    case extendedPublisher = 9
  }

  private let pointer: UnsafeMutableRawPointer
  private let largest: Int
  /// The most frames of a message that are read.
  private static let mostFrames = 1000

  fileprivate init(_ pointer: UnsafeMutableRawPointer, largest: Int) {
    (self.pointer, self.largest) = (pointer, largest)
    // A frame that claims to be larger is refused before there is memory for it.
    set(ZMQ_MAXMSGSIZE, Int64(largest))
    set(ZMQ_LINGER, Int32(1000))
  }

  /// Sets an option that is a number.
  func set<Number: FixedWidthInteger>(_ option: Int32, _ value: Number) {
    _ = withUnsafeBytes(of: value) {
      zmq.setsockopt(pointer, option, $0.baseAddress, $0.count)
    }
  }

  /// Tells of every subscription, also of one that another client has already.
  func tellAllSubscriptions() { set(ZMQ_XPUB_VERBOSE, Int32(1)) }

  /// Keeps up to `count` messages for a client that reads slowly; later ones are lost to it.
  func keep(_ count: Int32) { set(ZMQ_SNDHWM, count) }

  /// Lets a client that connects again take the place of its lost connection.
  func allowReconnecting() { set(ZMQ_ROUTER_HANDOVER, Int32(1)) }

  /// Serves at `address`; throws `E-system` with the reason where that is impossible.
  func bind(_ address: String) throws {
    guard zmq.bind(pointer, address) == 0 else {
      throw Failure("E-system", "\(address) cannot be served: \(ZMQSocket.lastError)")
    }
  }

  func close() { _ = zmq.close(pointer) }

  static var lastError: String {
    zmq.strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
  }

  // MARK: Messages

  /// What there was to receive.
  enum Reception {
    case message([[UInt8]])
    /// A message with more frames or bytes than any of the protocol has; it is gone.
    case tooLarge
    case nothing
    /// The context is ending.
    case over
  }

  /// The next message, without waiting for one.
  func receive() -> Reception {
    var frames: [[UInt8]] = []
    var bytes = 0
    var count = 0
    while true {
      var frame = zmq_msg_t()
      _ = zmq.msg_init(&frame)
      defer { _ = zmq.msg_close(&frame) }
      guard zmq.msg_recv(&frame, pointer, Int32(ZMQ_DONTWAIT)) >= 0 else {
        if errno == EINTR { continue }
        return errno == EAGAIN ? .nothing : .over
      }
      let size = zmq.msg_size(&frame)
      count += 1
      bytes += min(size, largest)
      let isSound = count <= ZMQSocket.mostFrames && bytes <= largest
      if isSound {
        frames.append(Array(UnsafeRawBufferPointer(start: zmq.msg_data(&frame), count: size)))
      } else {
        frames = []
      }
      guard zmq.msg_more(&frame) != 0 else { return isSound ? .message(frames) : .tooLarge }
    }
  }

  /// Sends a message without waiting; false where it is lost.
  @discardableResult
  func send(_ frames: [[UInt8]]) -> Bool {
    for (index, bytes) in frames.enumerated() {
      var frame = zmq_msg_t()
      guard zmq.msg_init_size(&frame, bytes.count) == 0 else { return false }
      bytes.withUnsafeBytes { source in
        if let start = source.baseAddress, let target = zmq.msg_data(&frame) {
          memcpy(target, start, source.count)
        }
      }
      let flags = Int32(ZMQ_DONTWAIT) | (index + 1 < frames.count ? Int32(ZMQ_SNDMORE) : 0)
      while zmq.msg_send(&frame, pointer, flags) < 0 {
        if errno == EINTR { continue }
        _ = zmq.msg_close(&frame)
        return false
      }
    }
    return true
  }

  /// Waits until there is something to receive, until `wake` is signaled, or for so long.
  ///
  /// False where the context is ending.
  func wait(or wake: Wake? = nil, milliseconds: Int) -> Bool {
    var items = [zmq_pollitem_t(socket: pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)]
    if let wake {
      items.append(
        zmq_pollitem_t(socket: nil, fd: wake.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
    }
    let count = zmq.poll(&items, Int32(items.count), milliseconds)
    return count >= 0 || errno == EINTR
  }
}

/// Lets a thread stop waiting.
final class Wake: Sendable {
  /// The end of a pipe that can be read once there was a signal.
  let descriptor: Int32
  private let end: Int32

  /// Throws `E-system` where the system has no more descriptors.
  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw Failure("E-system", "no descriptor is left: \(String(cString: strerror(errno)))")
    }
    // Programs that cells start must not have them.
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (descriptor, end) = (ends[0], ends[1])
  }

  deinit {
    close(descriptor)
    close(end)
  }

  func signal() {
    // A pipe that is full wakes as well.
    var byte: UInt8 = 0
    _ = write(end, &byte, 1)
  }

  /// Forgets the signals so far.
  func clear() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(descriptor, &bytes, bytes.count) == bytes.count {}
  }

  /// Waits for a signal and forgets it; false after so many milliseconds, or for a signal of the
  /// system that was handled.
  func wait(milliseconds: Int32) -> Bool {
    var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&item, 1, milliseconds) > 0 else { return false }
    clear()
    return true
  }
}
