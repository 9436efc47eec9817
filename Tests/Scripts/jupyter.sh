#!/bin/sh
# SPDX-License-Identifier: MIT
# The kernel as Jupyter's own programs see it: Tests/Jupyter.
#   jupyter.sh [WORD]           only the tests with WORD in their names
#   jupyter.sh --frames COUNT   only damaged messages, COUNT of them, on every socket
# Its Python packages come from PyPI into .build/jupyter, once.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
tests=$root/Tests/Jupyter
environment=${HENGE_JUPYTER:-$root/.build/jupyter}

environment=$("$root/Scripts/peers" "$environment" "$tests/requirements.txt") || {
  echo "skipped: PyPI gave no Jupyter, and no earlier .build/jupyter has it"
  exit 0
}

# Builds the program if it has to, so that no test waits for that.
if [ -z "${HENGE-}" ]; then
  "$root/Scripts/henge" -e 1 >/dev/null || exit
  HENGE=$root/.build/henge
fi
if [ "${1-}" = --frames ]; then
  HENGE_FRAMES=$2
  export HENGE_FRAMES
  set -- test_frames
fi
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
export HENGE XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache" TMPDIR="$work"
export HOME="$work/home" IPYTHONDIR="$work/ipython" SWIFT_BACKTRACE=enable=no
mkdir "$work/home"
PATH=$environment/bin:$PATH "$environment/bin/python" \
  "$root/Tests/Scripts/support/run_tests.py" "$tests" "$@"
