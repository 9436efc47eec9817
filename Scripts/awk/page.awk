# SPDX-License-Identifier: MIT
# Makes of a page of the documentation the document of its rendered page.
#
# The text behind a block of code is what the code prints: a page shows that itself. Of a block that
# fails, the error is shown in its place; a block with several errors does not run and keeps its
# text, as does one with notes, which pages do not show. Links lead to other pages of the site.

function flush_code() {
  if (code == "") return
  if (errors > 1) print "```henge\n#| eval: false"
  else if (errors == 1) print "```henge\n#| error: allow"
  else print "```henge"
  printf "%s```\n", code
  if (errors > 1 || notes) printf "\n```text\n%s```\n", text
  else if (gap && !has_text) print ""
  code = text = ""
  errors = notes = has_text = gap = 0
}

function linked(line) {
  gsub(/\]\(\.\.\/README\.md/, "](README.md", line)
  gsub(/\]\(Docs\/lessons\)/, "](index.md#lessons)", line)
  gsub(/\]\(Docs\//, "](", line)
  return line
}

state == "code" && /^```/ { state = "after"; next }
state == "code" { code = code $0 "\n"; next }
state == "text" && /^```/ { state = ""; flush_code(); next }
state == "text" { text = text $0 "\n"; if (/^E-/) errors++; if (/^note:/) notes++; next }
state == "after" && /^$/ { gap = 1; next }
state == "after" && /^```text$/ { state = "text"; has_text = 1; next }
state == "after" { flush_code(); state = "" }
state == "other" { print; if (/^```/) state = ""; next }
/^```henge$/ { state = "code"; next }
/^```/ { state = "other"; print; next }
{ print linked($0) }
END { flush_code() }
