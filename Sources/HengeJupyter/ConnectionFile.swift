// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles

/// Where a kernel is reached, from the file that a Jupyter client writes.
public struct ConnectionFile: Sendable, Equatable {
  /// A socket of the protocol.
  enum Socket: String, CaseIterable {
    case shell, control, stdin, iopub, hb
  }

  let transport: String
  let address: String
  let ports: [Socket: Int]
  /// The key of signatures; empty where messages are not signed.
  let key: [UInt8]

  /// Reads the text of a connection file; throws `E-file` for any other.
  public init(_ bytes: [UInt8], name: String) throws {
    func wrong(_ reason: String) -> Failure {
      Failure("E-file", "\(name) is no connection file of Jupyter: \(reason)")
    }
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch {
      throw wrong("\(error.reason) expected at byte \(error.offset)")
    }
    guard case .object = json else { throw wrong("it is no object") }
    transport = json["transport"]?.asText ?? "tcp"
    guard ["tcp", "ipc"].contains(transport) else {
      throw wrong("its transport is \(transport), not tcp or ipc")
    }
    guard let address = json["ip"]?.asText, !address.isEmpty else { throw wrong("it has no `ip`") }
    self.address = address
    let scheme = json["signature_scheme"]?.asText ?? "hmac-sha256"
    guard let key = json["key"]?.asText else { throw wrong("it has no `key`") }
    guard scheme == "hmac-sha256" || key.isEmpty else {
      throw wrong("its signature_scheme is \(scheme), not hmac-sha256")
    }
    self.key = Array(key.utf8)
    var ports: [Socket: Int] = [:]
    for socket in Socket.allCases {
      guard let port = json["\(socket.rawValue)_port"]?.asInteger, (1...65535).contains(port) else {
        throw wrong("`\(socket.rawValue)_port` must be a number from 1 to 65535")
      }
      ports[socket] = port
    }
    guard Set(ports.values).count == ports.count else {
      throw wrong("two of its ports are the same")
    }
    self.ports = ports
  }

  /// The address of a socket for libzmq: a port, or a file for each number.
  func address(of socket: Socket) -> String {
    let port = ports[socket] ?? 0
    return transport == "ipc" ? "ipc://\(address)-\(port)" : "tcp://\(address):\(port)"
  }
}
