# SPDX-License-Identifier: MIT
# Reads the output of `swift test` with an added last line `exit status N`. Prints what a reader
# needs (issues, skipped tests with their reasons, what the tests print) and ends in
# `Swift tests: N passed, N failed`.

/^exit status [0-9]+$/ { status = $3; next }

/^[^ ]+ Test case / { next }

# The lines of one test: `SYMBOL Test NAME started.`, then `passed|failed after S seconds…`.
/^[^ ]+ Test / {
  name = $0
  sub(/^[^ ]+ Test /, "", name)
  if (name ~ / started\.$/) {
    sub(/ started\.$/, "", name)
    if (name != "run") running[name] = 1
    next
  }
  if (name ~ /^run with [0-9]+ tests? .*(passed|failed) after [0-9.]+ seconds/) {
    match(name, /[0-9]+/)
    total = substr(name, RSTART, RLENGTH)
    ended = 1
    print
    next
  }
  if (name ~ / (passed|failed) after [0-9.]+ seconds[^"]*\.$/) {
    good = name ~ / passed after [0-9.]+ seconds[^"]*\.$/
    sub(/( with [0-9]+ test cases?)? (passed|failed) after [0-9.]+ seconds[^"]*\.$/, "", name)
    delete running[name]
    if (good) { passed++; next }
    failed++
  } else if (name ~ / skipped(: ".*"|\.)$/) skipped++
  print
  next
}

/^[^ ]+ Suite .*(started\.|passed after [0-9.]+ seconds.*)$/ { next }
/^[^ ]+ Test run started\.$/ || /^↳ (Testing Library Version|Target Platform):/ { next }
/^\[[0-9]+\/[0-9]+\]/ || /^Build(ing for| complete)/ { next }
{ print }

END {
  if (ended) {
    # Output without a newline can hide a line of a test; the run's own total puts that right.
    passed = total - failed - skipped
    if (status != 0 && failed == 0) failed = 1
  } else {
    for (name in running) print "the run ended during: " name
    failed++
  }
  printf "Swift tests: %d passed, %d failed\n", passed, failed
}
