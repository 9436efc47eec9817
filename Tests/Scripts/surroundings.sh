#!/bin/sh
# SPDX-License-Identifier: MIT
# The program where its surroundings are not as usual: no working directory, a relative home, a
# pipe that nobody reads, little stack, a state folder full of what is no file, arguments that are
# no text.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
henge=${HENGE:-$root/.build/debug/henge}
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_STATE_HOME="$work/state" NO_COLOR=1 SWIFT_BACKTRACE=enable=no

# Whether a text has a part.
has() {
  case $1 in
    *"$2"*) echo yes ;;
    *) printf 'no, it is %s\n' "$1" ;;
  esac
}

# The working directory.
mkdir gone
cd gone || exit 1
rmdir ../gone
said=$("$henge" -e 'save(zeros(3), "a.npy")' 2>&1)
check 'a write where the working directory is gone fails' 1 "$?"
check 'and names that directory' yes \
  "$(has "$said" "the working directory $work/gone no longer exists, so a.npy cannot be")"
check 'and makes nothing' no "$([ -e "$work/gone" ] || [ -e /a.npy ] && echo yes || echo no)"
check 'what needs no folder runs there' 2 "$("$henge" -q -e '1 + 1')"
"$henge" -q -e "save(zeros(3), \"$work/absolute.npy\")"
check 'an absolute path is written there' yes "$([ -f "$work/absolute.npy" ] && echo yes)"
cd "$work" || exit 1
mkdir sub
said=$(cd sub && printf '%s\n' '!rmdir ../sub' 'save(zeros(3), "a.npy")' | "$henge" -i 2>&1)
check 'a working directory that goes while the session runs is named too' yes \
  "$(has "$said" "the working directory $work/sub no longer exists")"

# The home.
mkdir home
cd home || exit 1
said=$(echo 1 | env -u XDG_STATE_HOME HOME=relative "$henge" -i 2>&1)
check 'a relative HOME is said' yes "$(has "$said" 'HOME is a relative path, relative')"
check 'and is no folder, here or at the root' no \
  "$([ -e relative ] || [ -e /relative ] && echo yes || echo no)"
check 'a relative XDG_STATE_HOME is ignored' 1 \
  "$(echo 1 | XDG_STATE_HOME=relative HOME="$work/home" "$henge" -i 2>/dev/null)"
check 'for the home' yes "$([ -d .local/state/henge ] && [ ! -e relative ] && echo yes)"
check 'without a home there is a session' 1 \
  "$(echo 1 | env -u XDG_STATE_HOME -u HOME "$henge" -i 2>/dev/null)"
cd "$work" || exit 1

# The folder of --out.
mkdir -p fence/in
said=$("$henge" --out fence/in -e 'save(zeros(3), "../../out.npy")' 2>&1)
check 'a relative path that leaves --out is refused' 1 "$?"
check 'with E-path' E-path "$(echo "$said" | head -n 1 | cut -d ' ' -f 1)"
for path in ../out.npy x/../../out.npy ./../out.npy; do
  "$henge" --out fence/in -e "save(zeros(3), \"$path\")" 2>/dev/null
  check "so is $path" 1 "$?"
done
check 'and nothing is written' '' "$(find . -name out.npy)"
"$henge" --out fence/in -e "save(zeros(3), \"x/../y/in.npy\"); save(zeros(3), \"$work/abs.npy\")"
check 'what stays in it is written, and an absolute path' yes \
  "$([ -f fence/in/y/in.npy ] && [ -f abs.npy ] && echo yes)"
said=$("$henge" --out abs.npy/in -e 'print("started")' 2>&1)
check 'a folder that cannot be made is refused at the start' 2 "$?"
check 'and named' yes "$(has "$said" "--out abs.npy/in: $work/abs.npy: it is a file, not a folder")"
check 'before anything runs' 0 "$(echo "$said" | grep -c started)"
said=$("$henge" --out abs.npy -e 1 2>&1)
check 'so is a file' yes "$(has "$said" '--out abs.npy: it is a file, not a folder')"
check 'a folder that is still missing is made when a file is' yes \
  "$("$henge" --out new/er -e 'save(zeros(3), "x.npy")'; [ -f new/er/x.npy ] && echo yes)"
