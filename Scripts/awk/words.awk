# SPDX-License-Identifier: MIT
# Finds words in the string literals of Swift files, in Markdown outside of its code, and in the
# comments of Swift files whose path `comments`, a regular expression, matches, that a better-known
# term replaces. The first file is the table: a pattern, the term to use instead and, where there
# are any, phrases in which the word is right, separated by tabs. Names and the code of
# interpolations do not count.
BEGIN { FS = "\t" }

FNR == 1 { file++; depth = 0; inBlock = 0; isCode = 0 }

file == 1 {
  if ($0 ~ /^#/ || NF < 2) next
  count++
  pattern[count] = "(^|[^a-z_])(" $1 ")([^a-z_]|$)"
  term[count] = $2
  exception[count] = $3
  next
}

FILENAME ~ /\.md$/ {
  if (/^```/) isCode = !isCode
  else if (!isCode) check($0)
  next
}

{
  if (comments != "" && FILENAME ~ comments && match($0, /^[ \t]*\/\/\/?/)) {
    comment = substr($0, RLENGTH + 1)
    # There the picture is a term: the first channels of an image, which others may follow.
    if (FILENAME ~ /^Sources\/Henge(Data|Training|Library)\//) gsub(/[Pp]ictures?/, "", comment)
    check(comment)
  }
  if (!inBlock && depth == 0 && index($0, "\"") == 0) next
  n = split(literals($0), texts, "\001")
  for (k = 1; k <= n; k++) if (texts[k] ~ / /) check(texts[k])
}

# Complains of the words in a text. A literal of one word is a name, and so is what backticks
# enclose.
function check(text,    lower, rest, i, word) {
  sub(/^[ \t]+/, "", text)
  lower = tolower(text)
  gsub(/``[^`]*``/, "`", lower)
  gsub(/`[^`]*`/, "`", lower)
  for (i = 1; i <= count; i++) {
    rest = lower
    if (exception[i] != "") gsub(exception[i], "", rest)
    if (match(rest, pattern[i])) {
      word = substr(rest, RSTART, RLENGTH)
      gsub(/^[^a-z]|[^a-z]$/, "", word)
      printf "%s:%d: \"%s\" in \"%s\": %s.\n", FILENAME, FNR, word, text, term[i]
    }
  }
}

# The text of the literals in a line; a literal of several lines goes on in the next.
# `kind[depth]` is what encloses the place: s a literal, b one of several lines, c the code of an
# interpolation, whose brackets `open[depth]` counts.
function literals(line,    result, n, at, c, three) {
  result = ""
  n = length(line)
  for (at = 1; at <= n; at++) {
    c = substr(line, at, 1)
    if (depth > 0 && kind[depth] != "c") {
      if (c == "\\") {
        at++
        if (substr(line, at, 1) == "(") { depth++; kind[depth] = "c"; open[depth] = 1 }
        continue
      }
      if (c == "\"") {
        if (kind[depth] == "s") { depth--; result = result "\001"; continue }
        if (substr(line, at, 3) == "\"\"\"") { depth--; at += 2; continue }
      }
      result = result c
      continue
    }
    if (c == "/" && substr(line, at, 2) == "//") break
    if (c == "\"") {
      three = substr(line, at, 3) == "\"\"\""
      depth++
      kind[depth] = three ? "b" : "s"
      if (three) at += 2
      continue
    }
    if (depth > 0) {
      if (c == "(") open[depth]++
      if (c == ")" && --open[depth] == 0) depth--
    }
  }
  # A literal of one line never goes on: what seems to is something that this reader does not know.
  while (depth > 0 && kind[depth] == "s") depth--
  return result
}
