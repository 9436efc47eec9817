#!/bin/sh
# SPDX-License-Identifier: MIT
# Documents by the program: pages, records, comparisons, formats, and what must not happen to them.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
henge=${HENGE:-$root/.build/debug/henge}
work=$(readlink -f -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_STATE_HOME="$work/state" NO_COLOR=1 SWIFT_BACKTRACE=enable=no TMPDIR="$work"

# Whether a text has a part.
has() {
  case $1 in
    *"$2"*) echo yes ;;
    *) printf 'no, it is %s\n' "$1" ;;
  esac
}

cat >doc.henge.md <<'END'
# A document

Words with <b>HTML</b> and [a link](javascript:alert(1)).

```henge
param n = 3  "how many"
rows = table("rows.csv")
rows["x"].sum() + 0.123456
```

```henge
#| title: Faces
#| caption: Drawn faces.
#| label: faces
show(grid(faces("anime", n, seed=n).tensor()))
print(f"{n} faces")
```

```henge
#| ask: How many values?
#| within: 0.5
x = randn(20x20)
x
```

```henge
plot([1, 2, 4], title="A plot")
```

```henge
#| error: allow
1 / 0
```

```henge
#| volatile: true
time { 1 }
```
END
printf 'x,y\n1,2\n3,4\n' >rows.csv

# Pages.
"$henge" -q render doc.henge.md -o a.html 2>err
check 'a page is written' 0 "$?"
"$henge" -q render doc.henge.md -o b.html 2>err
check 'the same twice but for what is volatile' same \
  "$(grep -v 'seconds' a.html >a1; grep -v 'seconds' b.html >b1; cmp -s a1 b1 && echo same)"
check 'nothing in it runs or is fetched' 0 \
  "$(grep -c -E '<script|href="javascript|src="http|url\(' a.html)"
check 'raw HTML is text' yes "$(has "$(cat a.html)" '&lt;b&gt;HTML&lt;/b&gt;')"
check 'images have words' 0 "$(grep '<img' a.html | grep -c -v ' alt="[^"]')"
mkdir -p far
said=$("$henge" -q verify a.html 2>/dev/null)
check 'a page is the same as its code' 0 "$?"
check 'which is said' 'the same: 5 cells of a.html, 1 that may differ not compared' "$said"
(cd far && cp ../rows.csv . && LC_ALL=C TZ=Asia/Tokyo "$henge" -q --threads 1 verify ../a.html) \
  >/dev/null 2>&1
check 'in another folder, with one thread, in another time zone' 0 "$?"
"$henge" -q render doc.henge.md n=4 --seed 7 -o c.html 2>/dev/null
said=$("$henge" -q verify c.html 2>/dev/null)
check 'with its parameters and seed' 0 "$?"
check 'nothing is left behind' 0 "$(find "$work" -name 'henge-verify-*' | wc -l)"

# Parameters that name files: their paths mean the same wherever the document is run.
mkdir -p docs
printf 'param data = path("rows.csv")\ntable(data)\n' >docs/reads.henge
printf 'x,y\n5,6\n' >docs/rows.csv
# What is shown of the parameter and of inputs, by a page written with these words.
shown() {
  "$henge" -q render docs/reads.henge "$@" -o docs/reads.html 2>err
  sed -n 's/.*data-\(parameter\|input\)="[^"]*".*>\(.*\)<.code><.dd>$/\2/p' docs/reads.html |
    tr '\n' ' '
}
for given in '' data=rows.csv "data=$work/rows.csv"; do
  # shellcheck disable=SC2086 # nothing or one word
  said=$(shown $given)
  case $given in
    '') expected='rows.csv ' ;;
    data=rows.csv) expected='../rows.csv ../rows.csv ' ;;
    *) expected="$work/rows.csv $work/rows.csv " ;;
  esac
  check "paths on a page: ${given#*/}" "$expected" "$said"
  "$henge" -q verify docs/reads.html >/dev/null 2>&1
  check 'are found again' 0 "$?"
  (cd far && "$henge" -q verify ../docs/reads.html) >/dev/null 2>&1
  check 'from another folder' 0 "$?"
done
"$henge" -q run docs/reads.henge data=rows.csv --record r.log >/dev/null 2>&1
said=$(cd far && "$henge" check ../docs/reads.henge data=../rows.csv --against ../r.log 2>&1)
check 'and are the same in a record' 0 "$?"
check 'without a note' 0 "$(echo "$said" | grep -c 'parameters are other ones')"

