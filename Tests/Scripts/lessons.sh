#!/bin/sh
# SPDX-License-Identifier: MIT
# Every shipped document has the same outputs however it runs: as a script, as a page, as the code
# of its notebook, with one thread and two, in another folder, locale and time zone.
#   lessons.sh                 each call of a trainer makes two steps at most; the quick documents
#   lessons.sh --full [WORD]   all, whole, with their checks: for an idle machine, half an hour;
#                              or those with WORD in their path
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
"$root/Scripts/henge" -e 1 >/dev/null || exit
henge=${HENGE:-$root/.build/henge}
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache" NO_COLOR=1 TMPDIR="$work"
export SWIFT_BACKTRACE=enable=no
data=$root/../shared/data
options='--limit-steps 2'
documents="$root/Docs/lessons/*.henge.md $root/Scripts/paper/1-*.henge"
if [ "${1-}" = --full ]; then
  options=
  documents="$documents $root/Scripts/paper/[2-9]-*.henge"
  shift
fi

# The hashes of a record's outputs that must not differ.
hashes() {
  grep '"hash"' "$1" | grep -v '"volatile":true' | sed 's/.*"hash":"\([0-9a-f]*\)".*/\1/'
}
# Whether two lists of hashes are the same and not empty.
same() { [ -s "$1" ] && cmp -s "$1" "$2" && echo same; }

# shellcheck disable=SC2086 # patterns and options are several words or none
for document in $documents; do
  case $document in *"${1-}"*) ;; *) continue ;; esac
  name=${document##*/}
  name=${name%.md}
  name=${name%.henge}
  given=$options
  if [ "$name" = 4-angle-data ]; then
    if [ ! -d "$data/models" ]; then
      echo "skipped: $name needs the faces and models of ../shared/data"
      continue
    fi
    given="$given anime=$data/faces/anime human=$data/faces/human models=$data/models"
  fi
  mkdir -p "$work/$name/far"
  cd "$work/$name" || exit 1
  said=$("$henge" -q check "$document" $given --out out 2>err | tail -n 1)
  case $said in
    *' passed, 0 failed'*) said=passed ;;
    *) said="$said $(head -n 3 err)" ;;
  esac
  check "$name: its checks pass" passed "$said"
  "$henge" -q run "$document" $given --out out --threads 2 --record a.log >/dev/null 2>&1
  hashes a.log >a
  (cd far && LC_ALL=C TZ=Asia/Tokyo COLUMNS=50 "$henge" -q run "$document" $given --threads 1 \
    --out out --record ../b.log >/dev/null 2>&1)
  hashes b.log >b
  check "$name: one thread, another folder, locale and time zone" same "$(same a b)"
  "$henge" -q render "$document" $given --out out -o page.html 2>/dev/null
  grep -o 'data-hash="[^"]*"' page.html | sed 's/data-hash="//; s/"//' | tr ' ' '\n' | grep . >c
  check "$name: its page" same "$(same a c)"
  case $document in
    */lessons/*)
      check "$name: its page has fewer than 1.5 MB" yes \
        "$([ "$(wc -c <page.html)" -lt 1500000 ] && echo yes)" ;;
  esac
  said=$(cd far && "$henge" -q --threads 1 verify ../page.html 2>/dev/null | tail -n 1)
  check "$name: its page says what its code does" 'the same' "${said%%:*}"
  "$henge" -q convert "$document" doc.ipynb
  # The code reads files next to its document.
  [ ! -d "${document%/*}/support" ] || ln -s "${document%/*}/support" support
  python3 - doc.ipynb <<'END' >cells.henge
import json, sys
for cell in json.load(open(sys.argv[1]))["cells"]:
    if cell["cell_type"] == "code":
        print("# %%")
        print("".join(cell["source"]))
END
  "$henge" -q run cells.henge $given --out out --record d.log >/dev/null 2>&1
  hashes d.log >d
  check "$name: the code of its notebook" same "$(same a d)"
  rm -rf "${work:?}/$name"
done
