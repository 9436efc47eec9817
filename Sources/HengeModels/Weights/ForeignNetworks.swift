// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
public import HengeNN

/// The networks in a file of weights, as far as they are recognized.
public struct ForeignNetworks {
  /// A part of the file.
  public struct Part {
    /// Its prefix in the file; empty for the whole file.
    public let path: String
    /// Its arrays, by the names after the prefix.
    public let arrays: [NamedArray]
    /// The network that they are the weights of; nil where none is recognized.
    public let model: Layer?
  }

  /// The parts: one of them, unless there are several and at least one is recognized.
  public let parts: [Part]
  /// What training keeps besides the weights, by name.
  public let leftOut: [String]

  /// Prefixes of more components than this are not searched.
  private static let deepest = 6

  /// Looks into `arrays`, or into their part `part`, from the file at `path`.
  ///
  /// Throws `E-arg` for a part that is not there.
  public init(
    in arrays: [NamedArray], part: String? = nil, from path: String, on backend: any Backend
  ) throws {
    var weights = arrays.filter { !$0.isTrainingState }
    if let part { weights = try CheckpointParts(weights).part(part).arrays }
    func recognized(_ arrays: [NamedArray]) throws -> Layer? {
      try ReferenceNames.recognised(arrays, from: path, on: backend)
    }
    func parts(_ arrays: [NamedArray], _ path: String, depth: Int) throws -> [Part]? {
      if let model = try recognized(arrays) {
        return [Part(path: path, arrays: arrays, model: model)]
      }
      guard depth < ForeignNetworks.deepest, let groups = ForeignNetworks.grouped(arrays) else {
        return nil
      }
      // A prefix of all names is no part.
      if groups.count == 1 { return try parts(groups[0].arrays, path, depth: depth + 1) }
      let found = try groups.map { name, arrays in
        let inner = path.isEmpty ? name : "\(path).\(name)"
        return try parts(arrays, inner, depth: depth + 1)
          ?? [Part(path: inner, arrays: arrays, model: nil)]
      }
      let all = found.flatMap { $0 }
      return all.contains { $0.model != nil } ? all : nil
    }
    if let found = try parts(weights, "", depth: 0) {
      self.parts = found
      leftOut = part == nil ? arrays.filter(\.isTrainingState).map(\.name) : []
    } else {
      // Nothing is recognized, so nothing is known to be irrelevant.
      self.parts = [Part(path: "", arrays: part == nil ? arrays : weights, model: nil)]
      leftOut = []
    }
  }

  /// `arrays` by the first component of their names, which is cut off; nil where a name has no other.
  private static func grouped(_ arrays: [NamedArray]) -> [(name: String, arrays: [NamedArray])]? {
    var order: [String] = []
    var groups: [String: [NamedArray]] = [:]
    for array in arrays {
      guard let dot = array.name.firstIndex(of: "."), dot > array.name.startIndex else {
        return nil
      }
      let first = String(array.name[..<dot])
      guard Int(first) == nil else { return nil }
      if groups[first] == nil { order.append(first) }
      groups[first, default: []].append(
        NamedArray(String(array.name[array.name.index(after: dot)...]), array.array))
    }
    return order.map { ($0, groups[$0] ?? []) }
  }
}
