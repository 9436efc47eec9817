#!/bin/sh
# SPDX-License-Identifier: MIT
# What Scripts/test reads out of the output of `swift test`.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
summary=${here%/Tests/Scripts/*}/Scripts/awk/test-summary.awk

summary() { awk -f "$summary"; }

check "passed, failed, skipped and parameterised tests" \
  '➜ Test skipped() skipped: "no data"
✘ Test par(_:) recorded an issue with 1 argument i → 3 at A.swift:8:52: i < 3
✘ Test par(_:) with 3 test cases failed after 0.009 seconds with 1 issue.
✘ Test "it failed after 3" failed after 0.009 seconds with 1 issue.
✘ Test run with 5 tests in 1 suite failed after 0.010 seconds with 2 issues.
Swift tests: 2 passed, 2 failed' "$(summary <<'EOF'
Building for debugging...
[1/2] Compiling
Build complete! (0.9s)
◇ Test run started.
↳ Testing Library Version: 6.3.1
◇ Suite Foo started.
◇ Test par(_:) started.
➜ Test skipped() skipped: "no data"
◇ Test case passing 1 argument i → 3 to par(_:) started.
✘ Test par(_:) recorded an issue with 1 argument i → 3 at A.swift:8:52: i < 3
✘ Test par(_:) with 3 test cases failed after 0.009 seconds with 1 issue.
✘ Test "it failed after 3" failed after 0.009 seconds with 1 issue.
✔ Test "it passed after 3 seconds." passed after 0.009 seconds.
✔ Test good() passed after 0.009 seconds.
✘ Test run with 5 tests in 1 suite failed after 0.010 seconds with 2 issues.
exit status 1
EOF
)"
check "output that hides the line of a test" "Swift tests: 2 passed, 0 failed" \
  "$(summary <<'EOF' | tail -n 1
◇ Test a() started.
◇ Test b() started.
printed by a✔ Test a() passed after 0.009 seconds.
✔ Test b() passed after 0.009 seconds with 1 known issue.
✔ Test run with 2 tests in 0 suites passed after 0.010 seconds.
exit status 0
EOF
)"
check "a crash is a failure and is named" "a.swift:1: Fatal error: Index out of range
the run ended during: b()
Swift tests: 1 passed, 1 failed" "$(summary <<'EOF'
◇ Test a() started.
◇ Test b() started.
✔ Test a() passed after 0.009 seconds.
a.swift:1: Fatal error: Index out of range
exit status 1
EOF
)"
check "a run that fails without saying where is a failure" "Swift tests: 1 passed, 1 failed" \
  "$(summary <<'EOF' | tail -n 1
✔ Test a() passed after 0.009 seconds.
✔ Test run with 1 test in 0 suites passed after 0.010 seconds.
exit status 1
EOF
)"
check "no output is a failure" "Swift tests: 0 passed, 1 failed" "$(: | summary)"