# What was changed is found.
changed() {
  python3 - "$1" "$2" <<'END'
import sys
page = open("a.html").read()
kind = sys.argv[2]
if kind == "number":
    page = page.replace(">4.123456<", ">4.123457<", 1)
elif kind == "pixel":
    import base64, struct, zlib
    start = page.index("data:image/png;base64,") + 22
    end = page.index('"', start)
    png = bytearray(base64.b64decode(page[start:end]))
    chunks, place = [], 8
    while place < len(png):
        size, = struct.unpack(">I", png[place:place + 4])
        chunks.append((bytes(png[place + 4:place + 8]), bytes(png[place + 8:place + 8 + size])))
        place += 12 + size
    data = bytearray(zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT")))
    data[-1] ^= 1
    out, done = bytes(png[:8]), False
    for name, body in chunks:
        if name == b"IDAT":
            if done:
                continue
            body, done = zlib.compress(bytes(data)), True
        out += struct.pack(">I", len(body)) + name + body
        out += struct.pack(">I", zlib.crc32(name + body))
    page = page[:start] + base64.b64encode(out).decode() + page[end:]
elif kind == "seed":
    page = page.replace('data-seed="0"', 'data-seed="1"')
elif kind == "source":
    page = page.replace("randn(20x20)\nx\n", "randn(20x21)\nx\n")
elif kind == "footer":
    page = page.replace("</footer>", "</footer><p>accuracy 0.99</p>")
elif kind == "section":
    page = page.replace("<footer", '<section class="cell" id="x"><pre>9</pre></section>\n<footer')
elif kind == "style":
    page = page.replace("</style>", "#cell-2 .outputs { display: none }</style>")
elif kind == "volatile":
    place = page.index('id="cell-9"') if 'id="cell-9"' in page else page.rindex('<section class')
    place = page.index('<div class="outputs">', place) + 22
    page = page[:place] + "<style>main { display: none }</style>" + page[place:]
elif kind == "order":
    first = page.index('<section class="cell" id="cell-2"')
    second = page.index('<section class="cell" id="cell-3"')
    third = page.index("</section>", second) + 11
    page = page[:first] + page[second:third] + page[first:second] + page[third:]
elif kind == "text":
    page = page.replace("Words with", "Word with", 1)
open(sys.argv[1], "w").write(page)
END
}
changed d.html number
said=$("$henge" -q verify d.html 2>/dev/null)
check 'a changed number is found' 1 "$?"
check 'in its cell' yes "$(has "$said" 'cell 2, line')"
check 'with the difference' yes "$(has "$said" '4.123457, now 4.123456')"
changed d.html pixel
said=$("$henge" -q verify d.html 2>/dev/null)
check 'a changed pixel is found' 1 "$?"
check 'in its image' yes "$(has "$said" 'values differ, by at most')"
changed d.html seed
said=$("$henge" -q verify d.html 2>/dev/null)
check 'a changed seed is found' 1 "$?"
check 'by the cell that draws' yes "$(has "$said" 'cell 4, line')"
changed d.html source
said=$("$henge" -q verify d.html 2>&1)
check 'a changed source is refused' yes "$(has "$said" 'its source was changed')"
changed d.html text
said=$("$henge" -q verify d.html 2>/dev/null)
check 'a changed text is found' yes \
  "$(has "$said" 'the page outside of its cells: it was changed')"
# What is added to a page or hides a part of it.
for kind in footer section style volatile order; do
  changed d.html $kind
  said=$("$henge" -q verify d.html 2>/dev/null)
  check "a change is found: $kind" 1 "$?"
done
printf 'x,y\n1,2\n5,4\n' >rows.csv
said=$("$henge" -q verify a.html 2>/dev/null)
check 'a changed input is found' yes "$(has "$said" 'input rows.csv: its content was changed')"
check 'and what it changes' yes "$(has "$said" 'cell 2, line')"
rm rows.csv
said=$("$henge" -q verify a.html 2>/dev/null)
check 'a missing input is named' yes "$(has "$said" 'the input rows.csv is missing')"
printf 'x,y\n1,2\n3,4\n' >rows.csv
said=$("$henge" -q verify rows.csv 2>&1)
check 'what is no page is refused' yes "$(has "$said" 'rows.csv is no report')"

# Code that would write elsewhere.
printf 'save(zeros(3), "%s/escaped.npy")\n' "$work" >write.henge
"$henge" -q render write.henge -o w.html 2>/dev/null
rm -f escaped.npy
"$henge" -q verify w.html >/dev/null 2>&1
check 'a page that is verified writes nothing elsewhere' no \
  "$([ -e escaped.npy ] && echo yes || echo no)"

# A page that would have verify write through a link.
mkdir -p real && echo 'kept = 1' >real/lib.henge
cat >uses.henge <<'END'
files("real")
import "real/lib.henge" as lib
lib.kept
END
"$henge" -q render uses.henge -o uses.html 2>/dev/null
said=$("$henge" -q verify uses.html 2>/dev/null)
check 'a folder and a script in it can be inputs' 0 "$?"
echo 'kept = 2' >real/lib.henge
"$henge" -q verify uses.html >/dev/null 2>&1
check 'what was changed since stays as it is' 'kept = 2' "$(cat real/lib.henge)"

# A document is not overwritten by what is made of it.
cp write.henge own.henge
"$henge" -q render own.henge -o own.henge 2>/dev/null
check 'a page does not replace its document' 2 "$?"
"$henge" -q run own.henge --record own.henge >/dev/null 2>&1
check 'nor does a record' same "$(cmp -s write.henge own.henge && echo same)"

# Images of a text.
"$henge" -q -e 'save_png(zeros(3x8x8), "dot.png")'
printf '# T\n\n![a dot](dot.png) ![far](../far.png)\n\n```henge\n1\n```\n' >image.md
"$henge" -q render image.md -o image.html 2>/dev/null
check 'an image of a text is on the page' 1 "$(grep -c 'alt="a dot"' image.html)"
"$henge" -q verify image.html >/dev/null 2>&1
check 'which can be verified' 0 "$?"

# Records.
"$henge" -q run doc.henge.md --record r.log >/dev/null 2>&1
check 'a run is recorded' 0 "$?"
check 'to its end' '{"end":"finished"}' "$(tail -n 1 r.log)"
said=$("$henge" -q check doc.henge.md --against r.log 2>&1 | tail -n 1)
check 'and the same again' '1 passed, 0 failed' "$said"
said=$("$henge" -q --threads 1 check doc.henge.md --against r.log 2>&1 | tail -n 1)
check 'with one thread' '1 passed, 0 failed' "$said"
cat >checks.henge <<'END'
#| error: allow
1 / 0  #=> E-zero
END
"$henge" -q run checks.henge --record k.log >/dev/null 2>&1
said=$("$henge" -q check checks.henge --against k.log 2>/dev/null | tail -n 1)
check 'an error that is shown and expected is the same' '1 passed, 0 failed' "$said"
said=$("$henge" -q check doc.henge.md n=5 --against r.log 2>&1)
check 'another parameter is another output' yes "$(has "$said" 'cell 3, line')"
hashes() {
  grep '"hash"' "$1" | grep -v volatile | sed 's/.*"hash":"\([0-9a-f]*\)".*/\1/'
}
hashes r.log >whole
"$henge" -q convert doc.henge.md doc.henge
"$henge" -q run doc.henge --record s.log >/dev/null 2>&1
hashes s.log >script
check 'the script has the same outputs' same "$(cmp -s whole script && echo same)"
"$henge" -q convert doc.henge doc.ipynb && "$henge" -q convert doc.ipynb again.henge
check 'the notebook has the same code' same "$(cmp -s doc.henge again.henge && echo same)"
python3 - <<'END' >cells.henge
import json
for cell in json.load(open("doc.ipynb"))["cells"]:
    if cell["cell_type"] == "code":
        print("# %%")
        print("".join(cell["source"]))
END
"$henge" -q run cells.henge --record t.log >/dev/null 2>&1
hashes t.log >cells
check 'the code of its cells has the same outputs' same "$(cmp -s whole cells && echo same)"
grep -o 'data-hash="[^"]*"' a.html | sed 's/data-hash="//; s/"//' | tr ' ' '\n' >page
check 'the page has the same outputs' same "$(cmp -s whole page && echo same)"

# Failure.
printf 'print(1)\n\n# %%%%\n1 / 0\n\n# %%%%\nprint(2)\n' >bad.henge
"$henge" -q render bad.henge -o bad.html 2>/dev/null
check 'a failing cell fails the rendering' 1 "$?"
check 'and is on the page' yes "$(has "$(cat bad.html)" '<pre class="error">E-zero')"
check 'which is whole' '</html>' "$(tail -n 1 bad.html)"
"$henge" -q verify bad.html >/dev/null 2>&1
check 'and can be verified' 0 "$?"
"$henge" -q run bad.henge --record bad.log >/dev/null 2>&1
check 'a failing run has a record' '{"end":"failed"}' "$(tail -n 1 bad.log)"
"$henge" -q render doc.henge.md -o /proc/none/x.html 2>err
check 'a folder that cannot be made is an error' 1 "$?"
check 'in words' E-file: "$(head -n 1 err | cut -d ' ' -f 1)"
"$henge" -q run doc.henge.md --record none/x.log 2>err
check 'a record in no folder too' 1 "$?"
"$henge" -q run doc.henge.md --record /dev/full >/dev/null 2>err
check 'a full disk too' 1 "$?"
check 'with its reason' yes "$(has "$(cat err)" 'No space left')"
cat >long.henge <<'END'
print("before")

# %%
repeat 1000000000 { 1 + 1 }
END
"$henge" -q render long.henge -o long.html 2>/dev/null &
sleep 2
kill -INT $!
wait $!
check 'Ctrl-C ends a rendering' 130 "$?"
check 'with the page so far' yes "$(has "$(cat long.html)" '<pre>before')"
"$henge" -q run long.henge --record long.log >/dev/null 2>&1 &
sleep 2
kill -9 $!
wait $! 2>/dev/null
check 'a killed run has a record so far' 2 "$(wc -l <long.log)"

# Images of texts are in the page: those of three formats.
mkdir -p images
"$henge" -q -e 'save_png(zeros(3x4x4), "a.png"); save_svg(plot([1, 2]), "b.svg")' --out images
printf '# T\n\n![one](images/a.png) ![two](images/b.svg) ![three](images/none.png)\n' >images.md
"$henge" -q render images.md
count=$(grep -o 'src="data:image/[a-z+]*' images.html | wc -l)
check 'images of a text are in the page' 2 "$count"
check 'an image that is not there is words' yes "$(has "$(cat images.html)" '[three]')"

# What long statements did is not computed again.
export XDG_CACHE_HOME="$work/cache"
cat >slow.henge <<'END'
# %% Data
#| label: data
param factor = 1
t = table("in.csv")
print("loaded")

# %% Slow
#| label: slow
total = 0
for i in 0..60000000 { total += factor }
print("counted", total)

# %% Volatile
#| label: clock
#| volatile: true
for i in 0..60000000 { total += factor }

# %% The end
#| label: end
total + t["a"].sum()
END
printf 'a\n1\n' >in.csv
# Renders with options and says how many statements were not computed again.
taken() {
  "$henge" render slow.henge "$@" 2>&1 | sed -n 's/^note: \([0-9]*\) long.*/\1/p'
}
"$henge" -q render slow.henge
cp slow.html whole.html
check 'one long statement is taken' 1 "$(taken --from end)"
check 'and the page is the same' yes "$(cmp slow.html whole.html && echo yes)"
check 'not where its cell is the first to run' 0 "$(taken --from slow)"
check 'nor with a number before it' 0 "$(taken --from 1)"
check 'a cell is named by its number too' 1 "$(taken --from 4)"
check 'another parameter counts' 0 "$(taken --from end factor=2)"
check 'another seed counts' 0 "$(taken --from end --seed 5)"
printf 'a\n2\n' >in.csv
check 'an input file counts' 0 "$(taken --from end)"
sed -i 's/0\.\.60000000 { total += factor }/0..60000001 { total += factor }/' slow.henge
check 'the code counts' 0 "$(taken --from end)"
"$henge" -q verify slow.html >/dev/null
check 'a page of parts is verified' 0 "$?"
"$henge" -q render slow.henge --from ent 2>err
check 'a cell that is not there is an error' 1 "$?"
check 'with what is near' yes "$(has "$(cat err)" 'try: --from end')"
"$henge" -q run slow.henge --from end >/dev/null 2>&1
check '--from with run is misuse' 2 "$?"
XDG_CACHE_HOME=/proc/none "$henge" render slow.henge >/dev/null 2>err
check 'a page needs no cache' 0 "$?"
check 'and says that there is none' yes "$(has "$(cat err)" 'is not kept')"

# The command line.
"$henge" step doc.henge.md </dev/null >/dev/null 2>err
check 'step without a terminal is misuse' 2 "$?"
"$henge" render >/dev/null 2>&1
check 'render without a file is misuse' 2 "$?"
"$henge" run doc.henge.md -o x.html >/dev/null 2>&1
check '-o with run is misuse' 2 "$?"
"$henge" convert doc.henge doc.txt 2>err
check 'a name of no format is refused' 1 "$?"
"$henge" run doc.ipynb 2>err
check 'a notebook is not run' yes "$(has "$(cat err)" 'henge convert doc.ipynb doc.henge')"
cat >steps.henge <<'END'
A = faces("anime", 4, size=24x24)
B = faces("photo", 4, size=24x24)
t = cyclegan(A, B, base=2, blocks=1)
t.step(1000)
t.count  #=> 1000
assert t.count == 1000
1 / 0  #=> E-zero
END
said=$("$henge" -q check steps.henge --limit-steps 2 2>&1 | tail -n 1)
check 'few steps skip checks of values' '1 passed, 0 failed, 2 skipped' "$said"
said=$(printf 'x = 1 + 1\nx\n:render p.html\n1 / 0\n' | "$henge" -q -i 2>/dev/null | tail -n 1)
check 'the prompt writes its page' 'wrote p.html' "$said"
"$henge" -q verify p.html >/dev/null 2>&1
check 'a page of a session is not verified' 2 "$?"
check 'with what it showed' yes "$(has "$(cat p.html)" '<pre>2</pre>')"
