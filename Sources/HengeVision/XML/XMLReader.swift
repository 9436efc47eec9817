// SPDX-License-Identifier: MIT
internal import CExpat
internal import HengeBackend

/// Reads XML with expat, within limits: a document says nothing of its size before it is read.
///
/// A document type declaration is refused: that is where entities are declared, which can expand to
/// any length or name other files.
final class XMLReader {
  /// The most elements of a document; OpenCV's largest cascade has fewer than 200,000.
  static let mostElements = 2_000_000
  /// The deepest nesting.
  static let mostDepth = 32

  private let path: String
  private let parser: XML_Parser
  private var open: [XMLElement] = []
  private var root: XMLElement?
  private var count = 0
  private var failure: Failure?

  private init(path: String) throws {
    guard let parser = XML_ParserCreate(nil) else {
      throw Failure("E-memory", "reading \(quotedPath(path)) needs more memory than there is")
    }
    self.parser = parser
    self.path = path
  }

  deinit { XML_ParserFree(parser) }

  /// The outermost element of the document `bytes`; throws `E-file` with the line.
  static func root(of bytes: [UInt8], path: String, budget: MemoryBudget) throws -> XMLElement {
    // An element takes at least four bytes of text, and about 160 in memory.
    let elements = min(bytes.count / 4 + 1, mostElements)
    let needed = elements * 160 + bytes.count * 2
    try budget.reserve(needed, for: "reading \(quotedPath(path))")
    defer { budget.release(needed) }
    return try XMLReader(path: path).parse(bytes, budget: budget)
  }

  private func parse(_ bytes: [UInt8], budget: MemoryBudget) throws -> XMLElement {
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { data, name, attributes in
        XMLReader.from(data)?.start(name, attributes)
      }, { data, _ in XMLReader.from(data)?.end() })
    XML_SetCharacterDataHandler(parser) { data, text, length in
      XMLReader.from(data)?.characters(text, length)
    }
    XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
      XMLReader.from(data)?.refuse(
        "has a document type declaration, which a cascade does not need and which could make it expand without end"
      )
    }
    var place = 0
    while place < bytes.count || place == 0 {
      try budget.checkStop()
      let length = min(1 << 20, bytes.count - place)
      let isLast = place + length == bytes.count
      let status = bytes.withUnsafeBytes { buffer in
        XML_Parse(
          parser, buffer.baseAddress?.advanced(by: place).assumingMemoryBound(to: CChar.self),
          Int32(length), isLast ? 1 : 0)
      }
      if let failure { throw failure }
      guard status == XML_STATUS_OK else {
        let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
        throw Failure.file(path, "line \(line) is not XML: \(reason ?? "it cannot be read")")
      }
      place += max(length, 1)
    }
    guard let root else { throw Failure.file(path, "has no XML element") }
    return root
  }

  private static func from(_ data: UnsafeMutableRawPointer?) -> XMLReader? {
    data.map { Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue() }
  }

  private var line: Int { Int(clamping: XML_GetCurrentLineNumber(parser)) }

  private func refuse(_ what: String) {
    if failure == nil { failure = Failure.file(path, "line \(line) \(what)") }
    XML_StopParser(parser, 0)
  }

  private func start(
    _ name: UnsafePointer<CChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?
  ) {
    guard failure == nil, let name else { return }
    count += 1
    guard count <= XMLReader.mostElements else {
      return refuse("is after \(XMLReader.mostElements) elements, more than any cascade has")
    }
    guard open.count < XMLReader.mostDepth else {
      return refuse("nests elements deeper than \(XMLReader.mostDepth)")
    }
    var type: String?
    var place = 0
    while let attributes, let key = attributes[place], let value = attributes[place + 1] {
      if String(cString: key) == "type_id" { type = String(cString: value) }
      place += 2
    }
    let element = XMLElement(String(cString: name), line: line, type: type)
    if let parent = open.last { parent.children.append(element) } else { root = element }
    open.append(element)
  }

  private func end() {
    if failure == nil { _ = open.popLast() }
  }

  private func characters(_ text: UnsafePointer<CChar>?, _ length: Int32) {
    guard failure == nil, let text, let element = open.last else { return }
    UnsafeBufferPointer(start: text, count: Int(length)).withMemoryRebound(to: UInt8.self) {
      element.text.append(contentsOf: $0)
    }
  }
}
