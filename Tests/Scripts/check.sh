#!/bin/sh
# SPDX-License-Identifier: MIT
# Scripts/check finds each kind of breach, in a small package of its own, and nothing else.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/Scripts" "$work/Docs" "$work/Sources/CPair" "$work/Sources/CHengeKernels/include" \
  "$work/Tests/HengeTensorTests"
cp -r "$root/Scripts/check" "$root/Scripts/awk" "$work/Scripts/"
cp "$root/.swift-format" "$work/"
cat >"$work/Package.swift" <<'EOF'
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "henge",
  targets: [
    .systemLibrary(name: "CPair"),
    .target(name: "CHengeKernels"),
    .target(name: "HengeThreads"),
    .target(name: "HengeBackend"),
    .target(name: "HengeLanguage", dependencies: ["HengeThreads", "HengeBackend", "CPair"]),
    .target(name: "HengeTensor", dependencies: ["HengeBackend", "CHengeKernels"]),
    .target(name: "HengeCPU", dependencies: ["HengeBackend", "CHengeKernels", "CPair"]),
    .target(name: "HengeLibrary", dependencies: ["HengeLanguage", "HengeTensor", "HengeCPU"]),
    .executableTarget(name: "henge", dependencies: ["HengeLibrary", "HengeCPU"]),
    .testTarget(name: "HengeTensorTests", dependencies: ["HengeTensor", "HengeCPU"]),
  ])
EOF
cat >"$work/Docs/Architecture.md" <<'EOF'
| floor | target | what lives there |
| --- | --- | --- |
| 0 | CPair CHengeKernels | C |
| 1 | HengeThreads HengeBackend | the foundation |
| 2 | HengeLanguage HengeTensor | both houses |
| 3 | HengeCPU | a device |
| 6 | HengeLibrary | the door |
| 7 | henge | the program |
EOF
printf 'module CPair { header "shim.h" }\n' >"$work/Sources/CPair/module.modulemap"
printf '// SPDX-License-Identifier: MIT\n' |
  tee "$work/Sources/CPair/shim.h" "$work/Sources/CHengeKernels/include/kernels.h" \
    >"$work/Sources/CHengeKernels/kernels.c"

# Writes a Swift file of the package: the licence line, then standard input.
file() {
  mkdir -p "$work/${1%/*}"
  { printf '// SPDX-License-Identifier: MIT\n'; cat; } >"$work/$1"
}
# What is allowed, and what only looks like a breach.
file Sources/HengeThreads/Pool.swift <<'EOF'
struct Pool: @unchecked Sendable {}
EOF
file Sources/HengeBackend/Backend.swift <<'EOF'
// Says fatalError and try! and import Foundation in a comment.
import FoundationEssentials
EOF
file Sources/HengeLanguage/Language.swift <<'EOF'
import HengeThreads
// TODO(#12): more words.
EOF
file Sources/HengeTensor/Tensor.swift <<'EOF'
internal import CHengeKernels
import HengeBackend
EOF
file Sources/HengeCPU/CPU.swift <<'EOF'
internal import CHengeKernels
import CPair
public import HengeBackend
EOF
file Sources/HengeLibrary/Library.swift <<'EOF'
import HengeLanguage
@preconcurrency public import HengeTensor

let topics = pictures() + tensors()
EOF
file Sources/HengeLibrary/Topics.swift <<'EOF'
func pictures() -> [Builtin] { [] }

func tensors(_ session: Session)
  -> [Builtin]
{ [] }
EOF
file Sources/HengeTensor/Kinds.swift <<'EOF'
extension Kind {
  static let round = Kind("round")
  static let square: Kind = .init("square")
  static let all: [Kind] =
    [.round] + [
      .square
    ]
  static let named = all.first
}
EOF
file Sources/henge/main.swift <<'EOF'
import HengeCPU
import HengeLibrary
EOF
file Tests/HengeTensorTests/TensorTests.swift <<'EOF'
import HengeCPU

@testable import HengeTensor
EOF
file Sources/HengeLibrary/Texts.swift <<'EOF'
// Returns a text, in a comment.
let name = "gives"
let text = "See `gives` and \(stands)."
EOF
check "a clean package has no findings" "check: 13 passed, 0 failed" "$("$work/Scripts/check")"

sed -i -e 's/^| 1 | HengeThreads HengeBackend/| 2 | HengeBackend/' \
  "$work/Docs/Architecture.md"

