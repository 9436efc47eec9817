# SPDX-License-Identifier: MIT
# Declarations that their list lacks. Reads the Swift files of Sources.
#
# A type has a list where an array of it names members of it: `static let all: [T] = [.a, .b]`, in
# one or several places. Then each `static let x = T(…)` and `static let x: T = …` must be named in
# one. Built-ins come from functions `-> [Builtin]`, each of which must be called somewhere. So must
# what datasets can do, which is public for the built-ins alone. Functions of one element have a
# loop in C, in the first file.

function say(file, line, sentence) { printf "%s:%d: %s\n", file, line, sentence }

FNR == 1 { listed = ""; head = "" }

{
  code = $0
  sub(/^[ \t]*\/\/.*/, "", code)
}

# The loops of functions of one element.
FILENAME ~ /unary\.h$/ && /^HK_UNARY\(/ {
  name = $0
  gsub(/^HK_UNARY\(|,.*/, "", name)
  loop[name] = 1
}

# The members that are used where there are datasets.
FILENAME ~ /^Sources\/Henge(Data|Training|Library)\// {
  words = split(code, word, /[^A-Za-z0-9_.]+/)
  for (i = 1; i <= words; i++) {
    members = split(word[i], part, ".")
    for (k = 2; k <= members; k++) isMember[part[k]] = 1
  }
}

# A list: from its `=` to the line that ends with its bracket.
code ~ /static let [A-Za-z_]+: \[[A-Z][A-Za-z]*\] *=/ {
  name = code; sub(/.*static let /, "", name); sub(/:.*/, "", name)
  listed = code; sub(/^[^\[]*\[/, "", listed); sub(/\].*/, "", listed)
  places[listed] = places[listed] (places[listed] == "" ? "" : " or ") name " (" FILENAME ")"
  sub(/.*=/, "", code)
}

listed != "" {
  rest = code
  while (match(rest, /(^|[ \[(,+])\.[a-z][A-Za-z0-9]*/)) {
    name = substr(rest, RSTART, RLENGTH); sub(/.*\./, "", name)
    member[listed, name] = 1; hasMembers[listed] = 1
    rest = substr(rest, RSTART + RLENGTH)
  }
  if (code ~ /\][ \t]*$/) listed = ""
}

code ~ /static (let|var) [A-Za-z_0-9]+(: [A-Z][A-Za-z]*)? = *([A-Z][A-Za-z]*\(|\.?[a-z(]|$)/ {
  name = code; sub(/.*static (let|var) /, "", name)
  type = name; sub(/[:= ].*/, "", name)
  sub(/^[A-Za-z_0-9]+/, "", type)
  if (type ~ /^: /) { sub(/^: /, "", type); sub(/[^A-Za-z].*/, "", type) }
  else { sub(/^ = */, "", type); if (type !~ /^[A-Z][A-Za-z]*\(/) next; sub(/\(.*/, "", type) }
  declared[++count] = name; typeOf[count] = type; fileOf[count] = FILENAME; lineOf[count] = FNR
}

# A function of built-ins, whose signature may take several lines.
FILENAME ~ /^Sources\/HengeLibrary\// && code ~ /^func [a-zA-Z]+\(/ { head = code; start = FNR }
head != "" {
  if (code !~ /^func /) head = head code
  if (head ~ /-> \[Builtin\]/) {
    name = head; sub(/^func /, "", name); sub(/\(.*/, "", name)
    maker[name] = FILENAME; makerLine[name] = start
  }
  if (code ~ /\{[ \t]*$/) head = ""
}
FILENAME ~ /^Sources\/HengeLibrary\// && code !~ /^ *func / {
  rest = code
  while (match(rest, /[a-z][A-Za-z]*\(/)) {
    called[substr(rest, RSTART, RLENGTH - 1)] = 1
    rest = substr(rest, RSTART + RLENGTH)
  }
}

# What datasets can do.
FILENAME ~ /^Sources\/HengeData\/Dataset\// && code ~ /^ *public [a-z ]*func [a-z]/ {
  name = code; sub(/.* func /, "", name); sub(/[^A-Za-z0-9_].*/, "", name)
  method[name] = FILENAME; methodLine[name] = FNR
}

END {
  for (i = 1; i <= count; i++)
    if (typeOf[i] == "Elementwise" && !(declared[i] in loop))
      say(fileOf[i], lineOf[i], "`" declared[i] "` has no loop: add HK_UNARY(" declared[i] \
        ", …) to Sources/CHengeKernels/unary.h.")
  for (name in method)
    if (!(name in isMember))
      say(method[name], methodLine[name], "nothing calls `" name \
        "` of datasets: declare its built-in in Sources/HengeLibrary/Datasets.")
  for (i = 1; i <= count; i++) {
    type = typeOf[i]
    if ((type in hasMembers) && !((type, declared[i]) in member))
      say(fileOf[i], lineOf[i], "`" declared[i] "` is declared and listed nowhere: add ." \
        declared[i] " to " type "." places[type] ".")
  }
  for (name in maker)
    if (!(name in called))
      say(maker[name], makerLine[name], "the built-ins of `" name \
        "` belong to no topic: add them to Sources/HengeLibrary/Library.swift.")
}
