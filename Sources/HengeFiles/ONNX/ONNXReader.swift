// SPDX-License-Identifier: MIT
public import HengeBackend

extension ONNXGraph {
  /// Reads the bytes of `file`, which is at `path`; weights in other files must be in its folder.
  ///
  /// Throws `E-file` for a file that is damaged or asks for what henge does not have, and `E-memory`.
  public init(decoding file: ArraySlice<UInt8>, path: String, budget: MemoryBudget) throws {
    let owner = try Reservation(file.count, of: budget, for: "reading \(quotedPath(path))")
    var reader = ONNXReader(path: path, owner: owner, budget: budget)
    do { try reader.read(model: file) } catch let mistake as ProtobufReader.Mistake {
      // The graph is read once the versions are.
      throw Failure.file(
        path,
        "\(reader.hasGraph ? "its network" : "it") is damaged: \(mistake.reason), at byte \(mistake.offset - file.startIndex)",
        suggestion: "copy or write the file again")
    }
    self = try reader.graph()
  }
}

/// Reads a model of the ONNX format, field by field.
///
/// Memory is reserved before it is taken, as much as the file's entries need. Graphs inside graphs are
/// not read, so nothing recurs.
struct ONNXReader {
  let path: String
  let owner: Reservation
  let budget: MemoryBudget
  private var ir = 0
  private var opset: Int?
  private var domains: [String] = []
  private var producer = (name: "", version: "")
  fileprivate var hasGraph = false
  private var hasFunctions = false
  private var nodes: [ONNXNode] = []
  private var initializers: [String: ArrayData] = [:]
  private var inputs: [ONNXValue] = []
  private var outputs: [ONNXValue] = []
  private var metadata: [String: String] = [:]
  private var external: ONNXExternalData

  /// The memory of an entry in addition to its bytes: its place in a growing list, and boxes.
  private static let memoryPerEntry = 300

  init(path: String, owner: Reservation, budget: MemoryBudget) {
    self.path = path
    self.owner = owner
    self.budget = budget
    external = ONNXExternalData(model: path)
  }

