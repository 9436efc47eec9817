// SPDX-License-Identifier: MIT
import HengeBackend

/// The globals that a pickle may use.
///
/// None of them is looked up: ``PickleMachine`` implements each of them itself, and any other name
/// is an error.
enum PickleGlobal: Hashable {
  case orderedDictionary
  case dictionary
  case list
  case set
  case size
  case rebuildTensor
  case rebuildTensorV2
  case rebuildParameter
  case storage(StoredType)

  /// The Python name.
  var name: String { PickleGlobal.names[self] ?? "a storage" }

  private static let names: [PickleGlobal: String] = Dictionary(
    byName.sorted { $0.key < $1.key }.map { ($0.value, $0.key) }, uniquingKeysWith: { $1 })

  private static let byName: [String: PickleGlobal] = {
    var table: [String: PickleGlobal] = [
      "collections.OrderedDict": .orderedDictionary,
      "torch.Size": .size,
      "torch._utils._rebuild_tensor": .rebuildTensor,
      "torch._utils._rebuild_tensor_v2": .rebuildTensorV2,
      "torch._utils._rebuild_parameter": .rebuildParameter,
    ]
    // Python 2 and 3 name their built-in types differently.
    for module in ["__builtin__", "builtins"] {
      table["\(module).dict"] = .dictionary
      table["\(module).list"] = .list
      table["\(module).set"] = .set
    }
    let storages: [(String, StoredType)] = [
      ("Float", .f32), ("Double", .f64), ("Half", .f16), ("BFloat16", .bf16), ("Long", .i64),
      ("Int", .i32), ("Short", .i16), ("Char", .i8), ("Byte", .u8), ("Bool", .bool),
    ]
    for (name, type) in storages {
      table["torch.\(name)Storage"] = .storage(type)
      table["torch.cuda.\(name)Storage"] = .storage(type)
    }
    return table
  }()

  /// The global `module.name`; throws `E-file` for one that is not on the list.
  init(_ module: String, _ name: String, path: String) throws {
    let full = "\(module).\(name)"
    guard let global = PickleGlobal.byName[full] else {
      throw Failure.refusedGlobal(path, full)
    }
    self = global
  }
}

extension Failure {
  /// A pickle that asks for a name that is not on the allow-list.
  static func refusedGlobal(_ path: String, _ name: String) -> Failure {
    let root = name.split(separator: ".").first.map(String.init) ?? name
    let what = "it asks for \(shortened(name)), and running that could do anything"
    switch root {
    case "numpy":
      return .file(
        path, "\(what): it contains numpy numbers among the weights",
        suggestion: "in Python: torch.save(checkpoint[\"state_dict\"], \"weights.pth\")")
    case "torch" where !name.hasPrefix("torch.nn."):
      return .file(
        path, what, suggestion: "in Python: torch.save(model.state_dict(), \"weights.pth\")")
    default:
      return .file(
        path, "\(what): it is not only weights, perhaps a whole model",
        suggestion: "in Python: torch.save(model.state_dict(), \"weights.pth\")")
    }
  }

  /// A pickle whose instructions do not make sense.
  static func badPickle(_ path: String, _ reason: String) -> Failure {
    .file(path, "its pickle is damaged: \(reason)", suggestion: "copy or write the file again")
  }
}
