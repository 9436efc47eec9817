// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeCPU
internal import HengeFiles
internal import HengeModels
internal import HengeNN
internal import HengeTensor
internal import HengeThreads

/// Files of weights with shuffled names and shapes, loaded into models: refused, or right.
///
/// Every number of a file says which place of the model it is for, so that a weight in the wrong place
/// is seen. Half of the files are as a program would write them, in any order of their keys; the others
/// have a wrong shape, name or type somewhere, or an array too many or too few, and must be refused.
public struct WeightFuzz {
  private let seed: UInt64
  private let backend: CPUBackend
  private let budget = MemoryBudget(limit: 200_000_000)

  /// Files that depend on `seed` alone.
  public init(seed: UInt64) {
    self.seed = seed
    backend = CPUBackend(pool: Pool(threads: 1), budget: budget)
  }

  /// Loads `count` files; `progress` is told of the sum now and then.
  public func run(_ count: Int, progress: (FuzzReport) -> Void = { _ in }) -> FuzzReport {
    var report = FuzzReport()
    for number in 0..<count {
      do {
        let (kind, outcome, fault) = try load(number)
        report.count("files")
        report.count("\(kind) \(outcome)")
        if let fault { report.faults.append("seed \(seed), file \(number): \(fault)") }
      } catch { report.faults.append("seed \(seed), file \(number): \(error)") }
      if number % 10_000 == 9_999 { progress(report) }
      if report.faults.count >= 20 { break }
    }
    return report
  }

  private func load(_ number: Int) throws -> (kind: String, outcome: String, fault: String?) {
    var dice = FuzzDice(seed: seed, stream: UInt64(number))
    let isKeras = dice.once(in: 4)
    let model = try WeightFuzzModel(&dice, isKeras: isKeras, on: backend)
    var arrays = try model.arrays(&dice, budget: budget)
    let change = dice.once(in: 2) ? nil : try WeightFuzzChange.make(&arrays, &dice, isKeras, budget)
    let order = arrays.indices.map { ($0, dice.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
    arrays = order.map { arrays[$0] }
    let read = try reread(arrays, &dice)
    let kind = change ?? (isKeras ? "keras" : "torch")
    let description = "\(model.layer) from \(read.map { "\($0.name) \($0.array.shape)" })"
    do {
      _ = try ForeignWeights(
        setting: model.layer, to: ForeignFile(read), from: "x", on: backend)
    } catch let failure as Failure {
      let isFine =
        failure.code == "E-file"
        && model.layer.allParameters.allSatisfy { model.isUntouched($0.parameter.value) }
      return (kind, "refused", isFine ? nil : "\(failure.code): \(failure.message), \(description)")
    }
    // Where all of the model's weights are one part of a file, the rest of it is none of their business.
    if change != nil && change != "one more" {
      return (kind, "loaded", "\(kind) was loaded: \(description)")
    }
    return (kind, "right", try model.isRight() ? nil : "WRONG: \(description)")
  }

  /// The arrays as a file gives them back.
  private func reread(_ arrays: [NamedArray], _ dice: inout FuzzDice) throws -> [NamedArray] {
    switch dice.roll(3) {
    case 0:
      return try Npz.decode(Npz.encode(arrays, budget: budget)[...], path: "x", budget: budget)
    case 1:
      return try Safetensors(
        decoding: Safetensors(arrays: arrays).encoded()[...], path: "x", budget: budget
      ).arrays
    default:
      return try PyTorchFile(
        decoding: PyTorchFile.encode(arrays, budget: budget)[...], path: "x", budget: budget
      ).arrays
    }
  }
}

/// What is done to a file that must then be refused.
enum WeightFuzzChange {
  /// Changes `arrays` and says how; nil where nothing was changed.
  static func make(
    _ arrays: inout [NamedArray], _ dice: inout FuzzDice, _ isKeras: Bool, _ budget: MemoryBudget
  ) throws -> String? {
    let at = dice.roll(arrays.count)
    let array = arrays[at]
    switch dice.roll(6) {
    case 0:
      // Without its scale or its shift Keras' normalization is one all the same.
      let mayLack = isKeras && (array.name.contains("gamma") || array.name.contains("beta"))
      guard arrays.count > 1, !mayLack else { return nil }
      arrays.remove(at: at)
      return "one less"
    case 1:
      arrays.append(NamedArray("zzz.\(dice.roll(9)).weight", array.array))
      return "one more"
    case 2:
      var sizes = array.array.shape.sizes
      let axis = dice.roll(sizes.count)
      sizes[axis] += 1 + dice.roll(2)
      let shape = try Shape(sizes)
      arrays[at] = NamedArray(
        array.name,
        ArrayData(
          .f32, shape, bytes: [UInt8](repeating: 1, count: 4 * shape.count)[...]))
      return "another shape"
    case 3:
      let bytes = [UInt8](repeating: 0, count: 8 * array.array.shape.count)
      arrays[at] = NamedArray(array.name, ArrayData(.i64, array.array.shape, bytes: bytes[...]))
      return "whole numbers"
    case 4:
      arrays[at] = NamedArray(array.name + "_orig", array.array)
      return "an unknown role"
    default:
      let dropped = try Shape([1] + array.array.shape.sizes)
      arrays[at] = NamedArray(
        array.name, ArrayData(array.array.elementType, dropped, bytes: array.array.bytes))
      return "another rank"
    }
  }
}
