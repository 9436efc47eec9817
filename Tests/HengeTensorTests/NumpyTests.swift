// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor
import HengeTestSupport
import Testing

@Suite struct NumpyTests {
  @Test func `several hundred cases are there`() {
    #expect(NumpyCase.all.count > 700)
  }

  @Test(arguments: TestedBackend.all + [.reference])
  func `every backend agrees with numpy`(_ tested: TestedBackend) {
    let backend = tested.make()
    for item in NumpyCase.all { check(item, on: backend) }
  }

  private func check(_ item: NumpyCase, on backend: any Backend) {
    do {
      let inputs = try item.inputs.map { try operand($0, on: backend) }
      let got = try NumpyProgram(item.program, inputs, on: backend).run()
      if item.expected.hasPrefix("error") {
        Issue.record("\(item.name): \(got.type) \(got.shape) instead of \(item.expected)")
        return
      }
      let want = try tensor(item.expected, on: backend)
      if let difference = try difference(got, want, tolerance: item.tolerance) {
        Issue.record("\(item.name): \(difference)")
      }
    } catch let failure as Failure {
      if item.expected != "error \(failure.code)" {
        Issue.record("\(item.name): \(failure) instead of \(item.expected)")
      }
    } catch {
      Issue.record("\(item.name): \(error)")
    }
  }
}
