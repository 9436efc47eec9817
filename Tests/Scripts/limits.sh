#!/bin/sh
# SPDX-License-Identifier: MIT
# The program under limits that a shell sets, and saves that are killed.
#   limits.sh [KILLS]   so many saves are killed, 40 unless said otherwise
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
henge=${HENGE:-${here%/Tests/Scripts/*}/Scripts/henge}
kills=${1:-40}
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# A library that starts threads of its own kept the program from ending here.
for size in 122880 200000 400000; do
  answer=$(ulimit -v $size && timeout -s KILL 20 "$henge" -e '1+1' 2>&1)
  status=$?
  check "an answer under ulimit -v $size, and an end" "2 0" "$answer $status"
done

"$henge" -e 'save(ones(3), "a.npy")'
cp a.npy before.npy
text=$(ulimit -f 8 && "$henge" -e 'save(zeros(100x100), "a.npy")' 2>&1)
check "a file larger than ulimit -f: exit code" 1 "$?"
case $text in
  "E-file "*"it is too large for the limit on the size of files, "*) said=yes ;;
  *) said=$text ;;
esac
check "a file larger than ulimit -f is an error" yes "$said"
check "the old file stays" same "$(cmp a.npy before.npy && echo same)"
check "nothing half written" "a.npy before.npy" "$(find . -type f -printf '%f\n' | sort | xargs)"

# What is saved is the old file or the new one, and a killed save leaves one file at most, which the
# next save removes.
mkdir kills
cat >saves.henge <<'END'
param first = 0
i = first
while true { save(full(300000, i), "kills/x.npy"); i = i + 1 }
END
"$henge" -e 'save(full(300000, 0), "kills/x.npy")'
broken=0
left=0
i=0
while [ "$i" -lt "$kills" ]; do
  i=$((i + 1))
  timeout -s KILL "0.$((i * 37 % 90 + 10))" "$henge" saves.henge first=$((i * 1000)) >/dev/null 2>&1
  "$henge" -e 'x = load("kills/x.npy"); assert x.shape == shape(300000); assert all(x == x[0])' \
    >/dev/null 2>&1 || broken=$((broken + 1))
  [ "$(find kills -name '.henge-*' | wc -l)" -le 1 ] || left=$((left + 1))
done
check "broken files after $kills kills" 0 "$broken"
check "kills that left more than one file" 0 "$left"
"$henge" -e 'save(zeros(2), "kills/y.npy")'
check "what the next save leaves" "x.npy y.npy" \
  "$(find kills -type f -printf '%f\n' | sort | xargs)"

# Two programs that save to one folder do not disturb each other.
mkdir both
printf 'param name = ""\nfor i in 0..100 { save(full(1000, i), f"both/{name}.npy") }\n' >many.henge
"$henge" many.henge name=a 2>errors.a &
"$henge" many.henge name=b 2>errors.b
wait
check "two savers" "a.npy b.npy  " \
  "$(find both -type f -printf '%f\n' | sort | xargs) $(cat errors.a) $(cat errors.b)"

# Files behind links, and private files.
ln -s target.npy link.npy
"$henge" -e 'save(ones(2), "link.npy")'
check "a link to nothing makes its target" "target.npy yes" \
  "$(readlink link.npy) $([ -f target.npy ] && echo yes)"
"$henge" -e 'save(ones(2), "private.npy")'
chmod 600 private.npy
"$henge" -e 'save(zeros(2), "private.npy")'
check "a private file stays private" 600 "$(stat -c %a private.npy)"
