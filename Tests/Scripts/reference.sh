#!/bin/sh
# SPDX-License-Identifier: MIT
# Scripts/reference writes the page and tells when it is out of date; the program is a stand-in.
# shellcheck disable=SC2016
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
scripts=${here%/Tests/Scripts/*}/Scripts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/Scripts" "$work/Docs"
printf 'Words.\n<!-- options: here -->\n<!-- end of options -->\nMore.\n' >"$work/Docs/Documents.md"
cp "$scripts/reference" "$work/Scripts/"
printf '#!/bin/sh\n[ "$1" = reference ] && cat "%s/page"\n' "$work" >"$work/Scripts/henge"
chmod +x "$work/Scripts/henge"

printf 'one\ntwo\n' >"$work/page"
"$work/Scripts/reference"
check "it writes the page" "one
two" "$(cat "$work/Docs/Reference.md")"
check "the table of options is within its page" "Words.
<!-- options: here -->
one
two
<!-- end of options -->
More." "$(cat "$work/Docs/Documents.md")"
check "a current page has no findings" "0" "$("$work/Scripts/reference" --check; echo $?)"
printf 'one\nthree\n' >"$work/page"
check "a changed line is named" \
  "Docs/Reference.md:2: the page differs from the program; run Scripts/reference.
Docs/Errors.md:2: the page differs from the program; run Scripts/reference.
Docs/Documents.md:1: the table of options differs from the program; run Scripts/reference.
1" "$("$work/Scripts/reference" --check; echo $?)"
check "checking leaves the page alone" "one
two" "$(cat "$work/Docs/Reference.md")"
rm "$work/page"
"$work/Scripts/reference" 2>/dev/null
check "a failing program fails it and leaves the page" "1 one
two" "$? $(cat "$work/Docs/Reference.md")"
