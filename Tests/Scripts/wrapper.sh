#!/bin/sh
# SPDX-License-Identifier: MIT
# What Scripts/henge and Scripts/setup promise, in a small project of its own with a stand-in for
# `swift`, `apt-get`, `dpkg-query`, `sudo` and `id` that write down how they were called.
# shellcheck disable=SC2016
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
scripts=${here%/Tests/Scripts/*}/Scripts
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT

project="$work/a project"
tools=$work/tools
calls=$work/calls
mkdir -p "$project/Scripts" "$project/Sources/henge" "$tools" "$work/elsewhere"
cp "$scripts/henge" "$scripts/setup" "$project/Scripts/"
: >"$project/Package.swift"
: >"$project/Sources/henge/main.swift"
: >"$project/Sources/henge/other.swift"

stand_in() {
  { printf '#!/bin/sh\necho "%s $*" >>"%s"\n' "$1" "$calls"; cat; } >"$tools/$1"
  chmod +x "$tools/$1"
}

# "Builds" a program that prints its folder, its arguments and its standard input.
stand_in swift <<EOF
if [ -e "$work/broken" ]; then echo "main.swift:1:1: error: what is wrong"; exit 1; fi
[ ! -e "$work/slow" ] || sleep 0.3
out="$project/.build/release"
mkdir -p "\$out"
echo "a line of the build"
cat >"\$out/henge" <<'END'
#!/bin/sh
printf 'in %s\n' "\$PWD"
for argument; do printf '<%s>\n' "\$argument"; done
cat
[ "\${1-}" != fail ] || exit 3
END
chmod +x "\$out/henge"
EOF
stand_in dpkg-query <<EOF
for package; do
  case \$package in -* | *status*) continue ;; esac
  grep -qx "\$package" "$work/absent" 2>/dev/null || echo "installed \$package"
done
EOF
stand_in apt-get <<EOF
case "\$*" in
  *install*)
    [ ! -e "$work/offline" ] || { echo "E: no network"; exit 100; }
    : >"$work/absent" ;;
esac
EOF
stand_in sudo <<'EOF'
exec "$@"
EOF
stand_in id <<EOF
cat "$work/user" 2>/dev/null || echo 0
EOF
PATH=$tools:$PATH
export PATH

henge() { "$project/Scripts/henge" "$@" 2>"$work/err" </dev/null; }
called() { grep -c "^$1" "$calls" || :; }
forget() { : >"$calls"; sleep 0.02; }

cd "$work/elsewhere" || exit 1
forget
check "the first start builds and prints only what the program prints" \
  "in $work/elsewhere
<-e>
<1 + 1>
<>" "$(henge -e '1 + 1' '')"
check "the first start builds once" 1 "$(called 'swift build')"
check "what is there already is not installed" 0 "$(called apt-get)"

forget
henge >/dev/null
check "a second start calls neither swift nor apt" "" "$(cat "$calls")"
check "a second start says nothing of its own" "" "$(cat "$work/err")"

check "standard input belongs to the program" "in $work/elsewhere
1+1" "$(echo '1+1' | "$project/Scripts/henge" 2>&1)"
rm "$project/.build/henge"
check "standard input belongs to the program after a build, too" "in $work/elsewhere
1+1" "$(echo '1+1' | "$project/Scripts/henge" 2>/dev/null)"

henge fail >/dev/null
check "the exit status is the program's" 3 "$?"

ln -s "$project/Scripts/henge" "$work/link"
ln -s ../link "$work/elsewhere/link to link"
check "it starts by a link to a link" "in $work/elsewhere" "$("./link to link" 2>&1 </dev/null)"
check "it starts by a relative path" "in $project/Scripts" \
  "$(cd "$project/Scripts" && ./henge 2>&1 </dev/null)"
check "it starts as an argument of sh" "in $project/Scripts" \
  "$(cd "$project/Scripts" && sh henge 2>&1 </dev/null)"

for change in 'touch "$project/Sources/henge/main.swift"' 'touch "$project/Package.swift"' \
  'rm "$project/Sources/henge/other.swift"' \
  'touch -d 2001-01-01 "$work/old"; cp -p "$work/old" "$project/Sources/henge/main.swift"'; do
  forget
  eval "$change"
  henge >/dev/null
  check "it builds again after: $change" 1 "$(called 'swift build')"
  forget
  henge >/dev/null
  check "and not once more after: $change" 0 "$(called 'swift build')"
done

forget
touch "$work/broken" "$project/Sources/henge/main.swift"
check "a failed build runs nothing" "" "$(henge)"
henge >/dev/null
check "a failed build exits with 70, every time" 70 "$?"
check "a failed build shows the errors" 1 "$(grep -c 'error: what is wrong' "$work/err")"
rm "$work/broken"
check "a mended build runs" "in $work/elsewhere" "$(henge)"

forget
touch "$work/slow" "$project/Sources/henge/main.swift"
for i in 1 2 3; do
  "$project/Scripts/henge" "$i" >"$work/out$i" 2>/dev/null </dev/null &
done
wait
rm "$work/slow"
check "three starts at once build once" 1 "$(called 'swift build')"
check "and all three run" "<1>
<2>
<3>" "$(grep -h '<' "$work/out1" "$work/out2" "$work/out3")"

cache=$project/.build/x86_64/release/ModuleCache
mkdir -p "$cache"
rebuild() { forget; touch "$project/Package.swift"; henge >/dev/null; }
rebuild
check "the compiler's cache stays" yes "$([ -d "$cache" ] && echo yes)"
echo "$work/moved/.build" >"$project/.build/folder"
rebuild
check "the cache of another folder goes" no "$([ -d "$cache" ] || echo no)"

printf 'libzip-dev\nlibpng-dev\n' >"$work/absent"
rebuild
check "root installs what is missing, after fetching the lists" \
  "update install -y --no-install-recommends libpng-dev libzip-dev" \
  "$(sed -n 's/^apt-get -o [^ ]* //p' "$calls" | paste -sd ' ')"
check "and does not ask sudo" 0 "$(called sudo)"

echo 1000 >"$work/user"
echo libzip-dev >"$work/absent"
rebuild
check "another user installs by sudo" 2 "$(called sudo)"

# A PATH with everything of the system but sudo.
mkdir "$work/bin"
for tool in sh env find readlink mkdir flock mktemp rm touch cp mv cat grep sleep; do
  ln -s "$(command -v "$tool")" "$work/bin/$tool"
done
for tool in swift dpkg-query apt-get id; do ln -s "$tools/$tool" "$work/bin/$tool"; done
echo libzip-dev >"$work/absent"
(PATH=$work/bin rebuild)
check "without sudo it stops with 2" 2 "$?"
check "and prints the line to run" \
  "  apt-get update && apt-get install -y --no-install-recommends libzip-dev" \
  "$(grep apt-get "$work/err")"
check "and neither installs nor builds" 0 "$(called '[as]')"

echo 0 >"$work/user"
touch "$work/offline"
rebuild
check "a failed installation stops with 2" 2 "$?"
check "and shows what apt said" 1 "$(grep -c 'E: no network' "$work/err")"
rm "$work/bin/swift" "$work/offline"

: >"$work/absent"
(PATH=$work/bin rebuild)
check "without Swift it stops with 2" 2 "$?"
check "and says where Swift is to be had" 1 "$(grep -c 'swift.org/install' "$work/err")"
