// SPDX-License-Identifier: MIT

// Access to the running program for built-ins and shells: the session's names, and the calls in
// progress at an error.

/// A call that was under way when an error came up.
public struct CallRecord {
  /// The function.
  public let name: String
  /// Its variables that had a value.
  public let variables: [(name: String, value: Value)]
}

extension Machine {
  /// The most calls whose variables are kept.
  private static let keptCalls = 8

  /// Keeps the variables of the function that an error leaves.
  @inline(never)
  func keepCall() {
    let frame = frames[depth - 1]
    guard lastCalls.count < Machine.keptCalls, frame.code.literal != nil else { return }
    let variables = frame.code.registerNames.sorted { $0.key < $1.key }.compactMap {
      register, name -> (name: String, value: Value)? in
      let value = frame.registers[Int(register)]
      if case .undefined = value { return nil }
      return (name, value)
    }
    lastCalls.append(
      CallRecord(name: frame.code.literal?.name ?? "a function", variables: variables))
  }

  /// Forgets the calls of the last error.
  public func forgetCalls() { lastCalls = [] }

  /// The session's names that have a value; none while no program runs.
  public var globals: [(name: String, value: Value)] {
    guard depth > 0 else { return [] }
    let module = frames[0].module
    return module.names.compactMap { name in module[name].map { (name, $0) } }
  }

  /// Removes the session's `name` and its value; false if it has no value.
  public func drop(_ name: String) -> Bool {
    guard depth > 0 else { return false }
    let module = frames[0].module
    guard module[name] != nil, let slot = module.slots[name] else { return false }
    module.registers[Int(slot)] = .undefined
    effects.dropped()
    return true
  }
}
