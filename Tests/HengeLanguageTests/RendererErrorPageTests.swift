// SPDX-License-Identifier: MIT

import Glibc
import HengeLanguage
import Testing

struct RendererErrorPageTests {
  @Test func everyPageIsFoundAndFitsATerminal() {
    #expect(Set(ErrorPage.all.map(\.code)).count == ErrorPage.all.count)
    for page in ErrorPage.all {
      #expect(ErrorPage.find(page.code)?.title == page.title)
      #expect(ErrorPage.find(String(page.code.dropFirst(2)))?.title == page.title)
      let lines = page.text(width: 80).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.allSatisfy { TextWidth.of(String($0)) <= 80 }, "\(page.code)")
      #expect(page.markdown.hasPrefix("# \(page.code): "))
    }
    #expect(ErrorPage.find("E-nothing") == nil)
  }

  @Test func theCorrectedExamplesParse() throws {
    for page in ErrorPage.all {
      _ = try Parser.parse(Source(name: page.code, text: Array(page.fix.utf8)))
      if page.code != "E-syntax" {
        _ = try Parser.parse(Source(name: page.code, text: Array(page.example.utf8)))
      }
    }
  }

  /// A code without a page would leave `henge explain` with nothing to say.
  @Test func everyCodeInTheSourcesHasAPage() {
    let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    var codes: Set<String> = []
    collect("/" + folder + "/Sources", &codes)
    #expect(codes.contains("E-syntax"))
    for code in codes.sorted() where ErrorPage.find(code) == nil {
      Issue.record(
        "\(code) is thrown and has no page: add one to ErrorPages+Language, +Values or +World")
    }
    for page in ErrorPage.all where !codes.contains(page.code) {
      Issue.record("\(page.code) has a page and is thrown nowhere")
    }
  }

  private func collect(_ path: String, _ codes: inout Set<String>) {
    if path.hasSuffix(".swift") { return scan(path, &codes) }
    guard let directory = opendir(path) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { collect(path + "/" + name, &codes) }
    }
  }

  private func scan(_ path: String, _ codes: inout Set<String>) {
    guard let file = fopen(path, "rb") else { return }
    defer { fclose(file) }
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&chunk, 1, chunk.count, file)
    for part in String(decoding: chunk[..<count], as: UTF8.self).split(separator: "\"") {
      let isCode =
        part.hasPrefix("E-") && part.utf8.count > 2
        && part.utf8.dropFirst(2).allSatisfy { $0 >= 97 && $0 <= 122 }
      if isCode { codes.insert(String(part)) }
    }
  }
}
