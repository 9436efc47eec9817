// SPDX-License-Identifier: MIT
internal import Glibc
import HengeBackend
import HengeTensor
import HengeTestSupport
import Testing

extension OpCheck: CustomTestStringConvertible {
  var testDescription: String { name }
}

/// Every operation on the tape: its gradients, on every order in memory, on every backend.
@Suite struct OpCheckTests {
  static let rounds = 8
  let reference = TestedBackend.reference.make()

  @Test(arguments: TestedBackend.all, OpCheck.all)
  func `an operation sends back the gradient of what it computes`(
    _ tested: TestedBackend, _ check: OpCheck
  ) throws {
    let device = tested.make()
    for round in 0..<Self.rounds {
      var stream = RandomStream(seed: 4, name: "\(check.name) \(round)")
      let operands = check.sizes(&stream).map { CheckedOperand($0, check, &stream) }
      for (number, run) in check.runs.enumerated() {
        let one = CheckedRun(operands: operands, run: run, step: check.step)
        let label = "\(check.name), way \(number), round \(round): \(operands.map(\.label))"
        do {
          let result = try one.evaluate(.f64, on: device)
          try expectSlopes(of: result, one, on: device, label)
          try expectAgreement(of: result, one, on: device, label)
          try expectParts(of: result, one, on: device, label)
        } catch let failure as Failure {
          #expect(operands.contains { $0.values.isEmpty }, "\(label): \(failure)")
        }
      }
    }
  }

  /// The gradients against central differences along directions: each axis where there are few.
  private func expectSlopes(
    of result: CheckedRun.Result, _ one: CheckedRun, on device: any Backend, _ label: String
  ) throws {
    let count = one.operands.reduce(0) { $0 + $1.values.count }
    var stream = RandomStream(seed: 5, name: label)
    let directions =
      count <= 16
      ? (0..<count).map { index in (0..<count).map { $0 == index ? 1 : 0.0 } }
      : (0..<3).map { _ in (0..<count).map { _ in stream.next(below: 2) == 0 ? 1 : -1.0 } }
    let flat = result.gradients.flatMap { $0 }
    #expect(flat.count == count, "\(label): sizes of gradients")
    for direction in directions {
      let products = zip(flat, direction).map { $0 * $1 }
      let step = one.step
      let (up, down) = (
        try one.weightedSum(moved: direction, by: step, on: device),
        try one.weightedSum(moved: direction, by: -step, on: device)
      )
      let slope = (up - down) / (2 * step)
      let scale = products.reduce(1) { $0 + abs($1) }
      let expected = products.reduce(0, +)
      #expect(
        abs(slope - expected) <= 1e-6 * scale, "\(label): \(expected) against \(slope)")
    }
  }

  /// Results and gradients against the reference, in double and in single precision.
  private func expectAgreement(
    of result: CheckedRun.Result, _ one: CheckedRun, on device: any Backend, _ label: String
  ) throws {
    let want = try one.evaluate(.f64, on: reference)
    let single = try one.evaluate(.f32, on: device)
    #expect(distance(result.values, want.values) < 1e-12, "\(label): values")
    #expect(distance(single.values, want.values) < 2e-5, "\(label): values in f32")
    for (index, gradient) in want.gradients.enumerated() {
      #expect(distance(result.gradients[index], gradient) < 1e-11, "\(label): gradient \(index)")
      #expect(
        distance(single.gradients[index], gradient) < 1e-4, "\(label): gradient \(index) in f32")
    }
  }

  /// Any part of the operands on the tape gets the gradients that it gets among all.
  private func expectParts(
    of result: CheckedRun.Result, _ one: CheckedRun, on device: any Backend, _ label: String
  ) throws {
    let count = one.operands.count
    for part in 1..<(1 << count) - 1 {
      let wanted = (0..<count).map { part >> $0 & 1 == 1 }
      // An operation need not have all operands in every way it can be run.
      guard let some = try one.evaluate(.f64, wanted: wanted, on: device, mayBeOff: true) else {
        continue
      }
      for index in 0..<count where wanted[index] {
        #expect(
          some.gradients[index] == result.gradients[index], "\(label): only \(wanted) wanted")
      }
    }
  }

  @Test func `every recorded operation has a check, and every check an operation`() throws {
    let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    var recorded = Set(Elementwise.all.map(\.name))
    recorded.formUnion(
      BinaryOperation.allCases.filter { ![.and, .or, .xor].contains($0) }.map(\.rawValue))
    for path in swiftFiles(folder + "/Sources") {
      let text = String(decoding: try readFile(path), as: UTF8.self)
      for match in text.matches(of: /record(?:Parts)?\(\s*"([^"]+)"/) {
        recorded.insert(String(match.1))
      }
    }
    #expect(recorded.count > 40)
    let checked = OpCheck.all.map(\.name)
    for name in recorded.sorted() where !checked.contains(name) {
      Issue.record("\(name) is recorded on the tape, and has no check in OpCheck.all")
    }
    for name in checked where !recorded.contains(name) {
      Issue.record("\(name) has a check in OpCheck.all, and nothing of that name is recorded")
    }
    for name in Set(checked) where checked.count(where: { $0 == name }) > 1 {
      Issue.record("\(name) has more than one check in OpCheck.all")
    }
  }

  @Test func `every function of one element is listed and has a loop`() throws {
    let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let listed = Elementwise.all.map(\.name)
    var declared: [String] = []
    for path in swiftFiles(folder + "/Sources/HengeTensor/Elementwise") {
      let text = String(decoding: try readFile(path), as: UTF8.self)
      declared += text.matches(of: /: Elementwise = \.init\(\s*"([^"]+)"/).map { String($0.1) }
    }
    for name in declared where !listed.contains(name) {
      Issue.record("\(name) is declared, and has no line in Elementwise.all")
    }
    for name in listed where !declared.contains(name) {
      Issue.record("\(name) is in Elementwise.all, and is declared in no file of Elementwise")
    }
    let loops = String(
      decoding: try readFile(folder + "/Sources/CHengeKernels/unary.h"), as: UTF8.self)
    for name in declared where !loops.contains("HK_UNARY(\(name), ") {
      Issue.record("\(name) has no loop in CHengeKernels/unary.h")
    }
  }
}
