// SPDX-License-Identifier: MIT

/// A value that a pickle builds; containers are in the machine's heap.
///
/// They are referred to by slot numbers instead of references: a cycle leaks nothing, and a million
/// nested lists are freed without recursion.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  /// Bytes, of which nothing but that they are there is kept.
  case bytes
  /// A name on the allow-list.
  case global(PickleGlobal)
  /// The slot of a tuple, list, set or dictionary.
  case container(Int)
  /// The slot of a storage that a persistent id named.
  case storage(Int)
  /// The slot of a tensor.
  case tensor(Int)

  /// What it is, with its article, for a message.
  var words: String {
    switch self {
    case .none: "None"
    case .bool: "a bool"
    case .integer: "an int"
    case .number: "a float"
    case .string: "a str"
    case .bytes: "bytes"
    case .global(let global): global.name
    case .container: "a container"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}

/// A container in a pickle.
struct PickleContainer {
  enum Kind {
    case tuple, list, set, dictionary
  }

  /// A dictionary's key; nothing else occurs in files of weights.
  enum Key: Hashable {
    case string(String)
    case integer(Int)

    var text: String {
      switch self {
      case .string(let text): text
      case .integer(let number): String(number)
      }
    }
  }

  let kind: Kind
  /// The items; of a dictionary the values, in the order in which their keys came.
  var items: [PickleValue] = []
  /// The keys of a dictionary, one for each item.
  private(set) var keys: [Key] = []
  private var places: [Key: Int] = [:]

  init(_ kind: Kind, _ items: [PickleValue] = []) {
    self.kind = kind
    self.items = items
  }

  /// Sets `key` in a dictionary; a key it has keeps its place.
  mutating func set(_ key: Key, to value: PickleValue) {
    if let place = places[key] {
      items[place] = value
    } else {
      places[key] = items.count
      keys.append(key)
      items.append(value)
    }
  }
}

/// Bytes of a file that tensors look into.
struct PickleStorage {
  /// Its name in the file: a member of the archive, or an entry of the list of keys.
  let key: String
  let type: StoredType
  /// Its elements, by the file's word.
  let count: Int
  /// Where it begins in the storage called `key`, and the elements that one has: old files name
  /// parts of a storage.
  var offset = 0
  let rootCount: Int
}

/// A view into a storage, as a pickle describes it and before its bytes are looked at.
struct PickleTensor {
  let storage: PickleStorage
  /// Elements before its first.
  let offset: Int
  let sizes: [Int]
  /// Elements from one index to the next, for each axis.
  let strides: [Int]
}