if [ "$(id -u)" != 0 ]; then
  mkdir -p closed && chmod 555 closed
  said=$("$henge" --out closed/in -e 1 2>&1)
  check 'so is one that is closed' yes "$(has "$said" 'nothing can be written there')"
fi
(cd fence/in && "$henge" -e 'save(zeros(3), "../beside.npy")')
check 'without --out a path may lead out of the working directory' yes \
  "$([ -f fence/beside.npy ] && echo yes)"
said=$("$henge" --out "$(printf 'o\377')" -e 1 2>&1)
check 'an argument that is not UTF-8 is a wrong command line' 2 "$?"
check 'and is said' yes "$(has "$said" 'is not UTF-8')"
check 'and makes no folder' '' "$(find . -name 'o?*' -type d)"

# Bytes that command a terminal.
escape=$(printf '\033')
for word in "x${escape}]0;title" "--x${escape}[31m" "--seed=${escape}[2J"; do
  said=$("$henge" -e 1 "$word" 2>&1 </dev/null)
  check 'no argument reaches standard error with its control codes' no \
    "$(printf '%s' "$said" | grep -q "$escape" && echo yes || echo no)"
done
said=$("$henge" "no${escape}[31mfile.henge" 2>&1)
check 'nor does the name of a script' no \
  "$(printf '%s' "$said" | grep -q "$escape" && echo yes || echo no)"
: >"name${escape}[31m.png"
said=$("$henge" -e "load(files()[1]); images(\".\")" 2>&1)
check 'nor that of a file' no "$(printf '%s' "$said" | grep -q "$escape" && echo yes || echo no)"
rm -f name*

# Pipes that nobody reads.
python3 - "$henge" <<'PYTHON'
import os, signal, subprocess, sys, time
henge = sys.argv[1]
cases = {
    "standard output": ("while true { print(1) }", dict(stdout=subprocess.PIPE)),
    "standard output, with one long text":
        ('print("x" * 100000000)', dict(stdout=subprocess.PIPE)),
    "standard error": ('r = rng("a"); while true { zeros(3) + ones(2x3) }',
                       dict(stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)),
}
for name, (text, streams) in cases.items():
    process = subprocess.Popen([henge, "-e", text], **streams)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    try:
        code = process.wait(6)
    except subprocess.TimeoutExpired:
        code = "no answer in 6 s"
        process.kill()
    print(f"ok Ctrl-C with a full {name}" if code == 130
          else f"FAIL Ctrl-C with a full {name}: {code}")
PYTHON

# Little stack: what is nested as deep as the language allows.
nested=$(printf '%200s' '' | tr ' ' '(')1$(printf '%200s' '' | tr ' ' ')')
cat >deep.henge <<'HENGE'
fn down(n) { if n == 0 { return 0 }; return 1 + down(n - 1) }
print(down(1500))
x = 0
for i in 0..900 { x = [x] }
y = str(x)
x = 0
parts = ["1"] * 900
HENGE
for stack in 128 256 1024; do
  said=$( (ulimit -s "$stack"; "$henge" deep.henge) 2>&1)
  check "programs nested deep run on a stack of $stack kB" '0: 1500' "$?: $said"
  said=$( (ulimit -s "$stack"; "$henge" -e "$nested") 2>&1 | head -n 1 | cut -c 1-8)
  check "brackets too many for the language are refused on $stack kB" 'E-depth ' "$said"
done
(ulimit -s 256; timeout --preserve-status -s INT 2 "$henge" -e 'while true { }' 2>/dev/null)
check 'Ctrl-C is heard on a small stack' 130 "$?"

