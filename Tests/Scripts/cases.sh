#!/bin/sh
# SPDX-License-Identifier: MIT
# Small inputs that failed once, as people brought them: each case's own script, and what is right.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
cases=$root/../shared/cases
if [ ! -d "$cases" ]; then
  echo "skipped: the cases are not in ../shared/cases"
  exit 0
fi
HENGE=${HENGE:-$root/Scripts/henge}
export HENGE NO_COLOR=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
HOME=$work/home
export HOME
mkdir "$HOME"
ulimit -c 0

# Runs case $1 in a folder of its own, which is left as the working directory; what it prints, notes
# and errors included, is in `output`, and its exit status in `status`.
run() {
  folder=$work/$1
  rm -rf "$folder"
  cp -r "$cases/$1" "$folder" && chmod -R u+w "$folder" && cd "$folder" || exit 1
  case $(ls) in
    *t.henge*) output=$(timeout 120 "$HENGE" t.henge 2>&1 </dev/null) ;;
    *t.sh*) output=$(timeout 120 sh t.sh 2>&1 </dev/null) ;;
    *) output=$(timeout 120 python3 t.py 2>&1 </dev/null) ;;
  esac
  status=$?
}

# Whether each $2... is somewhere in what case $1 printed.
says() {
  name=$1
  shift
  for words; do
    case $output in
      *"$words"*) check "$name: $words" yes yes ;;
      *) check "$name: $words" "$words" "$output" ;;
    esac
  done
}

# Whether none of $2... is in what case $1 printed.
lacks() {
  name=$1
  shift
  for words; do
    case $output in
      *"$words"*) check "$name, without $words" '' "$output" ;;
      *) check "$name, without $words" yes yes ;;
    esac
  done
}

# Whether $3 lines begin with a word that contains $2 and go on with a number below 1e-4.
close() {
  name=$1 word=$2 count=$3
  check "$name" "$count" "$(printf '%s\n' "$output" | awk -v word="$word" '
    index($1, word) && $2 ~ /^[0-9]/ && $2 + 0 < 1e-4 { n++ }
    END { print n + 0 }')"
}

# Runs the lines of henge $2 in the folder of case $1.
try() {
  rm -rf "$work/try" && cp -r "$cases/$1" "$work/try" && chmod -R u+w "$work/try" || exit 1
  cd "$work/try" || exit 1
  output=$(timeout 120 "$HENGE" -e "$2" 2>&1 </dev/null)
  status=$?
}

run 01-mapped-dataset-refused
check '01: a mapped dataset trains everything' 0 "$status"
lacks 01 E-shape

run 02-weights-by-file-order
check '02: both files load' 0 "$status"
close '02: the network answers as it did' q2 2

run 03-keras3-weights-h5
close '03: all files of Keras load alike' rk33 3

run 04-jpeg-warnings-fatal
says 04 'w_extra_eoi1.jpg true' 'noeoi.jpg true'

run 05-no-dataset-from-tensor
says '05: the error names what makes a dataset' 'dataset('
try 05-no-dataset-from-tensor 'a = f32(load("h2z.npz").arr_0.permute([0, 3, 1, 2])) / 127.5 - 1
A = dataset(a)
t = cyclegan(A, A, base=2, blocks=1)
t.step()
t.count'
check '05: arrays train' 0 "$status"

run 06-checkpoint-of-several-networks
says '06: the error names both networks' genA2B genB2A
try 06-checkpoint-of-several-networks 'g = resnet_generator(base=4, blocks=2)
for part in ["genA2B", "genB2A"] {
  g.load("p_ugatit.pth", part=part)
  print(part, (g(load("gx.npy")) - load("gy.npy")).abs().max())
}'
close '06: the networks asked for are read' gen 2

run 07-reference-safetensors-unrecognised
check '07: all files load' 3 "$(printf '%s\n' "$output" | grep -c 'm.load ok')"
check '07: all are recognised' 3 "$(printf '%s\n' "$output" | grep -c 'model$')"

run 08-npz-one-unreadable-member
check '08: readable arrays are read' 0 "$status"
lacks 08 E-file
says '08: the other is named' names '<U'
try 08-npz-one-unreadable-member 'load("zu8.npz").idx.dtype'
says '08: u64 that fits is i64' i64

run 09-csv
says '09: CR ends a line, NA is a number' '["name", "x"] 2' 'nan'

run 10-other-formats-left-out-silently
check '10: all is read or said' 0 "$status"

run 11-percent
says 11 '100 %'
lacks 11 1e+02

run 12-cmyk-jpeg
check '12: a CMYK picture is read' 0 "$status"

run 13-pairs-with-other-names
says '13: names that differ are said' 2.png 3.png

run 201-fit-cannot-resume
says '201: load says what it is' 'contains a trainer (fit)'
lacks '201: resume' 'A and B' 'held'

run 202-deep-model-saved-not-loaded
if [ "$status" -ne 0 ]; then says 202 E-depth; fi

run 203-deep-model-crash
says 203 E-depth
check '203: an error, not a crash' 1 "$status"

run 205-save-needs-vanished-pictures
says '205: the trainer is saved' t.safetensors
lacks 205 E-file

run 206-journal-number-crash
lacks 206 crashed rc=70
says '206: the journal is said to be damaged' damaged

run 207-address-limit-hang-at-exit
says 207 rc=0

if python3 -c 'import h5py' 2>/dev/null; then
  run 208-vds-zeros
  says 208 virtual
else
  echo 'case 208 needs the Python package h5py: left out'
fi

run 209-val-lost-on-resume
says '209: val= is asked for' 'val='
try 209-val-lost-on-resume 'A = faces("anime", 10, size=32x32); B = faces("photo", 10, size=32x32)
VA = A.take(2); VB = B.take(2)
t = cyclegan(A, B, base=4, blocks=1, val=[VA, VB])
t.step(2, every=2); save(t, "v1.safetensors")
t.step(2, every=2); save(t, "v2.safetensors")
u = resume("v1.safetensors", A, B, val=[VA, VB])
u.step(2, every=2); save(u, "v3.safetensors")'
check '209: measured on, the file is the same' '' "$(cmp v2.safetensors v3.safetensors 2>&1)"

run 211-fsize
says 211 E-file 'rc=1'
lacks '211: nothing is left' .henge- ' a.npy'

run 212-cwd-removed
says 212 E-file 'no longer exists'

run 213-relative-home
says 213 1
check '213: nothing is written at the root' '' "$(ls -d /relhome 2>/dev/null)"

run 217-csv-wide
lacks 217 rc=137

run 218-full-pipe-ctrlc
lacks 218 'not answered'

run 220-out-dotdot
says 220 E-path

run 221-parse-memory
check '221: the text is bounded by its memory' 1 "$(printf '%s\n' "$output" |
  awk '/kB peak/ { print $1 < 600000 }')"

run 222-usage-escape
lacks 222 '^['

if [ -d /sys/fs/cgroup/memory ] && [ "$(id -u)" -eq 0 ]; then
  run 227-cgroup-oom
  says 227 E-memory rc=1
else
  echo 'case 227 needs root and memory groups of version 1: left out'
fi
