# SPDX-License-Identifier: MIT
# Finds public declarations of Swift files whose comment lacks what a caller must know: which errors
# a function throws, and the shape of a tensor that it takes or returns (`[N, C, H, W]`).
function say(sentence) { printf "%s:%d: %s\n", file, start, sentence }

FNR == 1 { if (head != "") finish(); comment = ""; file = FILENAME }

# The head of a declaration ends with its brace, or where its brackets are closed and the next line
# continues it with no arrow, throws or brace.
head != "" && opened == 0 && $0 !~ /^[ \t]*(->|throws|rethrows|async|where|\{)/ { finish() }

# A comment belongs to the declaration after it, past attributes.
head == "" && /^[ \t]*\/\/\// { comment = comment " " $0; next }
head == "" && /^[ \t]*@/ && !/ (func|init|var|let|subscript)/ { next }

head == "" {
  if ($0 !~ /^[ \t]*(@[A-Za-z]+ +)?(public|open) / || $0 ~ /[ \t]override[ \t]/ \
      || $0 !~ /[ \t](func|init|var|let|subscript)[ (<\[]/) {
    comment = ""
    next
  }
  start = FNR
  opened = 0
}

{
  text = $0
  body = index(text, "{")
  if (body) text = substr(text, 1, body)
  head = head " " text
  opened += gsub(/[(\[]/, "", text) - gsub(/[)\]]/, "", text)
  if (body) {
    if ($0 ~ /\{ *get throws/) head = head " throws"
    finish()
  }
}

END { if (head != "") finish() }

function finish(    throws, name) {
  # What closures among the parameters throw is theirs.
  throws = head ~ /[ \t](let|var) / ? head ~ /\{ throws$/ : head ~ /\) *(async +)?throws[^)]*$/
  name = head
  sub(/^.*[ \t](func|var|let) +/, "", name)
  sub(/^ *(@[A-Za-z]+ +)?(public|open) +/, "", name)
  sub(/[^A-Za-z0-9_].*/, "", name)
  if (throws && comment !~ /[Tt]hrow|[Rr]efuse/)
    say("the comment of `" name "` does not say which errors it throws.")
  if (head ~ /[^A-Za-z.](Tensor|Shape)[^A-Za-z.]/ && comment !~ /\[|[Ss]hape/)
    say("the comment of `" name "` does not say the shape of its tensors.")
  comment = ""
  head = ""
}
