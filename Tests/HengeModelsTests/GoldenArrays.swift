// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeModels
import HengeTensor
import Testing

/// What another program wrote to Golden/NAME.npz: returns its arrays by name.
func goldenArrays(_ name: String) throws -> (String) throws -> Tensor {
  let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
  let arrays = Dictionary(
    try Npz.read("\(folder)/Golden/\(name).npz", budget: MemoryBudget(limit: 1 << 24))
      .map { ($0.name, $0.array) },
    uniquingKeysWith: { first, _ in first })
  return { try Tensor(try #require(arrays[$0], "\(name) has no array \($0)"), on: cpu) }
}
