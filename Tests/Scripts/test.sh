#!/bin/sh
# SPDX-License-Identifier: MIT
# How Scripts/test adds up and ends; swift, the set-up and the check are stand-ins.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
scripts=${here%/Tests/Scripts/*}/Scripts
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/Scripts" "$work/Tests/Scripts" "$work/tools"
cp -r "$scripts/test" "$scripts/awk" "$work/Scripts/"
PATH=$work/tools:$PATH

# Writes a program from standard input.
program() { { echo '#!/bin/sh'; cat; } >"$work/$1"; chmod +x "$work/$1"; }
program Scripts/setup <<'EOF'
EOF
program Scripts/check <<'EOF'
echo "check: 12 passed, 0 failed"
EOF
program Tests/Scripts/first.sh <<'EOF'
echo "ok a"
echo "ok b"
EOF
swift_test() { # exit status of the build, of the tests; standard input: their output
  cat >"$work/output"
  program tools/swift <<EOF
echo "swift \$*" >>"$work/calls"
case \$1 in
  build) echo "main.swift:1:1: error: wrong" >&2; exit $1 ;;
  test) cat "$work/output"; exit $2 ;;
esac
EOF
}
# The last line and the exit status of Scripts/test.
result() {
  "$work/Scripts/test" "$@" >"$work/log" 2>&1
  status=$?
  echo "$(tail -n 1 "$work/log"), exit $status"
}

swift_test 0 0 <<'EOF'
✔ Test a() passed after 0.1 seconds.
✔ Test run with 1 test in 0 suites passed after 0.1 seconds.
EOF
check "checks, Swift tests and script tests are added" "15 passed, 0 failed, exit 0" "$(result)"

: >"$work/calls"
check "a filter runs the script tests that match" "15 passed, 0 failed, exit 0" \
  "$(result --filter first)"
check "and is handed to swift" "swift test --skip-build --disable-xctest --filter first" \
  "$(grep 'swift test' "$work/calls")"

swift_test 0 1 <<'EOF'
✔ Test a() passed after 0.1 seconds.
✘ Test b() failed after 0.1 seconds with 1 issue.
✘ Test run with 2 tests in 0 suites failed after 0.1 seconds with 1 issue.
EOF
check "a failed Swift test fails the whole" "15 passed, 1 failed, exit 1" "$(result)"

swift_test 0 1 <<'EOF'
◇ Test a() started.
EOF
check "a crash fails the whole" "14 passed, 1 failed, exit 1" "$(result)"

swift_test 1 0 </dev/null
check "an error of the compiler is one failure and no pass" "0 passed, 1 failed, exit 1" \
  "$(result)"
check "and is shown" 1 "$(grep -c 'error: wrong' "$work/log")"

swift_test 0 0 <<'EOF'
✔ Test run with 0 tests in 0 suites passed after 0.1 seconds.
EOF
check "a filter that matches nothing fails" "12 passed, 1 failed, exit 1" \
  "$(result --filter nothing)"
program Tests/Scripts/second.sh <<'EOF'
echo "skipped: there is nothing to test with"
EOF
swift_test 0 0 <<'EOF'
✔ Test run with 1 test in 0 suites passed after 0.1 seconds.
EOF
check "a script that says why it tests nothing is no failure" "15 passed, 0 failed, exit 0" \
  "$(result)"
program Tests/Scripts/second.sh <<'EOF'
exit 0
EOF
check "one that does not say so is one" "15 passed, 1 failed, exit 1" "$(result)"
swift_test 0 0 <<'EOF'
✔ Test run with 0 tests in 0 suites passed after 0.1 seconds.
EOF
program Tests/Scripts/second.sh <<'EOF'
echo "ok a"
echo "FAIL b: why"
EOF
program Tests/Scripts/third.sh <<'EOF'
echo "ok a"
exit 3
EOF
check "a failed script test and one that breaks off" "16 passed, 2 failed, exit 1" "$(result)"
program Scripts/check <<'EOF'
echo "a.swift:1: wrong."
echo "check: 8 passed, 2 failed"
exit 1
EOF
check "findings of the check fail the whole" "12 passed, 4 failed, exit 1" "$(result)"
program Scripts/setup <<'EOF'
exit 2
EOF
"$work/Scripts/test" >/dev/null 2>&1
check "an unfinished set-up ends it with 2" 2 "$?"
