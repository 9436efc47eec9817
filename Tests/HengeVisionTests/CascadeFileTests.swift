// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@testable import HengeVision

@Suite("Cascade files") struct CascadeFileTests {
  let budget = MemoryBudget(limit: 256_000_000)

  private func text(_ name: String = "lbp_depth1.xml") throws -> String {
    String(
      decoding: try readRegularFile("\(GoldenCases.folder)/\(name)", budget: budget),
      as: UTF8.self)
  }

  private func refusal(_ text: String) -> String {
    message { _ = try Cascade(decoding: Array(text.utf8), path: "x.xml", budget: budget) }
  }

  /// The refusal of a cascade in which the first `old` is `new`.
  private func refusal(
    _ old: String, _ new: String, in name: String = "lbp_depth1.xml"
  ) throws -> String {
    let whole = try text(name)
    guard let place = whole.firstRange(of: old) else { return "there is no \(old)" }
    return refusal(whole.replacingCharacters(in: place, with: new))
  }

  @Test func whatIsNoXMLIsRefusedWithItsLine() {
    #expect(refusal("").hasPrefix("E-file: \"x.xml\": line 1 is not XML: no element found"))
    #expect(refusal("no").hasPrefix("E-file: \"x.xml\": line 1 is not XML"))
    #expect(
      refusal("<opencv_storage>\n<cascade>\n</opencv_storage>")
        == "E-file: \"x.xml\": line 3 is not XML: mismatched tag")
    #expect(refusal("<a/>").contains("begins with <a>"))
    #expect(refusal("<opencv_storage/>").contains("<opencv_storage> is empty"))
    #expect(refusal("<opencv_storage><cascade/></opencv_storage>").contains("it has no <stages>"))
  }

  @Test func entitiesAreRefusedBeforeTheyExpand() {
    var bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a0 \"lol\">"
    for level in 1..<30 {
      bomb += "<!ENTITY a\(level) \"\(String(repeating: "&a\(level - 1);", count: 10))\">"
    }
    bomb += "]>\n<opencv_storage>&a29;</opencv_storage>"
    #expect(refusal(bomb).hasPrefix("E-file: \"x.xml\": line 2 has a document type declaration"))
    let outside = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><opencv_storage/>"
    #expect(refusal(outside).contains("document type declaration"))
    #expect(refusal("<opencv_storage>&bomb;</opencv_storage>").contains("undefined entity"))
  }

  @Test func nestingAndNumberOfElementsAreLimited() {
    let deep = String(repeating: "<a>", count: 100_000)
    #expect(refusal(deep) == "E-file: \"x.xml\": line 1 nests elements deeper than 32")
    let many = "<a>" + String(repeating: "<b/>", count: XMLReader.mostElements)
    let roomy = MemoryBudget(limit: 1_000_000_000)
    let refusal = message {
      _ = try Cascade(decoding: Array(many.utf8), path: "x.xml", budget: roomy)
    }
    #expect(refusal.contains("is after 2000000 elements, more than any cascade has"))
    #expect(budget.live == 0 && roomy.live == 0)
  }

  @Test func otherFormatsAreRefusedByName() throws {
    let old =
      "<opencv_storage><faces type_id=\"opencv-haar-classifier\"><size>20 20</size><stages/></faces></opencv_storage>"
    #expect(refusal(old).contains("Haar cascade in the old format of OpenCV 1"))
    #expect(try refusal("<featureType>LBP", "<featureType>HOG").contains("its features are HOG"))
    #expect(try refusal("<featureType>LBP", "<featureType>SIFT").contains("\"SIFT\""))
    #expect(try refusal("BOOST", "SVM").contains("its stages are \"SVM\""))
  }

  @Test func numbersThatLeadOutsideAreRefused() throws {
    #expect(try refusal("<width>20", "<width>2").contains("a width of 2; 3 to 1000"))
    #expect(try refusal("<width>20", "<width>9999999999").contains("not a whole number"))
    #expect(try refusal("<width>20", "<width>").contains("has 0 words instead of one"))
    #expect(try refusal("<width>20", "<width>4").contains("are not in the window of 4x16"))
    #expect(
      try refusal("<maxCatCount>256", "<maxCatCount>0").contains("with LBP features it is 256"))
    #expect(
      try refusal("<internalNodes>0 -1 ", "<internalNodes>0 5 ").contains("node 0 leads to 5"))
    #expect(
      try refusal("<internalNodes>0 -1 ", "<internalNodes>0 -2147483648 ").contains(
        "leads to -2147"))
    #expect(
      try refusal("<internalNodes>0 -1 ", "<internalNodes>0 -1 99 ").contains("has 12 numbers"))
    #expect(
      try refusal("<leafValues>", "<leafValues>0.5 ").contains(
        "has 3 values; a tree of 1 node has 2"))
    #expect(try refusal("<leafValues>", "<leafValues>nan ").contains("has 3 values"))
    #expect(try refusal("<stageThreshold>", "<stageThreshold>1e99").contains("not a number"))
    #expect(
      try refusal("<tilted>1", "<tilted>0 1", in: "haar_depth1.xml").contains("has 2 words"))
    #expect(
      try refusal("<rects><_>", "<rects><_>900 ", in: "haar_depth1.xml").contains("6 numbers"))
  }

  @Test func aTreeThatLeadsInACircleIsRefused() throws {
    let circle = try refusal(
      "<internalNodes>1 2 ", "<internalNodes>1 1 ", in: "haar_depth2.xml")
    #expect(circle.contains("node 1 is led to twice, the second time by node 0: no tree"))
    let feature = try refusal("<internalNodes>1 2 ", "<internalNodes>1 2 9", in: "lbp_depth2.xml")
    #expect(feature.contains("asks about feature"), "\(feature)")
  }

  @Test func aTruncatedFileIsRefusedWhereverItIsCut() throws {
    for name in ["lbp_depth2.xml", "haar_depth1.xml"] {
      let whole = Array(try text(name).utf8)
      for length in stride(from: 0, to: whole.count - 2, by: 97) {
        let cut = message {
          _ = try Cascade(decoding: Array(whole[..<length]), path: "x.xml", budget: budget)
        }
        #expect(cut.hasPrefix("E-file: \"x.xml\": line"), "\(name) \(length)")
      }
    }
  }

  @Test func numbersAreReadAsOpenCVWritesThem() throws {
    let reader = CascadeReader(path: "x")
    let element = XMLElement("x", line: 1, type: nil)
    for (word, value) in [
      ("-1.", -1), ("2.", 2), ("-7.5649648904800415e-001", -0.756_496_5), ("0", 0),
      ("3.9e-3", 0.0039),
    ] as [(String, Float)] {
      #expect(try reader.number(element, word[...]) == value)
    }
    for word in ["", "-", ".", "1e", "inf", ".Inf", "0x1p3p", "1,5", "nan"] {
      #expect(
        message { _ = try reader.number(element, word[...]) }.contains("is not a number"), "\(word)"
      )
    }
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with new: String) -> String {
    self[..<range.lowerBound] + new + self[range.upperBound...]
  }
}
