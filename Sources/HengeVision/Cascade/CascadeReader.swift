// SPDX-License-Identifier: MIT
internal import HengeBackend

/// Takes a cascade out of the elements of its file; what it throws names the file and the line.
struct CascadeReader {
  let path: String

  func failure(_ element: XMLElement, _ what: String, suggestion: String? = nil) -> Failure {
    Failure.file(path, "line \(element.line): \(what)", suggestion: suggestion)
  }

  func need(_ name: String, in element: XMLElement) throws -> XMLElement {
    guard let child = element[name] else {
      throw failure(element, "<\(shown(element.name))> has no <\(name)>")
    }
    return child
  }

  /// The cascade's element; refuses the formats that are not read, by their names.
  func cascade(in root: XMLElement) throws -> XMLElement {
    guard root.name == "opencv_storage" else {
      throw failure(
        root, "begins with <\(shown(root.name))>; a cascade of OpenCV begins with <opencv_storage>")
    }
    guard let element = root.children.first else {
      throw failure(root, "<opencv_storage> is empty")
    }
    if element.type == "opencv-haar-classifier"
      || (element["stageType"] == nil && element["size"] != nil)
    {
      throw failure(
        element, "it is a Haar cascade in the old format of OpenCV 1, which is not read",
        suggestion:
          "the file of the same name in OpenCV's data/haarcascades, which is in the new format")
    }
    guard element["stageType"] != nil || element["stages"] != nil else {
      throw failure(element, "<\(shown(element.name))> is not a cascade: it has no <stages>")
    }
    let kind = try text(try need("stageType", in: element))
    guard kind == "BOOST" else {
      throw failure(element, "its stages are \"\(shown(kind))\"; only BOOST is read")
    }
    return element
  }

  func feature(of element: XMLElement) throws -> Cascade.Feature {
    let child = try need("featureType", in: element)
    switch try text(child) {
    case "LBP": return .lbp
    case "HAAR": return .haar
    case "HOG":
      throw failure(
        child, "its features are HOG, which is not read (nor is it by OpenCV since 3.0)",
        suggestion: "a cascade of LBP or Haar features")
    case let other:
      throw failure(child, "its features are \"\(shown(other))\"; LBP and HAAR are read")
    }
  }

  /// The size of its window.
  func window(of element: XMLElement) throws -> (width: Int, height: Int) {
    func side(_ name: String) throws -> Int {
      let child = try need(name, in: element)
      let value = try integer(child, try text(child)[...])
      guard (3...1000).contains(value) else {
        throw failure(child, "its window has a \(name) of \(value); 3 to 1000 pixels are possible")
      }
      return value
    }
    return (try side("width"), try side("height"))
  }

  /// The first of nine blocks; the grid of all must be in the window.
  func block(_ element: XMLElement, window: (width: Int, height: Int)) throws -> Box {
    let list = try need("rect", in: element)
    let numbers = try list.words.map { try integer(list, $0) }
    guard numbers.count == 4 else {
      throw failure(
        list, "it has \(counted(numbers.count, "number")); x, y, width and height are 4")
    }
    let box = Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    guard box.x >= 0, box.y >= 0, box.width > 0, box.height > 0,
      box.width <= window.width, box.height <= window.height,
      box.x <= window.width - 3 * box.width, box.y <= window.height - 3 * box.height
    else {
      throw failure(
        list,
        "nine blocks of \(box.width)x\(box.height) pixels from (\(box.x), \(box.y)) are not in the window of \(window.width)x\(window.height)"
      )
    }
    return box
  }

  /// A Haar-like feature; its rectangles must be in the window.
  func haar(_ element: XMLElement, window: (width: Int, height: Int)) throws -> Cascade.Haar {
    let list = try need("rects", in: element)
    guard (1...3).contains(list.children.count) else {
      throw failure(
        list, "it has \(counted(list.children.count, "rectangle")); 1 to 3 are possible")
    }
    var feature = Cascade.Haar()
    if let tilted = element["tilted"] {
      feature.isTilted = try integer(tilted, try text(tilted)[...]) != 0
    }
    for (index, child) in list.children.enumerated() {
      let words = child.words
      guard words.count == 5 else {
        throw failure(
          child, "it has \(counted(words.count, "number")); x, y, width, height and weight are 5")
      }
      let numbers = try words.prefix(4).map { try integer(child, $0) }
      let box = Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
      guard holds(box, isTilted: feature.isTilted, window: window) else {
        throw failure(
          child,
          "the\(feature.isTilted ? " tilted" : "") rectangle of \(box.width)x\(box.height) pixels at (\(box.x), \(box.y)) is not in the window of \(window.width)x\(window.height)"
        )
      }
      feature.boxes[index] = Cascade.WeightedBox(box: box, weight: try number(child, words[4]))
    }
    return feature
  }

  private func holds(_ box: Box, isTilted: Bool, window: (width: Int, height: Int)) -> Bool {
    let limit = 0...1000
    guard limit.contains(box.x), limit.contains(box.y), limit.contains(box.width),
      limit.contains(box.height)
    else { return false }
    return isTilted
      ? box.x >= box.height && box.x + box.width <= window.width
        && box.y + box.width + box.height <= window.height
      : box.x + box.width <= window.width && box.y + box.height <= window.height
  }

  /// The text of an element that has one word.
  func text(_ element: XMLElement) throws -> String {
    let words = element.words
    guard words.count == 1 else {
      throw failure(
        element, "<\(shown(element.name))> has \(counted(words.count, "word")) instead of one")
    }
    return String(words[0])
  }

  func integer(_ element: XMLElement, _ word: Substring) throws -> Int {
    guard let value = Int32(word) else {
      throw failure(element, "\"\(shown(String(word)))\" is not a whole number of 32 bits")
    }
    return Int(value)
  }

  /// A finite number, as OpenCV writes it: also `-1.`, without decimals after the point.
  func number(_ element: XMLElement, _ word: Substring) throws -> Float {
    let value = Double(word) ?? (word.last == "." ? Double(word.dropLast()) : nil)
    guard let value, value.isFinite, Float(value).isFinite else {
      throw failure(element, "\"\(shown(String(word)))\" is not a number that can be used")
    }
    return Float(value)
  }

  /// A name or word as messages show it.
  func shown(_ word: String) -> String {
    let safe = word.unicodeScalars.prefix(40).map {
      $0.value < 32 || $0.value == 127 ? "?" : String($0)
    }
    return safe.joined() + (word.unicodeScalars.count > 40 ? "…" : "")
  }
}
