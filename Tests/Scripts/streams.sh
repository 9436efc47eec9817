#!/bin/sh
# SPDX-License-Identifier: MIT
# Standard input, output and the exit codes of the program, with streams in every state.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
henge=${here%/Tests/Scripts/*}/Scripts/henge
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# Runs a command; `status: its output`, standard error included.
outcome() {
  text=$("$@" 2>&1)
  printf '%s: %s' "$?" "$text"
}

printf '1 + 1' >sum.henge
check "a file on standard input, its last line unfinished" "0: 2" "$(outcome "$henge" <sum.henge)"
check "a dash is standard input" 2 "$("$henge" - <sum.henge)"
check "nothing on standard input" "0: " "$(outcome "$henge" </dev/null)"
check "standard input closed" "0: " "$(outcome "$henge" <&-)"
check "a folder as standard input" \
  "1: E-file: standard input: cannot be read: Is a directory" "$(outcome "$henge" <.)"
mkdir folder
check "a folder as script" "1: E-file: \"folder\": is a folder, not a file" \
  "$(outcome "$henge" folder)"

# A reader that goes away stops the program without a word, and no `catch` keeps it alive.
printf 'while true { try { print(1) } catch e { } }\n' >endless.henge
{ "$henge" endless.henge 2>errors; echo "$?" >status; } | head -n 1 >first
check "a reader that goes away" "1 141 " "$(cat first) $(cat status) $(cat errors)"

check "a full disk" "1: E-file: standard output: cannot be written: No space left on device" \
  "$(outcome sh -c '"$0" -e 1 >/dev/full' "$henge")"
printf 'print("text")\nsave(zeros(2), "x.npy")\n' >closed.henge
"$henge" closed.henge >&- 2>errors
check "standard output closed, said where it is written" \
  "1 E-file in closed.henge:1:1: standard output: cannot be written: Bad file descriptor" \
  "$? $(head -1 errors)"

printf 'while true { }\n' >loop.henge
timeout --preserve-status -s INT 1 "$henge" loop.henge 2>errors
check "Ctrl-C in a loop" "130 E-interrupt" "$? $(cut -c 1-11 errors | head -n 1)"
# The signal may arrive on any thread.
status=
for _ in 1 2 3 4 5; do
  timeout --preserve-status -s INT 0.5 "$henge" -e 'x = rand(2000x2000); while true { x = x + 1 }' \
    2>errors
  status="$status $?"
done
check "Ctrl-C while threads work" " 130 130 130 130 130" "$status"
mkfifo pipe
sleep 5 >pipe &
timeout --preserve-status -s INT 1 "$henge" <pipe 2>errors
check "Ctrl-C while standard input says nothing" "130 E-interrupt: stopped by Ctrl-C" \
  "$? $(cat errors)"

printf 'param n = 3 "how many"\nprint(n)\n' >param.henge
check "a param" 5 "$("$henge" param.henge n=5)"
"$henge" param.henge n=1.5 2>/dev/null
check "a param of another type is a wrong command line" 2 "$?"
"$henge" param.henge m=1 2>/dev/null
check "an unknown param is a wrong command line" 2 "$?"
check "the params of a script to check" "  n=3  how many" \
  "$("$henge" check param.henge --help | tail -n 1)"
check "an empty HENGE_THREADS is none" 1 "$(HENGE_THREADS='' "$henge" -e 1)"

printf 'print(args, join(args, " "))\n' >args.henge
check "words after a script, options among them after --" '["a", "-x"] a -x' \
  "$("$henge" args.henge a -- -x)"
"$henge" -e 1 -e 2 2>/dev/null
check "two programs at once are a wrong command line" 2 "$?"
