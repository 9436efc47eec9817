// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeCPU
internal import HengeThreads

/// A backend that the tests of operations run on, compared with ``reference``.
public struct TestedBackend: Sendable, CustomStringConvertible {
  /// What tests call it.
  public let description: String
  private let build: @Sendable () -> any Backend

  /// Declares a backend.
  public init(_ description: String, _ build: @escaping @Sendable () -> any Backend) {
    self.description = description
    self.build = build
  }

  /// A new backend of its kind.
  public func make() -> any Backend { build() }

  /// The backends under test: a new device's is one line.
  public static let all: [TestedBackend] = [
    .init("cpu") { CPUBackend(pool: Pool(threads: 3), budget: MemoryBudget(limit: 1 << 30)) }
  ]

  /// The definitions that all others are compared with.
  public static let reference = TestedBackend("reference") { ReferenceBackend() }
}
