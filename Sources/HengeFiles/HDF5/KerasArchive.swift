// SPDX-License-Identifier: MIT
public import HengeBackend

/// Keras 3's `.keras`: a zip archive of a network's description and its weights.
public struct KerasArchive {
  /// The description, JSON.
  let config: String
  /// The bytes of the file of weights, HDF5.
  let weights: [UInt8]
  private let owner: Reservation

  static let weightsName = "model.weights.h5"
  private static let configName = "config.json"

  /// Whether the zip archive of the bytes `file` is Keras'.
  public static func isOne(
    _ file: ArraySlice<UInt8>, path: String, budget: MemoryBudget
  ) throws -> Bool {
    guard FileKind.detect(file) == .zip else { return false }
    return try ZipReader.open(file, path: path, budget: budget) { archive in
      let names = Set(archive.members.map(\.name))
      return names.contains(configName)
        && (names.contains(weightsName) || names.contains("metadata.json"))
    }
  }

  /// Unpacks the bytes `file`, which messages name `path`.
  init(_ file: ArraySlice<UInt8>, path: String, budget: MemoryBudget) throws {
    let owner = try Reservation(file.count, of: budget, for: "reading \(quotedPath(path))")
    let members = try ZipReader.open(file, path: path, budget: budget) { archive in
      var members: [[UInt8]] = []
      for name in [KerasArchive.configName, KerasArchive.weightsName] {
        guard let member = archive.members.first(where: { $0.name == name }) else {
          throw Failure.file(
            path, "it is a .keras file without \(name), which contains the data",
            suggestion: "in Keras: model.save(\"model.keras\")")
        }
        try owner.grow(by: member.size, for: "unpacking \(quotedPath("\(path)/\(name)"))")
        members.append(try archive.bytes(of: member))
      }
      return members
    }
    config = String(decoding: members[0], as: UTF8.self)
    weights = members[1]
    self.owner = owner
  }
}
