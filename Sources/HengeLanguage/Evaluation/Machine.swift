// SPDX-License-Identifier: MIT

/// Runs register code.
public final class Machine {
  /// The world that programs run in.
  public let host: any Host
  let library: Library
  private var uncharged = 0
  private static let chargeStep = 1 << 20

  init(_ library: Library, _ host: any Host) {
    self.library = library
    self.host = host
  }

  /// Asks for `bytes`: at once when they are many, else together with what follows.
  @inline(__always)
  func charge(_ bytes: Int) throws {
    let (total, overflow) = uncharged.addingReportingOverflow(bytes)
    uncharged = overflow ? Int.max : total
    if uncharged >= Machine.chargeStep { try settle() }
  }

  @inline(never)
  func settle() throws {
    let bytes = uncharged
    uncharged = 0
    try host.reserve(bytes)
  }

  /// Calls a function, model or other callable from Swift.
  public func call(
    _ callee: Value, _ positional: [Value], named: [(name: String, value: Value)]
  ) throws -> Value {
    throw Diagnostic("E-call", "\(callee.kindWithArticle) cannot be called")
  }

  func call(
    _ callee: Value, _ positional: [Value], named: [(name: String, value: Value)],
    from site: CallSite
  ) throws -> Value {
    try call(callee, positional, named: named)
  }
}

func nearest(_ name: String, among names: [String]) -> String? { nil }
