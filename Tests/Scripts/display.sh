#!/bin/sh
# SPDX-License-Identifier: MIT
# What goes to a terminal: pictures in its own way, and no text that commands it.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
henge=${here%/Tests/Scripts/*}/Scripts/henge
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
"$henge" --version >/dev/null || exit 1
escape=$(printf '\033')

# What henge writes to a terminal, its escapes as `ESC`. The environment, then the arguments.
terminal() {
  settings=$1
  shift
  printf '%s ' "$henge" >command
  for word; do printf "'%s' " "$word" >>command; done
  env -u NO_COLOR -u COLORTERM -u TMUX -u KITTY_WINDOW_ID -u TERM_PROGRAM -u LC_ALL -u LC_CTYPE \
    LANG=C.UTF-8 $settings script -qefc 'sh ./command' /dev/null </dev/null |
    tr -d '\r' | sed "s/$escape/ESC/g"
}

hostile='print("a\x1b]0;title\x07b\u009b2J\u202e")'
check "what is printed cannot command a terminal" 'a\x1b]0;title\x07b\x9b2J\u202e' \
  "$(terminal TERM=xterm-256color -e "$hostile")"
check "a pipe gets what is printed as it is" "a${escape}]0;title" \
  "$("$henge" -e 'print("a\x1b]0;title")')"
name=$(printf 'a\033[2Jb.png')
mkdir hostile && : >"hostile/$name"
printf 'print(files("hostile")[0])\nload(files("hostile")[0])\n' >names.henge
check "a file's name cannot, in results and errors" "" \
  "$(terminal TERM=xterm-256color names.henge | sed 's/ESC\[[0-9;]*m//g' | grep ESC)"

square='show(ones(3x2x1), "white")'
check "half blocks in 24 bits" "ESC[48;2;255;255;255m" \
  "$(terminal 'TERM=xterm COLORTERM=truecolor' -e "$square" | head -n 1 | cut -d ' ' -f 1)"
check "half blocks in 256 colours" "ESC[48;5;231m" \
  "$(terminal TERM=xterm-256color -e "$square" | head -n 1 | cut -d ' ' -f 1)"
check "characters without colour" "@@@@@@@@@@@@@@@@" \
  "$(terminal 'TERM=xterm-256color NO_COLOR=1' -e "$square" | head -n 1)"
check "words where nothing can be drawn" "image 2x1, 3 channels: white" \
  "$(terminal TERM=dumb -e "$square")"
check "kitty's protocol" "ESC_Ga=T,f=100,q=2,m=0;iVBORw" \
  "$(terminal TERM=xterm-kitty -e "$square" | head -n 1 | cut -c 1-29)"
check "iTerm2's protocol" "ESC]1337;File=inline=1;size=" \
  "$(terminal 'TERM=xterm TERM_PROGRAM=iTerm.app' -e "$square" | head -n 1 | cut -c 1-28)"
check "the user has the last word" "image 2x1, 3 channels: white" \
  "$(terminal TERM=xterm-kitty --images=none -e "$square")"
check "an unknown style is a wrong command line" \
  "2 henge: --images must be one of auto, kitty, iterm, half, ascii, none, not sixel" \
  "$("$henge" --images=sixel -e 1 2>&1 | sed "s/^/2 /")"

# Not a terminal: the same bytes whatever the environment says.
code='x = tanh(randn(3x16x16)); x
show(x); plot([1, 2, 4]); hist(x)'
plain=$("$henge" -e "$code")
other=$(TERM=xterm-kitty COLORTERM=truecolor COLUMNS=200 LANG=de_DE.UTF-8 NO_COLOR=1 \
  "$henge" -e "$code")
check "a pipe gets the same in every environment" "$plain" "$other"
check "a pipe gets no escapes" "" "$(printf '%s' "$plain" | grep "$escape")"
