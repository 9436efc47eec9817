// SPDX-License-Identifier: MIT

extension Machine {
  /// Runs the last frame until it returns its value to Swift code.
  ///
  /// It is a single function on purpose: the program counter and the registers' address stay in the
  /// processor's registers. Every case does its frequent work, on ints and nums, in place, and
  /// leaves the rest to a separate function.
  func execute() throws -> Value {
    let entry = depth
    var frame = frames[depth - 1]
    var code = frame.code.instructions
    var r = frame.registers
    var pc = frame.counter
    while true {
      do {
        while true {
          let i = code[pc]
          pc += 1
          switch i.op {
          case .move:
            if case .undefined = r[Int(i.b)] {
              r[Int(i.a)] = try resolved(r, i.b)
            } else {
              r[Int(i.a)] = r[Int(i.b)]
            }
          case .take:
            r[Int(i.a)] = (r + Int(i.b)).move()
            (r + Int(i.b)).initialize(to: .undefined)
          case .clear: r[Int(i.a)] = .undefined
          case .int: r[Int(i.a)] = .int(i.d)
          case .constant: r[Int(i.a)] = frame.constants[i.d]
          case .global:
            if case .undefined = frame.globals[Int(i.b)] {
              guard i.d >= 0 else { throw unknownGlobal(i) }
              r[Int(i.a)] = frame.constants[i.d]
            } else {
              r[Int(i.a)] = frame.globals[Int(i.b)]
            }

          case .add:
            switch (r[Int(i.b)], r[Int(i.c)]) {
            case (.int(let x), .int(let y)):
              let (z, overflow) = x.addingReportingOverflow(y)
              if !overflow {
                r[Int(i.a)] = .int(z)
                continue
              }
            case (.num(let x), .num(let y)):
              r[Int(i.a)] = .num(x + y)
              continue
            default: break
            }
            try operate(.add, r, i, pc)
          case .subtract:
            switch (r[Int(i.b)], r[Int(i.c)]) {
            case (.int(let x), .int(let y)):
              let (z, overflow) = x.subtractingReportingOverflow(y)
              if !overflow {
                r[Int(i.a)] = .int(z)
                continue
              }
            case (.num(let x), .num(let y)):
              r[Int(i.a)] = .num(x - y)
              continue
            default: break
            }
            try operate(.subtract, r, i, pc)
          case .multiply:
            switch (r[Int(i.b)], r[Int(i.c)]) {
            case (.int(let x), .int(let y)):
              let (z, overflow) = x.multipliedReportingOverflow(by: y)
              if !overflow {
                r[Int(i.a)] = .int(z)
                continue
              }
            case (.num(let x), .num(let y)):
              r[Int(i.a)] = .num(x * y)
              continue
            default: break
            }
            try operate(.multiply, r, i, pc)
          case .divide:
            if case .num(let x) = r[Int(i.b)], case .num(let y) = r[Int(i.c)], y != 0 {
              r[Int(i.a)] = .num(x / y)
            } else {
              try operate(.divide, r, i, pc)
            }
          case .floorDivide: try operate(.floorDivide, r, i, pc)
          case .remainder:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)], x >= 0, y > 0 {
              r[Int(i.a)] = .int(x % y)
            } else {
              try operate(.remainder, r, i, pc)
            }
          case .addInt:
            switch r[Int(i.b)] {
            case .int(let x):
              let (z, overflow) = x.addingReportingOverflow(i.d)
              if !overflow {
                r[Int(i.a)] = .int(z)
                continue
              }
            case .num(let x):
              r[Int(i.a)] = .num(x + Double(i.d))
              continue
            default: break
            }
            try operateInt(.add, r, i, pc)
          case .subtractInt:
            switch r[Int(i.b)] {
            case .int(let x):
              let (z, overflow) = x.subtractingReportingOverflow(i.d)
              if !overflow {
                r[Int(i.a)] = .int(z)
                continue
              }
            case .num(let x):
              r[Int(i.a)] = .num(x - Double(i.d))
              continue
            default: break
            }
            try operateInt(.subtract, r, i, pc)
          case .multiplyInt:
            switch r[Int(i.b)] {
            case .int(let x):
              let (z, overflow) = x.multipliedReportingOverflow(by: i.d)
              if !overflow {
                r[Int(i.a)] = .int(z)
                continue
              }
            case .num(let x):
              r[Int(i.a)] = .num(x * Double(i.d))
              continue
            default: break
            }
            try operateInt(.multiply, r, i, pc)
          case .binary: try operate(BinaryOperator.allOperators[i.d], r, i, pc)
          case .less:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              r[Int(i.a)] = .bool(x < y)
            } else {
              try operate(.less, r, i, pc)
            }
          case .lessOrEqual:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              r[Int(i.a)] = .bool(x <= y)
            } else {
              try operate(.lessOrEqual, r, i, pc)
            }
          case .greater:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              r[Int(i.a)] = .bool(x > y)
            } else {
              try operate(.greater, r, i, pc)
            }
          case .greaterOrEqual:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              r[Int(i.a)] = .bool(x >= y)
            } else {
              try operate(.greaterOrEqual, r, i, pc)
            }
          case .equal:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              r[Int(i.a)] = .bool(x == y)
            } else {
              try operate(.equal, r, i, pc)
            }
          case .notEqual:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              r[Int(i.a)] = .bool(x != y)
            } else {
              try operate(.notEqual, r, i, pc)
            }
          case .negate:
            frames[depth - 1].counter = pc
            r[Int(i.a)] = try unary(.negate, operand(r, i.b))
          case .plus: r[Int(i.a)] = try unary(.plus, operand(r, i.b))
          case .invert:
            frames[depth - 1].counter = pc
            r[Int(i.a)] = try unary(.invert, operand(r, i.b))
          case .not: r[Int(i.a)] = try negated(operand(r, i.b))

          case .jump: pc = i.d
          case .loop:
            ticks -= 1
            if ticks <= 0 { try tick() }
            if i.a != 0 {
              roundsLeft &-= 1
              if roundsLeft <= 0 { endRounds(r, i) }
            }
            pc = i.d
          case .jumpIf: if try truth(r, i.a) { pc = i.d }
          case .jumpUnless: if try !truth(r, i.a) { pc = i.d }
          case .unlessLess:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              if !(x < y) { pc = i.d }
            } else if try !holds(.less, r, i, pc) {
              pc = i.d
            }
          case .unlessLessOrEqual:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              if !(x <= y) { pc = i.d }
            } else if try !holds(.lessOrEqual, r, i, pc) {
              pc = i.d
            }
          case .unlessGreater:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              if !(x > y) { pc = i.d }
            } else if try !holds(.greater, r, i, pc) {
              pc = i.d
            }
          case .unlessGreaterOrEqual:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              if !(x >= y) { pc = i.d }
            } else if try !holds(.greaterOrEqual, r, i, pc) {
              pc = i.d
            }
          case .unlessEqual:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              if x != y { pc = i.d }
            } else if try !holds(.equal, r, i, pc) {
              pc = i.d
            }
          case .unlessNotEqual:
            if case .int(let x) = r[Int(i.b)], case .int(let y) = r[Int(i.c)] {
              if x == y { pc = i.d }
            } else if try !holds(.notEqual, r, i, pc) {
              pc = i.d
            }
          case .unlessLessInt:
            if case .int(let x) = r[Int(i.b)] {
              if !(x < i.operand) { pc = i.target }
            } else if try !holdsInt(.less, r, i, pc) {
              pc = i.target
            }
          case .unlessLessOrEqualInt:
            if case .int(let x) = r[Int(i.b)] {
              if !(x <= i.operand) { pc = i.target }
            } else if try !holdsInt(.lessOrEqual, r, i, pc) {
              pc = i.target
            }
          case .unlessGreaterInt:
            if case .int(let x) = r[Int(i.b)] {
              if !(x > i.operand) { pc = i.target }
            } else if try !holdsInt(.greater, r, i, pc) {
              pc = i.target
            }
          case .unlessGreaterOrEqualInt:
            if case .int(let x) = r[Int(i.b)] {
              if !(x >= i.operand) { pc = i.target }
            } else if try !holdsInt(.greaterOrEqual, r, i, pc) {
              pc = i.target
            }
          case .unlessEqualInt:
            if case .int(let x) = r[Int(i.b)] {
              if x != i.operand { pc = i.target }
            } else if try !holdsInt(.equal, r, i, pc) {
              pc = i.target
            }
          case .unlessNotEqualInt:
            if case .int(let x) = r[Int(i.b)] {
              if x == i.operand { pc = i.target }
            } else if try !holdsInt(.notEqual, r, i, pc) {
              pc = i.target
            }
          case .bool:
            if case .bool = r[Int(i.a)] { continue }
            r[Int(i.a)] = .bool(try isTrue(operand(r, i.a), isChain: i.c == 1))

          case .call, .callMember:
            frames[depth - 1].counter = pc
            ticks -= 1
            if ticks <= 0 { try tick() }
            if try call(frame.sites[i.d], r, i) {
              frame = frames[depth - 1]
              code = frame.code.instructions
              r = frame.registers
              pc = 0
            }
          case .giveBack:
            let value = (r + Int(i.a)).move()
            (r + Int(i.a)).initialize(to: .undefined)
            pop()
            if frame.isEntry { return value }
            let destination = Int(frame.destination)
            frame = frames[depth - 1]
            code = frame.code.instructions
            r = frame.registers
            pc = frame.counter
            r[destination] = value

          case .indexOne:
            if case .int(let index) = r[Int(i.c)], case .list(let list) = r[Int(i.b)],
              index >= 0, index < list.count
            {
              r[Int(i.a)] = list.elements[index]
            } else {
              frames[depth - 1].counter = pc
              r[Int(i.a)] = try element(operand(r, i.b), frame.code.indices[i.d], r)
            }
          case .next:
            if case .range(let range) = r[Int(i.a)], case .int(let turn) = r[Int(i.a) + 1] {
              if turn < range.count {
                r[Int(i.b)] = .int(range[turn])
                r[Int(i.a) + 1] = .int(turn &+ 1)
              } else {
                pc = i.d
                r[Int(i.a)] = .undefined
              }
            } else if try !next(r, i) {
              pc = i.d
            }
          case .countNext:
            if case .int(let count) = r[Int(i.a)], count > 0 {
              r[Int(i.a)] = .int(count &- 1)
            } else {
              pc = i.d
            }
          case .text: r[Int(i.a)] = .str(Text("", count: 0))
          case .appendText:
            if case .str(let text) = r[Int(i.a)], case .str(let piece) = frame.constants[i.d] {
              text.append(piece)
            }
          case .format:
            frames[depth - 1].counter = pc
            try format(i, frame.code, r)
          case .finishText:
            if case .str(let text) = r[Int(i.b)] { try charge(text.string.utf8.count) }
            r[Int(i.a)] = (r + Int(i.b)).move()
            (r + Int(i.b)).initialize(to: .undefined)
          case .benchNext: if try !benchNext(r, i) { pc = i.d }
          case .augment:
            switch (r[Int(i.a)], r[Int(i.c)]) {
            case (.num(let x), .num(let y)) where i.d == BinaryOperator.addIndex:
              r[Int(i.a)] = .num(x + y)
            case (.int(let x), .int(let y)) where i.d == BinaryOperator.addIndex:
              let (z, overflow) = x.addingReportingOverflow(y)
              if overflow { throw Diagnostic.overflow(.add, x, y) }
              r[Int(i.a)] = .int(z)
            default: try augment(BinaryOperator.allOperators[i.d], r, i, pc)
            }
          default: try executeRare(i, frame.code, r, pc)
          }
        }
      } catch {
        frames[depth - 1].counter = pc
        try unwind(error, to: entry)
        frame = frames[depth - 1]
        code = frame.code.instructions
        r = frame.registers
        pc = frame.counter
      }
    }
  }
}

extension BinaryOperator {
  /// In the order of `index`.
  static let allOperators = BinaryOperator.allCases
  static let addIndex = BinaryOperator.add.index
}