# A state folder with anything in it.
mkdir -p state/henge
rm -f state/henge/*
mkfifo state/henge/journal-1 state/henge/history
ln -s /dev/zero state/henge/journal-2
ln -s nowhere state/henge/journal-3
mkdir state/henge/journal-5
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' \
  state/henge/journal-6
head -c 100000 /dev/urandom >state/henge/journal-7
: >state/henge/journal-8
check 'what is no journal neither stops a session nor ends it' 2 \
  "$(echo '1 + 1' | timeout 20 "$henge" -i 2>/dev/null)"
check 'and stays' yes "$([ -p state/henge/journal-1 ] && [ -d state/henge/journal-5 ] && echo yes)"
check 'what is damaged is put aside' yes "$([ -f state/henge/damaged-journal-7 ] && echo yes)"
rm -rf state/henge
printf 'session\t0\t/tmp\t\nentry\t9223372036854775807\t[1]\t\tx=1\ngood\t9223372036854775807\n' \
  >number
mkdir -p state/henge
cp number state/henge/journal-4
said=$(echo x | "$henge" -i --recover 2>&1)
check 'a journal with an impossible number is no crash' 2 "$?"
check 'and is said' yes "$(has "$said" 'the journal is damaged at line 2, so nothing is recovered')"
rm -rf state
mkfifo state
check 'a pipe in place of the state folder is said' yes \
  "$(has "$(echo '1 + 1' | timeout 20 "$henge" -i 2>&1)" 'no journal for --recover')"
rm -f state

# A disk that becomes full.
if [ "$(id -u)" = 0 ] && mkdir state && mount -t tmpfs -o size=256k henge state 2>/dev/null; then
  said=$(printf '%s\n' 'x = 1' "!head -c 300000 /dev/zero >$work/state/fill 2>/dev/null" \
    "y = \"$(printf '%9000s' '' | tr ' ' y)\"" 'z = 1' "!rm $work/state/fill" 'w = 1' |
    "$henge" -i 2>&1)
  check 'a journal that cannot be written is said at once, with the entry' yes \
    "$(has "$said" 'on device; if the session is killed now, henge --recover restores')"
  check 'and that it can be again' yes \
    "$(has "$said" 'can be written again; no entry is missing')"
  umount state
else
  echo 'note: no tmpfs can be mounted, so a full disk is not tried'
fi
rm -rf state

# Memory for long scripts: one is read in parts, of one that is not a tree is made or refused.
python3 - "$henge" <<'PYTHON'
import resource, subprocess, sys
def run(text, name, *words):
    with open(name, "w", encoding="ascii") as file:
        file.write(text)
    said = subprocess.run([sys.argv[1], "--memory", "200MB", *words, name], capture_output=True,
                          stdin=subprocess.DEVNULL)
    return said, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1000
def report(name, good, said, peak):
    print(f"ok {name}" if good
          else f"FAIL {name}: {said.returncode} {said.stderr[:200]} at {peak} MB")
sets = 'A = faces("anime", 4, size=128x128)\nB = faces("photo", 4, size=128x128)\n'
for name in "cyclegan", "ugatit", "cut":
    said, peak = run(f"{sets}t = {name}(A, B)\n", "large.henge")
    report(f"{name} that does not fit is refused before it takes memory, with a base that fits",
           said.returncode == 1 and said.stderr.startswith(b"E-memory")
           and b"  try: base=" in said.stderr and b", which needs about " in said.stderr
           and peak < 60, said, peak)
said, peak = run("x = 1\n" * 800000 + "print(x)\n", "long.henge")
report("a long script runs in little memory",
       said.returncode == 0 and said.stdout == b"1\n" and peak < 250, said, peak)
said, peak = run("x = 1\n" * 800000 + "x = (\n", "wrong.henge")
report("a mistake at its end is found before it runs",
       said.returncode == 1 and said.stderr.startswith(b"E-syntax") and not said.stdout, said, peak)
said, peak = run("1;" * 2000000, "dense.henge")
report("a script that is too much for the memory is refused before it is there",
       said.returncode == 1 and said.stderr.startswith(b"E-memory") and peak < 400, said, peak)
PYTHON

# A terminal of a size that nobody sees, and one that goes away.
python3 "$root/Tests/Scripts/support/terminals.py" "$henge"
