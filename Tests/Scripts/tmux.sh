#!/bin/sh
# SPDX-License-Identifier: MIT
# The prompt in tmux, a second terminal that nobody here wrote: editing a block, an image, a line
# of progress, and a window that changes its size.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
"$root/Scripts/setup" tmux || exit
"$root/Scripts/henge" -e 1 >/dev/null || exit
henge=${HENGE:-$root/.build/henge}
work=$(mktemp -d)
server() { tmux -L "henge-$$" -f /dev/null "$@"; }
trap 'server kill-server 2>/dev/null; rm -rf "$work"' EXIT

screen() { server capture-pane -p "$@" | sed 's/ *$//' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'; }

# Waits until the screen has a line like the pattern.
wait_for() {
  tries=0
  until screen | grep -q -- "$1"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ]; then
      echo "FAIL waited for $1; the screen:"
      screen
      exit 1
    fi
    sleep 0.1
  done
}

type_text() { server send-keys -l -- "$1"; }
key() { server send-keys "$@"; }

server new-session -d -x 80 -y 24 -c "$work" \
  "HOME='$work' LC_ALL=C.UTF-8 TERM=screen-256color '$henge'"
wait_for '^henge\[1\]>$'

type_text 'fn f(a) {'
key Enter
type_text 'a * 2'
key Enter
type_text '}'
key Enter
wait_for '^henge\[2\]>$'
key Up Up Home
type_text '1 + '
key Enter
wait_for '^henge\[3\]>$'
type_text 'f(4)'
key Enter
wait_for '^henge\[4\]>$'
# Without the two lines of the first screen.
check 'a block is recalled, edited in its middle and submitted' "henge[1]> fn f(a) {
       …>   a * 2
       …> }
henge[2]> fn f(a) {
       …> 1 +   a * 2
       …> }
henge[3]> f(4)
9
henge[4]>" "$(screen | tail -n +3)"

key C-l
type_text 'show(ones(3x4x4))'
key Enter
wait_for '^henge\[5\]>$'
check 'an image has the colours of its pixels' 1 \
  "$(screen -e | sed -n 2p | grep -c '48;5;231m')"

key C-l
type_text 'A = faces("anime", 20, size=16x16); t = difference_vector(A, A); t.step(100000000)'
key Enter
wait_for '^step [0-9]* of 100000000 updates  [0-9]*/s  .* left'
check 'progress is one line' 1 "$(screen | grep -c '^step ')"
key C-c
wait_for '^henge\[6\]>$'
check 'progress is taken away' 0 "$(screen | grep -c '^step ')"
check 'a stopped run says where it stands' 1 "$(screen | grep -c '^E-interrupt: .*(consistent)$')"

type_text '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]'
server resize-window -x 40 -y 20
wait_for '13, 14\]'
key Enter
wait_for '^henge\[7\]>$'
check 'an entry survives a window that becomes narrow' \
  '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,' \
  "$(screen | tail -n 3 | head -n 1)"
