// SPDX-License-Identifier: MIT

// The walk over everything that values refer to. It finds the handles whose state an entry may
// change, and the memory that a name keeps alive.

/// A block of memory that values use, identified by its owner.
public struct Storage: Hashable {
  /// The object that owns the block, which identifies it.
  public let owner: ObjectIdentifier
  /// Its size.
  public let bytes: Int

  /// A block of `bytes` that lives as long as `owner`.
  public init(_ owner: AnyObject, bytes: Int) {
    self.owner = ObjectIdentifier(owner)
    self.bytes = bytes
  }
}

/// What can be reached from some values: each handle and each block of memory once.
///
/// Nothing is copied. A list of numbers takes no time, a list of a million words a few
/// milliseconds: a short text counts with its container, each time it occurs.
public struct Reach {
  /// A handle on the way.
  public struct Found {
    /// The handle.
    public let handle: any Handle
    /// The program's path to it, such as `ts[0]`; `nil` if only functions and datasets refer to it.
    public fileprivate(set) var path: String?
  }

  /// The handles in the order in which they were found.
  public private(set) var handles: [Found] = []
  /// The bytes of each block, by its owner.
  public private(set) var storages: [ObjectIdentifier: Int] = [:]
  private var seen: Set<ObjectIdentifier> = []
  /// What was seen where no program can name it; it is looked at again where one can.
  private var unnamed: Set<ObjectIdentifier> = []

  /// Nothing yet.
  public init() {}

  /// The sum of all blocks.
  public var bytes: Int { storages.values.reduce(0) { $0.addingSaturated($1) } }

  /// A container under way, and how it is reached from the one around it.
  private struct Node {
    let value: Value
    let path: String?
  }

  /// Adds everything that `value`, with the path `path`, refers to; returns the bytes that were not
  /// known before.
  @discardableResult
  public mutating func add(_ value: Value, path: String? = nil) -> Int {
    var added = 0
    var waiting = [Node(value: value, path: path)]
    while let node = waiting.popLast() { added += visit(node, &waiting) }
    return added
  }

  private mutating func visit(_ node: Node, _ waiting: inout [Node]) -> Int {
    switch node.value {
    case .str(let text): return keep(text, text.string.utf8.count)
    case .list(let list):
      guard isNew(list, node.path) else { return 0 }
      var bytes = list.count * MemoryLayout<Value>.stride
      guard !list.isPlain else { return keep(list, bytes) }
      for (index, element) in list.elements.enumerated() where element.holdsMore {
        if let short = element.bytesOfShortText {
          bytes += short
        } else {
          waiting.append(Node(value: element, path: node.path.map { "\($0)[\(index)]" }))
        }
      }
      return keep(list, bytes)
    case .record(let record):
      guard isNew(record, node.path) else { return 0 }
      for (name, element) in zip(record.names, record.values) where element.holdsMore {
        let path = name.isIdentifier ? node.path.map { "\($0).\(name)" } : nil
        waiting.append(Node(value: element, path: path))
      }
      return keep(record, record.count * (MemoryLayout<Value>.stride + 16))
    case .function(let function):
      guard seen.insert(ObjectIdentifier(function)).inserted else { return 0 }
      waiting += function.held.map { Node(value: $0, path: nil) }
      return 0
    case .object(let object): return visit(object, node.path, &waiting)
    default: return 0
    }
  }

  private mutating func visit(_ object: Object, _ path: String?, _ waiting: inout [Node]) -> Int {
    guard isNew(object, path) else { return 0 }
    if let handle = object as? any Handle { note(handle, path) }
    let places = object.partPlaces
    for (index, part) in object.parts.enumerated() {
      let place = places.indices.contains(index) ? path.map { $0 + places[index] } : nil
      waiting.append(Node(value: part, path: place))
    }
    return object.storages.reduce(0) { $0 + keep($1.owner, $1.bytes) }
  }

  /// Whether `object` has to be looked at: for the first time, or for the first time by a name.
  private mutating func isNew(_ object: AnyObject, _ path: String?) -> Bool {
    let identity = ObjectIdentifier(object)
    if seen.insert(identity).inserted {
      if path == nil { unnamed.insert(identity) }
      return true
    }
    return path != nil && unnamed.remove(identity) != nil
  }

  private mutating func note(_ handle: any Handle, _ path: String?) {
    if let index = handles.firstIndex(where: { $0.handle === handle }) {
      handles[index].path = path
    } else {
      handles.append(Found(handle: handle, path: path))
    }
  }

  private mutating func keep(_ owner: AnyObject, _ bytes: Int) -> Int {
    keep(ObjectIdentifier(owner), bytes)
  }

  private mutating func keep(_ owner: ObjectIdentifier, _ bytes: Int) -> Int {
    storages.updateValue(bytes, forKey: owner) == nil ? bytes : 0
  }
}

extension Value {
  /// Whether it is more than the sixteen bytes that a container has for it.
  var holdsMore: Bool {
    switch self {
    case .str, .list, .record, .function, .object: true
    default: false
    }
  }

  /// The bytes of a text that is too short for tracking its references.
  fileprivate var bytesOfShortText: Int? {
    guard case .str(let text) = self, text.string.utf8.count < 256 else { return nil }
    return text.string.utf8.count
  }
}

extension Function {
  /// The values that it captured.
  fileprivate var held: [Value] {
    guard case .code(_, let captures, let defaults, _) = body else { return [] }
    return captures + defaults
  }
}
