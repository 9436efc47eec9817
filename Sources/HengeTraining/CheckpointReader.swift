// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeModels
internal import HengeTensor

/// Reads a trainer's file entry by entry, naming what is missing.
struct CheckpointReader {
  private let file: Safetensors
  private let path: String

  init(_ file: Safetensors, _ path: String) {
    self.file = file
    self.path = path
  }

  func broken(_ what: String) -> Failure { .brokenCheckpoint(path, what) }

  func text(_ key: String) throws -> String {
    guard let text = file.metadata[key] else { throw broken("`\(key)` is missing") }
    return text
  }

  func value<Value>(_ key: String, _ convert: (String) -> Value?) throws -> Value {
    let text = try text(key)
    guard let value = convert(text) else { throw broken("`\(key)` is \(text)") }
    return value
  }

  func tensor(_ name: String, _ shape: Shape, on backend: any Backend) throws -> Tensor {
    guard let array = file[name] else {
      throw broken("the tensor `\(name)` is missing")
    }
    guard array.shape == shape, array.elementType == .f64 else {
      throw broken("`\(name)` is \(array.elementType) \(array.shape), not f64 \(shape)")
    }
    return try Tensor(array, on: backend)
  }

  /// The tensor `name`, of whatever shape and type.
  func anyTensor(_ name: String, on backend: any Backend) throws -> Tensor {
    guard let array = file[name] else { throw broken("the tensor `\(name)` is missing") }
    return try Tensor(array, on: backend)
  }

  /// The tensor `name`, or nil where it is missing.
  func optionalTensor(
    _ name: String, _ shape: Shape, _ type: ElementType, on backend: any Backend
  ) throws -> Tensor? {
    guard let array = file[name] else { return nil }
    guard array.shape == shape, array.elementType == type else {
      throw broken("`\(name)` is \(array.elementType) \(array.shape), not \(type) \(shape)")
    }
    return try Tensor(array, on: backend)
  }

  /// The rows of an `f64` table whose first of `columns` columns counts steps.
  func rows(_ name: String, of columns: Int, on backend: any Backend) throws -> [(
    step: Int, numbers: [Double]
  )] {
    let table = try anyTensor(name, on: backend)
    guard table.type == .f64, table.rank == 2, table.shape[1] == columns else {
      throw broken("its \(name) is \(table.type.rawValue) \(table.shape)")
    }
    let numbers = try table.doubles()
    return try stride(from: 0, to: numbers.count, by: columns).map { row in
      guard let step = Int(exactly: numbers[row]) else {
        throw broken("its \(name) counts \(numbers[row]) steps")
      }
      return (step, Array(numbers[row + 1..<row + columns]))
    }
  }
}
