// SPDX-License-Identifier: MIT

import HengeLanguage
import HengeTestSupport
import Testing

struct SyntaxErrorTests {
  @Test func everyWrongProgramEndsInItsMessage() {
    let corpus = ErrorCorpus("Errors/syntax", beside: #filePath)
    #expect(corpus.names.count >= 170)
    let differences = corpus.differences { source in
      do throws(Diagnostic) {
        _ = try Parser.parse(source)
        return nil
      } catch {
        return Renderer().render(error)
      }
    }
    for difference in differences { Issue.record("\(difference)") }
  }
}
