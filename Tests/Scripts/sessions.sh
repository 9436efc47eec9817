#!/bin/sh
# SPDX-License-Identifier: MIT
# The prompt without a terminal: a script before the prompt, recovery after kill -9, the line of a
# crash, and interrupts. Tests/Terminal runs the golden sessions.
# HENGE_INTERRUPTS=1000 makes as many interrupts as a release must survive.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
henge=${HENGE:-$root/.build/debug/henge}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_STATE_HOME="$work/state" NO_COLOR=1

printf '%s\n' 'x = 1' 'nope' | "$henge" -i >/dev/null 2>&1
check 'a session by pipe ends well' 0 "$?"
check 'a session that ends well leaves no journal' '' "$(ls "$work/state/henge")"

echo 'x = 41; rand(2);' >before.henge
check '-i gives a prompt with the names of the script' 42 \
  "$(echo 'x + 1' | "$henge" -i before.henge)"
echo 'y = 1
nope' >broken.henge
check 'a script that failed can be looked at' 1 "$(echo y | "$henge" -i broken.henge 2>/dev/null)"
check '-i is a prompt, and no program beside one' \
  'henge: -i works alone or with a script file: henge -i f.henge' \
  "$("$henge" -i -e 1 2>&1)"
check '--recover needs a lost session' 'henge: --recover: no killed session found' \
  "$("$henge" --recover 2>&1 </dev/null)"

# A session that is killed while an entry runs.
mkfifo in
"$henge" -i <in >out 2>&1 &
shell=$!
exec 3>in
printf '%s\n' 'x = rand(3);' 'nope' 'y = x.sum(); print("READY")' 'while true { }' >&3
tries=0
until grep -q READY out || [ "$tries" -gt 300 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
sleep 0.5
kill -9 "$shell"
exec 3>&-
wait "$shell" 2>/dev/null
check 'the next start reports the killed session' \
  "note: a session of 2 entries in $work was killed: henge --recover restores it" \
  "$("$henge" -i 2>&1 </dev/null)"
cd / || exit 1
check 'a killed session comes back' "$(printf '%s\n' \
  'note: 2 entries recovered; [4] was running and is skipped' \
  "$(echo 'rand(3).sum()' | "$henge" -e 'rand(3).sum()')" true)" \
  "$(printf '%s\n' 'y' 'x.sum() == y' | "$henge" --recover 2>&1)"
cd "$work" || exit 1
check 'once it is back it is not lost any more' '' "$("$henge" -i 2>&1 </dev/null)"

# The folder of a session changes, and a script that it saves finds the files of all folders.
mkdir -p moved/sub && printf 'a,b\n1,2\n' >moved/sub/t.csv
cd moved || exit 1
check ':cd changes the folder of paths, of shell commands and of what is written' \
  "$(printf '%s\n' "$work/moved/sub" 2 t.csv 'wrote y.npy, 132 bytes' "$work/moved" \
    '2 entries saved in s.henge')" \
  "$(printf '%s\n' ':cd sub' 't = table("t.csv"); t[0].b' '!ls' \
    'save(tensor([5]), "y.npy")' ':cd ..' ':save s.henge' | "$henge" -i 2>&1)"
check 'what is written after :cd is in its folder' y.npy "$(cd sub && ls y.npy)"
rm sub/y.npy
check 'the saved script replays' "2 y.npy" "$("$henge" s.henge) $(cd sub && ls y.npy)"
check '--out stays where it is' out/y.npy \
  "$(printf '%s\n' ':cd sub' 'save(tensor([5]), "y.npy")' | "$henge" -i --out out >/dev/null 2>&1
  ls out/y.npy)"
check '!cd leads to :cd' 1 "$(echo '!cd sub' | "$henge" -i 2>&1 | grep -c 'try: :cd sub')"
cd "$work" || exit 1

# A signal that ends the process is said in one line.
"$henge" -i <in >out 2>&1 &
shell=$!
exec 3>in
printf '%s\n' 'print("READY")' 'while true { }' >&3
tries=0
until grep -q READY out || [ "$tries" -gt 300 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
sleep 0.3
kill -SEGV "$shell"
wait "$shell"
check 'a crash ends with its own code' 70 "$?"
exec 3>&-
check 'a crash is said in one line' \
  "henge crashed at [2]; the session's entries are kept: henge --recover" "$(tail -n 1 out)"

python3 "$root/Tests/Scripts/support/interrupts.py" "$henge" "${HENGE_INTERRUPTS:-40}"