  /// Reads the outermost message.
  mutating func read(model file: ArraySlice<UInt8>) throws {
    var graphs: [ArraySlice<UInt8>] = []
    var reader = ProtobufReader(file)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .varint(let version)): ir = Int(truncatingIfNeeded: version)
      case (2, .bytes(let text)): producer.name = shortened(String(decoding: text, as: UTF8.self))
      case (3, .bytes(let text)):
        producer.version = shortened(String(decoding: text, as: UTF8.self))
      case (7, .bytes(let graph)): graphs.append(graph)
      case (8, .bytes(let entry)): try read(opset: entry)
      case (14, .bytes(let entry)): try read(metadata: entry)
      case (25, _): hasFunctions = true
      default: break
      }
      if graphs.count > 1 { throw damaged("it has two graphs") }
    }
    // Versions first: what they do not cover is not looked at.
    try checkVersions()
    for graph in graphs {
      hasGraph = true
      try read(graph: graph)
    }
  }

  private mutating func read(opset entry: ArraySlice<UInt8>) throws {
    var (domain, version) = ("", 0)
    var reader = ProtobufReader(entry)
    while let field = try reader.next() {
      if field.number == 1, let text = field.value.text { domain = text }
      if field.number == 2, let number = field.value.int { version = number }
    }
    if domain.isEmpty || domain == "ai.onnx" {
      opset = version
    } else if domains.count < 16 {
      domains.append(shortened(domain))
    }
  }

  private mutating func read(metadata entry: ArraySlice<UInt8>) throws {
    var (key, value) = ("", "")
    var reader = ProtobufReader(entry)
    while let field = try reader.next() {
      if field.number == 1, let text = field.value.text { key = text }
      if field.number == 2, let text = field.value.text { value = text }
    }
    try grow(by: entry.count)
    metadata[key] = value
  }

  private func checkVersions() throws {
    guard ir > 0, ir <= ONNXGraph.newestIR else {
      throw Failure.file(
        path, "has version \(ir) of the ONNX format, and henge reads versions up to 13",
        suggestion: "onnx.save(onnx.version_converter…) or an older exporter writes version 10")
    }
    guard let opset else {
      throw damaged("it does not say which version of the operators it uses")
    }
    guard ONNXGraph.opsets.contains(opset) else {
      throw Failure.file(
        path,
        "uses operators of version \(opset) (opset), and henge reads \(ONNXGraph.opsets.lowerBound) to \(ONNXGraph.opsets.upperBound)",
        suggestion:
          "torch.onnx.export(…, opset_version=17), or onnx.version_converter.convert_version(model, 17)"
      )
    }
  }

  private mutating func read(graph bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard let entry = field.value.slice else { continue }
      switch field.number {
      case 1:
        guard nodes.count < ONNXGraph.mostNodes else {
          throw Failure.file(path, "has more than \(ONNXGraph.mostNodes) operators")
        }
        nodes.append(try read(node: entry))
      case 5:
        let (name, array) = try tensor(entry, in: "initializer")
        guard initializers.updateValue(array, forKey: name) == nil else {
          throw damaged("it defines `\(shortened(name))` twice")
        }
      case 11: inputs.append(try read(value: entry))
      case 12: outputs.append(try read(value: entry))
      case 15:
        throw Failure.file(path, "contains sparse arrays, which henge does not read")
      default: break
      }
      if nodes.count % 256 == 0 { try budget.checkStop() }
    }
  }

  /// A tensor, inside `place`.
  private mutating func tensor(_ entry: ArraySlice<UInt8>, in place: String) throws -> (
    name: String, array: ArrayData
  ) {
    try grow(by: 0)
    return try ONNXTensor(entry).named(
      place, path: path, owner: owner, budget: budget, external: &external)
  }

  // MARK: Nodes

  private mutating func read(node entry: ArraySlice<UInt8>) throws -> ONNXNode {
    var (name, operation, domain) = ("", "", "")
    var (inputs, outputs): ([String], [String]) = ([], [])
    var options: [ArraySlice<UInt8>] = []
    var reader = ProtobufReader(entry)
    while let field = try reader.next() {
      guard let slice = field.value.slice else { continue }
      switch field.number {
      case 1, 2, 5: try grow(by: slice.count)
      default: break
      }
      switch field.number {
      case 1: inputs.append(String(decoding: slice, as: UTF8.self))
      case 2: outputs.append(String(decoding: slice, as: UTF8.self))
      case 3: name = String(decoding: slice, as: UTF8.self)
      case 4: operation = String(decoding: slice, as: UTF8.self)
      case 5: options.append(slice)
      case 7: domain = String(decoding: slice, as: UTF8.self)
      default: break
      }
    }
    try grow(by: name.utf8.count + operation.utf8.count)
    if name.isEmpty { name = outputs.first { !$0.isEmpty } ?? "\(operation)_\(nodes.count)" }
    guard domain.isEmpty || domain == "ai.onnx" else {
      throw foreign(operation, domain, name)
    }
    let attributes = try options.map { try read(attribute: $0, of: operation, name) }
    return ONNXNode(
      name, operation, inputs: inputs, outputs: outputs, attributes: attributes)
  }

  /// An operator that is not of ONNX itself.
  private func foreign(_ operation: String, _ domain: String, _ name: String) -> Failure {
    Failure.file(
      path,
      "its node `\(shortened(name))` is the operator \(shortened(operation)) of \(shortened(domain)), and henge runs operators of ONNX itself",
      suggestion: hasFunctions
        ? "onnx.save(onnx.inliner.inline_local_functions(onnx.load(\"x.onnx\")), \"y.onnx\")"
        : "export the network again without optimizations for one program")
  }

  private mutating func read(
    attribute entry: ArraySlice<UInt8>, of operation: String, _ node: String
  ) throws -> ONNXAttribute {
    var name = ""
    var value: ONNXAttribute.Value?
    var (ints, floats): ([Int], [Float]) = ([], [])
    var kind = 0
    var reader = ProtobufReader(entry)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let text)): name = String(decoding: text, as: UTF8.self)
      case (2, .fixed32(let bits)): value = .float(Float(bitPattern: bits))
      case (3, .varint(let number)): value = .int(Int(truncatingIfNeeded: number))
      case (4, .bytes(let text)): value = .text(String(decoding: text, as: UTF8.self))
      case (5, .bytes(let tensor)):
        // Not a part of the file, which would be kept with it.
        let array = try self.tensor(tensor, in: "node `\(shortened(node))`").array
        value = .tensor(try array.copied(budget: budget))
      case (6, _), (11, _): value = .other("a graph")
      case (9, _): value = .other("several texts")
      case (10, _): value = .other("several tensors")
      case (7, let field): try append(field, to: &floats)
      case (8, let field): try append(field, to: &ints)
      case (20, .varint(let number)): kind = Int(truncatingIfNeeded: number)
      case (21, _): value = .other("an option of a function")
      case (22, _), (23, _): value = .other("a sparse tensor")
      default: break
      }
    }
    // Empty lists and numbers that are 0 may be left out; the kind then says what they are.
    switch kind {
    case 1 where value == nil: value = .float(0)
    case 2 where value == nil: value = .int(0)
    case 3 where value == nil: value = .text("")
    case 6: value = .floats(floats)
    case 7: value = .ints(ints)
    default: break
    }
    if value == nil { value = floats.isEmpty ? .ints(ints) : .floats(floats) }
    return ONNXAttribute(name, value ?? .ints(ints))
  }

  private mutating func append(_ field: ProtobufReader.Value, to ints: inout [Int]) throws {
    try ONNXNumbers.append(field, to: &ints) { try owner.grow(by: $0, for: label) }
  }

  private mutating func append(_ field: ProtobufReader.Value, to floats: inout [Float]) throws {
    try ONNXNumbers.append(field, to: &floats) { try owner.grow(by: $0, for: label) }
  }

  // MARK: Inputs and results

  private mutating func read(value entry: ArraySlice<UInt8>) throws -> ONNXValue {
    try grow(by: entry.count)
    var name = ""
    var sizes: [ONNXValue.Size]?
    var type: StoredType?
    var reader = ProtobufReader(entry)
    while let field = try reader.next() {
      guard let slice = field.value.slice else { continue }
      if field.number == 1 { name = String(decoding: slice, as: UTF8.self) }
      guard field.number == 2 else { continue }
      var kinds = ProtobufReader(slice)
      while let kind = try kinds.next() {
        guard let slice = kind.value.slice else { continue }
        switch kind.number {
        case 1: (type, sizes) = try read(tensorType: slice)
        case 4, 5, 8, 9:
          let words = [4: "a sequence", 5: "a map", 8: "a sparse tensor"][kind.number]
          throw Failure.file(
            path,
            "its input or result `\(shortened(name))` is \(words ?? "optional"), and henge runs networks on tensors"
          )
        default: break
        }
      }
    }
    return ONNXValue(name: name, sizes: sizes, type: type)
  }

  private func read(tensorType entry: ArraySlice<UInt8>) throws -> (
    StoredType?, [ONNXValue.Size]?
  ) {
    var type: StoredType?
    var sizes: [ONNXValue.Size]?
    var reader = ProtobufReader(entry)
    while let field = try reader.next() {
      if field.number == 1, let number = field.value.int { type = ONNXType.stored(number) }
      guard field.number == 2, let shape = field.value.slice else { continue }
      var dimensions = ProtobufReader(shape)
      var list: [ONNXValue.Size] = []
      while let dimension = try dimensions.next() {
        guard dimension.number == 1, let slice = dimension.value.slice else { continue }
        guard list.count < NpyHeader.mostAxes else { throw damaged("a shape of more than 64 axes") }
        list.append(try read(dimension: slice))
      }
      sizes = list
    }
    return (type, sizes)
  }

  private func read(dimension entry: ArraySlice<UInt8>) throws -> ONNXValue.Size {
    var size = ONNXValue.Size.open("")
    var reader = ProtobufReader(entry)
    while let field = try reader.next() {
      // Exporters write 0 and negative sizes for those that are open.
      if field.number == 1, let number = field.value.int, number > 0 { size = .fixed(number) }
      if field.number == 2, let name = field.value.text { size = .open(name) }
    }
    return size
  }

  // MARK: The whole

  /// The graph that was read, once every name in it is known to be defined before it is read.
  func graph() throws -> ONNXGraph {
    guard hasGraph else { throw damaged("it contains no network") }
    guard !outputs.isEmpty else { throw damaged("its network returns nothing") }
    let given = inputs.filter { initializers[$0.name] == nil }
    try ONNXNames(path: path).check(
      nodes, inputs: given.map(\.name), initializers: initializers, outputs: outputs.map(\.name))
    let words = [producer.name, producer.version].filter { !$0.isEmpty }
    return ONNXGraph(
      opset: opset ?? 0, producer: words.joined(separator: " "), nodes: nodes,
      initializers: initializers, inputs: given, outputs: outputs, metadata: metadata)
  }

  private var label: String { "the network in \(quotedPath(path))" }

  private func grow(by bytes: Int) throws {
    try owner.grow(by: bytes + ONNXReader.memoryPerEntry, for: label)
  }

  private func damaged(_ reason: String) -> Failure {
    Failure.file(path, "it is damaged: \(reason)", suggestion: "copy or write the file again")
  }
}
