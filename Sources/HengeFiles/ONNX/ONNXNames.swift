// SPDX-License-Identifier: MIT
internal import HengeBackend

/// Checks that each value of a graph has one definition, and is defined before it is read.
///
/// So a graph is read in the order of its nodes, and has no cycle.
struct ONNXNames {
  let path: String

  /// Throws `E-file` with the node and the name at fault.
  func check(
    _ nodes: [ONNXNode], inputs: [String], initializers: [String: ArrayData], outputs: [String]
  ) throws {
    var defined = Set(initializers.keys)
    for input in inputs {
      guard defined.insert(input).inserted else {
        throw Failure.file(path, "it is damaged: two inputs are called `\(shortened(input))`")
      }
    }
    for node in nodes {
      for input in node.inputs where !input.isEmpty && !defined.contains(input) {
        let isLater = nodes.contains { $0.outputs.contains(input) }
        throw Failure.file(
          path,
          isLater
            ? "its node `\(shortened(node.name))` (\(shortened(node.operation))) reads `\(shortened(input))` before it is computed: the graph has a cycle, or its nodes are out of order"
            : "its node `\(shortened(node.name))` (\(shortened(node.operation))) reads `\(shortened(input))`, which nothing computes",
          suggestion: "onnx.checker.check_model(\"x.onnx\") checks a file")
      }
      for output in node.outputs where !output.isEmpty {
        guard defined.insert(output).inserted else {
          throw Failure.file(
            path,
            "its node `\(shortened(node.name))` (\(shortened(node.operation))) computes `\(shortened(output))`, which is defined before",
            suggestion: "onnx.checker.check_model(\"x.onnx\") checks a file")
        }
      }
    }
    for output in outputs where !defined.contains(output) {
      throw Failure.file(
        path, "its network returns `\(shortened(output))`, which nothing computes")
    }
  }
}
