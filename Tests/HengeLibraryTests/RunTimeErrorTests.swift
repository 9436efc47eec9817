// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

/// Wrong programs that only show when they run, by topic, each with the message it ends in.
@Suite struct RunTimeErrorTests {
  static let topics = ErrorCorpus.topics(in: "Errors")

  @Test(arguments: topics)
  func everyWrongProgramEndsInItsMessage(topic: String) throws {
    let world = try WrongWorld()
    defer { world.folder.remove() }
    let corpus = ErrorCorpus("Errors/\(topic)", beside: #filePath)
    #expect(corpus.names.count >= 4)
    let differences = corpus.differences { source in
      // A run so small that nothing is free says so in the same words everywhere.
      let memory = topic == "memory" ? 1_000_000 : 2_000_000_000
      let runner = ScriptRunner(folder: world.folder.path, memory: memory)
      let text = String(decoding: source.bytes, as: UTF8.self)
      runner.interpreter.isChecking = topic == "checks"
      let check = { runner.interpreter.checks.lazy.compactMap(\.failure).first }
      guard let error = runner.failure(of: text, name: source.name) ?? check() else { return nil }
      return Renderer().render(error)
    }
    for difference in differences {
      Issue.record("\(difference)")
      #expect(!difference.found.contains(world.folder.path), "the folder is the test's affair")
    }
  }

  /// Pages whose example cannot be run here, each for its reason.
  static let apart: Set = [
    "E-closed",  // needs a reader that goes away
    "E-cell",  // needs a document
    "E-interrupt",  // needs Ctrl-C
    "E-limit",  // needs a function of a hundred thousand lines
    "E-param", "E-path",  // need a command line
    "E-ranks",  // needs several processes
    "E-system", "E-internal",  // need something broken
  ]

  @Test func everyPagesExampleEndsInItsCodeAndItsFixDoesNot() throws {
    let world = try WrongWorld()
    defer { world.folder.remove() }
    for page in ErrorPage.all where !RunTimeErrorTests.apart.contains(page.code) {
      #expect(code(of: page.example, for: page, in: world) == page.code, "\(page.code)")
      #expect(code(of: page.fix, for: page, in: world) == nil, "the fix of \(page.code)")
    }
  }

  private func code(of text: String, for page: ErrorPage, in world: WrongWorld) -> String? {
    let runner = ScriptRunner(folder: world.folder.path)
    runner.interpreter.isChecking = page.code == "E-check"
    if page.code == "E-steps" { runner.interpreter.machine.stepsLeft = 10_000 }
    if let error = runner.failure(of: text) { return error.code }
    return runner.interpreter.checks.lazy.compactMap(\.failure).first?.code
  }

  @Test func theCorpusIsLarge() {
    let counts = RunTimeErrorTests.topics.map {
      ErrorCorpus("Errors/\($0)", beside: #filePath).names.count
    }
    #expect(counts.reduce(0, +) >= 150)
  }
}

/// A folder of pictures, tables and scripts, good and bad, for wrong programs to stumble over.
struct WrongWorld {
  let folder = TemporaryFolder()

  init() throws {
    for name in ["photos", "mixed", "bad", "empty", "notes", "albums", "albums/one"] {
      mkdir("\(folder.path)/\(name)", 0o755)
    }
    let made = ScriptRunner(folder: folder.path).run(
      """
      for name in ["photos/a", "photos/b", "photos/c", "mixed/a", "bad/a", "albums/one/a"] {
        save_png(zeros(3x8x8), name + ".png")
      }
      save_png(zeros(3x8x16), "mixed/b.png")
      save(eye(3), "eye.npy")
      """)
    try #require(!made.contains("E-"), "\(made)")
    let png = contents("photos/a.png")
    write("bad/b.png", Array(png.prefix(40)))
    write("cut.png", Array(png.prefix(png.count / 2)))
    write("cut.npy", Array(contents("eye.npy").dropLast(8)))
    write("notes/readme.txt", "Nothing here is a picture.\n")
    write("notpicture.png", "Nothing here is a picture.\n")
    write("vacant.png", "")
    write("points.csv", "name,x,y\na.png,1,2\nb.png,3,4\n")
    write("uneven.csv", "name,x,y\na.png,1,2\nb.png,3\n")
    write("a.xml", "<opencv_storage>\n<a>\n</opencv_storage>\n")
    write("old.xml", "<opencv_storage><f type_id=\"opencv-haar-classifier\"/></opencv_storage>\n")
    write("bomb.xml", "<!DOCTYPE a [<!ENTITY b \"lol\">]>\n<opencv_storage/>\n")
    write("lie.dat", [1, 1, 0x88, 255, 255, 255, 255, 255, 255, 255, 127, 0x81, 1])
    write("ragged.txt", "2\nlefteye_x lefteye_y nose_x nose_y\na.png 1 2 3 4\nb.png 1 2 3\n")
    write("nan.txt", "1\nlefteye_x lefteye_y nose_x nose_y\na.png 1 2 nan 4\n")
    write("outside.csv", "file,nose_x,nose_y\na.png,3,99\n")
    write("half.csv", "file,nose_x\na.png,3\n")
    write("strangers.json", "{\"z.png\": {\"nose\": [3, 4]}}\n")
    write("flat.json", "{\"a.png\": {\"nose\": 3}}\n")
    write("lib.henge", "fn twice(x) { 2 * x }\n")
    write("broken.henge", "fn twice(x) {\n")
    write("failing.henge", "x = 1\ny = x // 0\n")
    write("circle.henge", "import \"other.henge\" as other\n")
    write("other.henge", "import \"circle.henge\" as circle\n")
  }

  private func contents(_ name: String) -> [UInt8] {
    guard let file = fopen("\(folder.path)/\(name)", "rb") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }

  private func write(_ name: String, _ text: String) { write(name, Array(text.utf8)) }

  private func write(_ name: String, _ bytes: [UInt8]) {
    guard let file = fopen("\(folder.path)/\(name)", "wb") else { return }
    defer { fclose(file) }
    _ = fwrite(bytes, 1, bytes.count, file)
  }
}
