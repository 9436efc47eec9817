// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles

/// Why an operator does not run, and what to do about it.
enum ONNXRefusal {
  /// The failure for an operator that is not declared.
  static func failure(of operation: String) -> Failure {
    let name = shortened(operation)
    if ["If", "Loop", "Scan"].contains(operation) {
      return Failure(
        "E-file", "henge runs no control flow, which \(name) is",
        suggestion:
          "export the network in evaluation mode with an example of one fixed size: conditions and loops over sizes are then computed in advance"
      )
    }
    if operation.hasPrefix("Sequence") || operation.hasPrefix("Optional")
      || ["ConcatFromSequence", "SplitToSequence"].contains(operation)
    {
      return Failure(
        "E-file", "henge runs networks on tensors, not on sequences, which \(name) is about",
        suggestion: cut)
    }
    if operation.contains("Quantize") || operation.hasSuffix("Integer")
      || operation.hasPrefix("QLinear")
    {
      return Failure(
        "E-file",
        "henge computes in single precision and does not run \(name), of quantized networks",
        suggestion: "export the network before it is quantized")
    }
    return Failure("E-file", "henge does not run the operator \(name)", suggestion: cut)
  }

  private static let cut =
    "onnx.utils.extract_model(\"x.onnx\", \"y.onnx\", [input], [value before it]) keeps the network up to it"
}
