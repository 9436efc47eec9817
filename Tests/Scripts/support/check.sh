# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Read by each script of tests.

# Prints the outcome of one test. $1 its name, $2 what is expected, $3 what there is.
check() {
  if [ "$2" = "$3" ]; then
    echo "ok $1"
  else
    echo "FAIL $1: expected \`$2\`, got \`$3\`"
  fi
}
