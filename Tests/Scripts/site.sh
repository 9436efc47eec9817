#!/bin/sh
# SPDX-License-Identifier: MIT
# The pages of the documentation: each document is rendered, and each link leads somewhere.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache" NO_COLOR=1
site=$work/site
export HENGE="${HENGE:-$root/.build/debug/henge}"

said=$("$root/Scripts/site" "$site" --limit-steps 2 2>"$work/err")
check 'all documents are rendered' 0 "$?"
check 'without a complaint' '' "$(cat "$work/err")"
check 'with an index' "$site/index.html" "$said"
found=$(find "$site" -name '*.html' | wc -l)
expected=$(find "$root/Docs" -name '*.md' -o -name '*.henge' | grep -cv '/site/')
check 'a page for each, the README and the index' "$((expected + 2))" "$found"

# Each link within the site: a file that is there and, behind #, a name in it.
(cd "$site" && find . -name '*.html' | while read -r page; do
  grep -o 'href="[^"]*"' "$page" | sed 's/^href="//; s/"$//' | sort -u | while read -r link; do
    case $link in *:*) continue ;; esac
    file=${link%%#*}
    target=$page
    [ -z "$file" ] || target=${page%/*}/$file
    if [ ! -f "$target" ]; then
      echo "$page: $link is not there"
    else
      case $link in
        *'#'*) grep -qF "id=\"${link#*#}\"" "$target" || echo "$page: $link: no such place" ;;
      esac
    fi
  done
done) >"$work/broken"
check 'no link leads nowhere' '' "$(cat "$work/broken")"
check 'pages link to one another' yes \
  "$([ "$(cat "$site"/*.html | grep -o 'href="[A-Z]' | wc -l)" -gt 50 ] && echo yes)"
