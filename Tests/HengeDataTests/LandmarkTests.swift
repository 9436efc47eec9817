// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import Testing

@testable import HengeData

@Suite("Landmarks") struct LandmarkTests {
  let budget = MemoryBudget(limit: 100_000_000)

  private func table(_ text: String) throws -> LandmarkTable {
    try LandmarkTable(decoding: Array(text.utf8), path: "t", budget: budget)
  }

  private func refusal(_ text: String) -> String {
    do {
      _ = try table(text)
      return ""
    } catch let failure as Failure { return "\(failure.code): \(failure.message)" } catch {
      return "\(error)"
    }
  }

  @Test func celebAsListIsRead() throws {
    let list = """
      202599
      lefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y
      000001.jpg 69  109  106  113   77  142   73  152  108  154
      000002.jpg 69  110  107  112   81  135   70  151  108  153\r

      """
    let table = try table(list)
    #expect(table.rows.map(\.file) == ["000001.jpg", "000002.jpg"])
    #expect(
      table.rows[0].marks.map(\.name) == [
        "eye.left", "eye.right", "nose", "mouth.left", "mouth.right",
      ])
    #expect(table.rows[1].marks[4] == Landmark("mouth.right", x: 108, y: 153))
    #expect(table.remarks == ["\"t\" says that it has 202599 rows, and has 2"])
    let degrees = try #require(Tilt.degrees(of: table.rows[0].marks))
    #expect(abs(degrees - 6.17) < 0.01)
    #expect(budget.live == 0)
  }

  @Test func textsAreChargedForTheirRowsAndNumbers() throws {
    var csv = "file,left_eye_x,left_eye_y,right_eye_x,right_eye_y\n"
    var list = "20000\nlefteye_x lefteye_y righteye_x righteye_y\n"
    for index in 0..<20_000 {
      csv += "a/long/folder/of/pictures/\(index).jpg,12.625,40.125,52.875,41.5\n"
      list += "\(index).jpg 12 40 52 41\n"
    }
    // 64 bytes for each byte, as JSON may take, were 80 MB.
    for (text, limit) in [(csv, 24_000_000), (list, 8_000_000)] {
      let budget = MemoryBudget(limit: limit)
      let table = try LandmarkTable(decoding: Array(text.utf8), path: "t", budget: budget)
      #expect(table.rows.count == 20_000 && budget.live == 0)
      let least = MemoryBudget(limit: limit / 8)
      #expect(throws: Failure.self) {
        try LandmarkTable(decoding: Array(text.utf8), path: "t", budget: least)
      }
    }
  }

  @Test func csvFilesNameTheirColumnsInManyWays() throws {
    for header in [
      "file,left_eye_x,left_eye_y", "image_id,lefteye_x,lefteye_y", "Path,eye.left.x,eye.left.y",
      "name,Eye-Left_X,Eye-Left_Y", "filename,eye_left_x,eye_left_y",
    ] {
      let rows = try table("\(header)\na/b.png,1.5,2\nc.png,,\n").rows
      #expect(rows[0].marks == [Landmark("eye.left", x: 1.5, y: 2)], "\(header)")
      #expect(rows[1].marks == [] && rows[1].file == "c.png")
    }
    #expect(try table("file,set,nose_x,nose_y\na,lfw,1,2\n").rows[0].marks.count == 1)
    #expect(
      refusal("file,nose_x,nose_y\na,1,x\n")
        == "E-file: \"t\": row 1: \"x\" in column \"nose_y\" is not a number"
    )
    #expect(
      refusal("file,nose_x,nose_y\na,1,\n").contains("row 1: the point \"nose\" is (1.0, nan)"))
    #expect(refusal("file,nose_x,nose_y\na,1,inf\n").contains("(1.0, inf)"))
    #expect(refusal("file,nose_x\na,1\n").contains("\"nose\" has an x and no y"))
    #expect(refusal("file,nose_x,NOSE.x,nose_y\na,1,2,3\n").contains("two columns are the x"))
    #expect(refusal("file,a\na,1\n").contains("no columns are points"))
    #expect(refusal("x,y\n1,2\n").contains("no column names the images"))
    #expect(refusal("file,nose_x,nose_y\n").contains("has no landmarks in it"))
    #expect(refusal("").hasPrefix("E-file"))
  }

  @Test func jsonNestsNamesAsItLikes() throws {
    let nested = try table(
      """
      {"a.png": {"eye": {"left": [1, 2], "right": [3.5, 4]}, "nose": [5, 6], "chin": null}}
      """)
    #expect(nested.rows[0].marks.map(\.name) == ["eye.left", "eye.right", "nose"])
    let listed = try table("[{\"file\": \"b.png\", \"left_eye\": [1, 2]}]")
    #expect(listed.rows[0].file == "b.png")
    #expect(listed.rows[0].marks == [Landmark("eye.left", x: 1, y: 2)])
    let twelve = (1...12).map { "\"\($0)\": [\($0), 0]" }.joined(separator: ", ")
    let eyes = try table("{\"a\": {\"eye\": {\(twelve)}}}").rows[0].marks
    #expect(
      eyes.suffix(2) == [
        Landmark("eye.left", x: 6, y: 0), Landmark("eye.right", x: 12, y: 0),
      ])
    #expect(
      refusal("{\"a\": {\"nose\": 3}}") == "E-file: \"t\": \"a\": \"nose\" is not a point [x, y]")
    #expect(refusal("{\"a\": {\"nose\": [1, 2, 3]}}").contains("is not a point"))
    #expect(refusal("{\"a\": [1, 2]}").contains("it is not a point"))
    #expect(refusal("{\"a\": {\"nose\": [1, 1e400]}}").hasPrefix("E-file"))
    #expect(refusal("[3]").contains("image 1 is not an object"))
    #expect(refusal("[{\"nose\": [1, 2]}]").contains("does not say of which file"))
    #expect(refusal("{\n\"a\": {").hasPrefix("E-file: \"t\": line 2 is not JSON"))
    #expect(
      refusal("{\"a\": {\"left_eye\": [1, 2], \"lefteye\": [1, 2]}}").contains("is there twice"))
  }

  @Test func raggedAndHostileListsAreRefusedWithTheirLine() {
    let head = "1\nnose_x nose_y\n"
    #expect(
      refusal("\(head)a 1\n") == "E-file: \"t\": line 3 has 2 words; a file and 2 numbers are 3")
    #expect(refusal("\(head)a 1 b\n").contains("line 3: \"b\" is not a number"))
    #expect(refusal("\(head)a nan nan\nb 1 1e300\n").contains("line 4: the point \"nose\""))
    #expect(refusal("99999999999999999999\nnose_x nose_y\na 1 2\n").hasPrefix("E-file"))
    #expect(refusal("1\nnose_x nose_z\na 1 2\n").hasPrefix("E-file"))
  }

  @Test func rowsAreJoinedByPathThenByBaseName() throws {
    func join(_ names: [String], _ files: [String]) throws -> LandmarkJoin {
      let rows = names.enumerated().map { "\($0.element),\($0.offset),0" }
      return LandmarkJoin(
        try table("file,nose_x,nose_y\n" + rows.joined(separator: "\n") + "\n"), files: files)
    }
    let byPath = try join(
      ["a/1.png", "b/1.png", "2.png"], ["/d/a/1.png", "/d/b/1.png", "/d/2.png"])
    #expect(byPath.rows == ["/d/a/1.png": 0, "/d/b/1.png": 1, "/d/2.png": 2])
    #expect(byPath.remarks(of: "t") == [])
    let byBase = try join(["old/1.png"], ["/d/1.png", "/d/2.png"])
    #expect(byBase.rows == ["/d/1.png": 0] && byBase.missing == ["/d/2.png"])
    let shared = try join(["1.png"], ["/d/a/1.png", "/d/b/1.png"])
    #expect(shared.rows.isEmpty && shared.ambiguous == ["/d/a/1.png", "/d/b/1.png"])
    let several = try join(["x/1.png", "y/1.png"], ["/d/1.png"])
    #expect(several.rows.isEmpty && several.ambiguous == ["/d/1.png"])
    let contradicting = try join(["1.png", "1.png"], ["/d/1.png"])
    #expect(contradicting.doubled == ["1.png"] && contradicting.ambiguous == ["/d/1.png"])
    let unused = try join(["1.png", "3.png"], ["/d/1.png"])
    #expect(unused.unused == ["3.png"])
    #expect(unused.remarks(of: "t").count == 1)
  }

  @Test func linesHaveATiltWithoutADirection() {
    func tilt(_ dx: Double, _ dy: Double) -> Double? {
      Tilt.degrees(fromX: 1, y: 2, toX: 1 + dx, y: 2 + dy)
    }
    #expect(tilt(1, 0) == 0 && tilt(-1, 0) == 0)
    #expect(abs((tilt(1, 1) ?? 0) - 45) < 1e-12 && abs((tilt(-1, -1) ?? 0) - 45) < 1e-12)
    #expect(abs((tilt(1, -1) ?? 0) + 45) < 1e-12)
    #expect(tilt(0, 3) == 90 && tilt(0, -3) == -90)
    #expect(tilt(0, 0) == nil && tilt(.nan, 1) == nil && tilt(.infinity, 1) == nil)
    #expect(Tilt.degrees(of: [Landmark("eye.left", x: 0, y: 0)]) == nil)
  }

  @Test func layoutsMovePointsAsTheyMovePixels() throws {
    // A bright pixel is followed through each fit.
    for fit in PictureFit.allCases {
      for (height, width) in [(40, 30), (20, 60)] {
        var bytes = [UInt8](repeating: 0, count: height * width)
        let (x, y) = (width / 2 + 3, height / 2 - 4)
        for row in y - 1...y + 1 {
          for column in x - 1...x + 1 { bytes[row * width + column] = 255 }
        }
        let layout = PictureLayout(
          size: PictureSize(height: 50, width: 50), fit: fit, channels: .gray)
        let image = try Pixels(height: height, width: width, channels: 1, bytes: bytes)
          .laidOut(as: layout, budget: budget)
        var (sumX, sumY, sum) = (0.0, 0.0, 0.0)
        for (place, byte) in image.bytes.enumerated() {
          sumX += Double(byte) * Double(place % 50)
          sumY += Double(byte) * Double(place / 50)
          sum += Double(byte)
        }
        let map = layout.movement(from: PictureSize(height: height, width: width))
        let (toX, toY) = map(Double(x), Double(y))
        #expect(abs(sumX / sum - toX) < 0.1 && abs(sumY / sum - toY) < 0.1, "\(fit) \(height)")
      }
    }
  }
}
