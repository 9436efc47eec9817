// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeNN
internal import HengeTensor

extension ModelObject {
  /// One row for each layer without layers inside, and for the network's named parts: name, kind,
  /// output shape, parameters.
  ///
  /// Shapes are those for an input of `input`, blank where none is known.
  func layerTable(_ input: Shape?) throws -> Table {
    let (rows, _) = try rows(input)
    return try Table(columns: [
      .init("name", .texts(rows.map(\.path))), .init("layer", .texts(rows.map(\.kind))),
      .init("output", .texts(rows.map(\.output))),
      .init("parameters", .integers(rows.map(\.parameters))),
    ])
  }

  /// As ``layerTable(_:)`` with the arithmetic and memory that an input of `input` takes, and totals.
  func summaryTable(_ input: Shape) throws -> Table {
    let (all, output) = try rows(input)
    var rows = all.filter(\.isLeaf)
    rows.append(
      Row(
        path: "total", kind: layer.kind, output: output,
        parameters: layer.parameterCount, operations: rows.reduce(0) { $0 + $1.operations },
        bytes: rows.reduce(0) { $0 + $1.bytes }, isLeaf: true))
    return try Table(columns: [
      .init("name", .texts(rows.map(\.path))), .init("layer", .texts(rows.map(\.kind))),
      .init("output", .texts(rows.map(\.output))),
      .init("parameters", .integers(rows.map(\.parameters))),
      .init("gflop", .numbers(rows.map { (Double($0.operations) / 1e6).rounded() / 1e3 })),
      .init("bytes", .integers(rows.map(\.bytes))),
    ])
  }

  private struct Row {
    var path: String
    var kind: String
    var output: String
    var parameters: Int
    var operations: Int
    var bytes: Int
    var isLeaf: Bool
  }

  /// The rows, and the shape of the network's own output.
  private func rows(_ input: Shape?) throws -> ([Row], output: String) {
    var seen: [String: (input: Shape, output: Shape, bytes: Int)] = [:]
    if let input {
      _ = try layer(
        try Tensor.zeros(input, on: session.backend),
        Pass { path, _, x, y in seen[path] = (x.shape, y.shape, y.byteCount) })
    }
    let rows = layer.allLayers.filter { !$0.path.isEmpty || $0.layer.parts.isEmpty }.map {
      path, part in
      let run = seen[path]
      let isLeaf = part.parts.isEmpty
      return Row(
        path: path, kind: part.kind, output: run.map { "\($0.output)" } ?? "",
        parameters: isLeaf
          ? part.parameterCount : 0,
        operations: run.map { part.operations(input: $0.input, output: $0.output) } ?? 0,
        bytes: run?.bytes ?? 0, isLeaf: isLeaf)
    }
    return (rows, seen[""].map { "\($0.output)" } ?? "")
  }
}
