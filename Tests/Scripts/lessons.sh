#!/bin/sh
# SPDX-License-Identifier: MIT
# Every shipped document has the same outputs however it runs: as a script, as a page, as the code
# of its notebook, with one thread and two, in another folder, locale and time zone.
#   lessons.sh          each call of a trainer makes two steps at most
#   lessons.sh --full   whole, with their checks: for an idle machine, some minutes
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
"$root/Scripts/henge" -e 1 >/dev/null || exit
henge=${HENGE:-$root/.build/henge}
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state" NO_COLOR=1 SWIFT_BACKTRACE=enable=no TMPDIR="$work"
limit='--limit-steps 2'
[ "${1-}" = --full ] && limit=

# The hashes of a record's outputs that must not differ.
hashes() {
  grep '"hash"' "$1" | grep -v '"volatile":true' | sed 's/.*"hash":"\([0-9a-f]*\)".*/\1/'
}
# Whether two lists of hashes are the same and not empty.
same() { [ -s "$1" ] && cmp -s "$1" "$2" && echo same; }

# shellcheck disable=SC2086 # the limit is two words or none
for document in "$root"/Docs/lessons/*.henge.md; do
  name=${document##*/}
  name=${name%.henge.md}
  mkdir -p "$work/$name/far"
  cd "$work/$name" || exit 1
  said=$("$henge" -q check "$document" $limit 2>err | tail -n 1)
  case $said in
    *' passed, 0 failed'*) said=passed ;;
    *) said="$said $(head -n 3 err)" ;;
  esac
  check "$name: its checks pass" passed "$said"
  "$henge" -q run "$document" $limit --threads 2 --record a.log >/dev/null 2>&1
  hashes a.log >a
  (cd far && LC_ALL=C TZ=Asia/Tokyo COLUMNS=50 "$henge" -q run "$document" $limit --threads 1 \
    --record ../b.log >/dev/null 2>&1)
  hashes b.log >b
  check "$name: one thread, another folder, locale and time zone" same "$(same a b)"
  "$henge" -q render "$document" $limit -o page.html 2>/dev/null
  grep -o 'data-hash="[^"]*"' page.html | sed 's/data-hash="//; s/"//' | tr ' ' '\n' | grep . >c
  check "$name: its page" same "$(same a c)"
  check "$name: its page has fewer than 1.5 MB" yes \
    "$([ "$(wc -c <page.html)" -lt 1500000 ] && echo yes)"
  said=$(cd far && "$henge" -q --threads 1 verify ../page.html 2>/dev/null | tail -n 1)
  check "$name: its page says what its code does" 'the same' "${said%%:*}"
  "$henge" -q convert "$document" doc.ipynb
  python3 - doc.ipynb <<'END' >cells.henge
import json, sys
for cell in json.load(open(sys.argv[1]))["cells"]:
    if cell["cell_type"] == "code":
        print("# %%")
        print("".join(cell["source"]))
END
  "$henge" -q run cells.henge $limit --record d.log >/dev/null 2>&1
  hashes d.log >d
  check "$name: the code of its notebook" same "$(same a d)"
  rm -rf "${work:?}/$name"
done