# Each breach with the one line it must give.
found() { # name, file, line number, words of the sentence
  case $(grep -F "$2:$3" "$work/findings") in
    *"$4"*) echo "ok $1" ;;
    *) echo "FAIL $1: no finding at $2:$3 says \`$4\`" ;;
  esac
}
file Sources/HengeTensor/Undeclared.swift <<'EOF'
import HengeThreads
import struct CPair.Pair
EOF
file Sources/HengeLanguage/Houses.swift <<'EOF'
import CPair
import HengeBackend
EOF
file Sources/HengeTensor/MoreKinds.swift <<'EOF'
extension Kind {
  static let oval = Kind("oval")
  static let flat: Kind = .init("flat")
}
EOF
file Sources/HengeLibrary/MoreTopics.swift <<'EOF'
func trainers(_ session: Session)
  -> [Builtin]
{ [] }
EOF
file Sources/HengeLanguage/Floors.swift <<'EOF'
import HengeBackend
EOF
file Sources/HengeLibrary/Device.swift <<'EOF'
import HengeCPU
EOF
file Tests/HengeTensorTests/Undeclared.swift <<'EOF'
import HengeBackend
EOF
file Sources/HengeCPU/Ends.swift <<'EOF'
import Foundation

final class Held: @unchecked Sendable {
  let number = try! read()
  func stop() -> Never { fatalError("no") }
  // FIXME: later
   let badlyIndented = 1
}
EOF
printf 'import HengeBackend\n' >"$work/Sources/HengeTensor/Unlicensed.swift"
file Sources/HengeLibrary/Words.swift <<'EOF'
let help = "Gives the sum."
let other = """
  What the loss of \(name) weighs.
  """
let note = "\(count) pictures"
/// Gives a sum.
public func sum(_ x: Tensor) throws -> Tensor { x }
EOF
yes '// A line.' | head -n 400 | file Sources/HengeTensor/Long.swift
yes '// A line.' | head -n 799 | file Tests/HengeTensorTests/Table.swift
{
  printf '// SPDX-License-Identifier: MIT\n// '
  head -c 98 /dev/zero | tr '\0' 'x'
  printf '\n// é'
  head -c 96 /dev/zero | tr '\0' 'x'
  printf '\n'
} >"$work/Sources/CHengeKernels/wide.c"
"$work/Scripts/check" >"$work/findings"
check "a breach fails the check" 1 "$?"

found "an undeclared import" Sources/HengeTensor/Undeclared.swift 2 "does not name for it"
found "an undeclared import of one declaration" Sources/HengeTensor/Undeclared.swift 3 \
  "imports CPair, which Package.swift"
found "an undeclared import in a test" Tests/HengeTensorTests/Undeclared.swift 2 "does not name"
found "the houses" Sources/HengeLanguage/Houses.swift 3 "only HengeLibrary and the program"
found "a target of the same floor" Sources/HengeLanguage/Floors.swift 2 "lower floors only"
found "a declaration that no list names" Sources/HengeTensor/MoreKinds.swift 3 \
  "add .oval to Kind.all"
found "another one" Sources/HengeTensor/MoreKinds.swift 4 "add .flat to Kind.all"
found "built-ins of no topic" Sources/HengeLibrary/MoreTopics.swift 2 "\`trainers\` belong to no"
found "a target without a floor" Docs/Architecture.md 1 "HengeThreads has no row"
found "a library bound twice" Sources/HengeLanguage/Houses.swift 2 "HengeCPU binds"
found "a device named outside the program" Sources/HengeLibrary/Device.swift 2 "name a device"
found "Foundation" Sources/HengeCPU/Ends.swift 2 "Foundation slows"
found "a promise of Sendable" Sources/HengeCPU/Ends.swift 4 "only HengeThreads"
found "a forced try" Sources/HengeCPU/Ends.swift 5 "forced try"
found "fatalError" Sources/HengeCPU/Ends.swift 6 "fatalError ends"
found "unfinished work" Sources/HengeCPU/Ends.swift 7 "number of its issue"
found "the format" Sources/HengeCPU/Ends.swift 8 "Indentation"
found "a word to avoid, with its text" Sources/HengeLibrary/Words.swift 2 \
  '"gives" in "Gives the sum.": say return'
found "a word in a text of several lines" Sources/HengeLibrary/Words.swift 4 '"weighs" in'
found "a word behind an interpolation" Sources/HengeLibrary/Words.swift 6 '"pictures" in'
found "a word in a comment" Sources/HengeLibrary/Words.swift 7 '"gives" in'
found "errors that no comment names" Sources/HengeLibrary/Words.swift 8 "which errors it throws"
found "a shape that no comment names" Sources/HengeLibrary/Words.swift 8 "the shape of its tensors"
found "a file without licence" Sources/HengeTensor/Unlicensed.swift 1 "SPDX"
found "a file too long" Sources/HengeTensor/Long.swift 401 "401 lines"
found "a line too long" Sources/CHengeKernels/wide.c 2 "101 columns"
check "a test may have 800 lines, a wide character is one column" "" \
  "$(grep -F -e Table.swift -e wide.c:3 "$work/findings")"
