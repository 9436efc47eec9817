// SPDX-License-Identifier: MIT

/// A program's global names with their values: the session's own, or an imported file's.
///
/// The values are in the first registers of the frame that runs the module's statements, so that a
/// loop at the top level is as fast as one in a function.
final class Module {
  /// Registers that one frame can have.
  static let capacity = 65_536
  let library: Library
  let source: Source?
  private(set) var names: [String] = []
  private(set) var slots: [String: UInt16] = [:]
  /// Values, then the temporaries of the statement that runs.
  let registers: UnsafeMutablePointer<Value>
  /// The `##` lines at the top of the file.
  let documentation: String?

  init(_ library: Library, source: Source? = nil, documentation: String? = nil) {
    self.library = library
    self.source = source
    self.documentation = documentation
    // Untouched pages of a large allocation cost nothing.
    registers = .allocate(capacity: Module.capacity)
  }

  deinit {
    registers.deinitialize(count: names.count)
    registers.deallocate()
  }

  /// Lets go of all values; the names stay, unassigned.
  func forget() {
    for index in names.indices { registers[index] = .undefined }
  }

  /// How many globals there are.
  var count: Int { names.count }

  /// The slot of `name`, made when there is none; none when all are taken.
  ///
  /// Only between statements: temporaries begin where the globals end.
  func slot(for name: String) -> UInt16? {
    if let slot = slots[name] { return slot }
    guard names.count < Module.capacity / 2 else { return nil }
    let slot = UInt16(names.count)
    (registers + names.count).initialize(to: .undefined)
    names.append(name)
    slots[name] = slot
    return slot
  }

  /// The value of `name`; none when it is not there or not yet assigned.
  subscript(name: String) -> Value? {
    guard let slot = slots[name] else { return nil }
    let value = registers[Int(slot)]
    if case .undefined = value { return nil }
    return value
  }
}

/// The value of `import "lib.henge" as lib`: the file's names as members.
public final class ModuleObject: Object, HasPlainMembers, Displayed {
  let module: Module
  /// The path, as written in the import.
  public let path: String

  init(_ module: Module, path: String) {
    self.module = module
    self.path = path
  }

  public override class var kind: String { "module" }
  public override var brief: String { "module \(path.quoted())" }
  /// The one-line form.
  public var text: String { brief }
  /// The echo.
  public func displays(width: Int) -> [Display] {
    [.text("\(brief): \(memberNames.joined(separator: ", "))")]
  }
  /// The values of its names.
  public override var parts: [Value] { module.names.compactMap { module[$0] } }
  /// `.name` for each.
  public override var partPlaces: [String] { memberNames.map { ".\($0)" } }
  /// The names that have a value.
  public var memberNames: [String] { module.names.filter { module[$0] != nil } }
  /// The value of a name.
  public func member(_ name: String) -> Value? { module[name] }
  /// The value of a name.
  public func plainMember(_ name: String) -> Value? { module[name] }
}
