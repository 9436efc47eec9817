# SPDX-License-Identifier: MIT
# The import ladder. Reads what `swift package describe --type json` prints, then
# Docs/Architecture.md, then the Swift files; prints each import that the manifest, the floors in
# the document or the rules of the ladder do not allow.

BEGIN {
  # Loops over plain buffers that hold no state and own no library may serve several targets.
  shared["CHengeKernels"] = 1
}

function say(sentence) {
  printf "%s:%d: %s\n", FILENAME, FNR, sentence
}

function value(line) {
  sub(/^[^:]*: "/, "", line)
  sub(/",?$/, "", line)
  return line
}

# Whether a target is `root`, or imports it, itself or through others, as the manifest says. Each
# house has its root: HengeLanguage and HengeBackend.
function reaches(target, root, other, found) {
  if (target == root) return 1
  if ((target, root) in known) return known[target, root]
  known[target, root] = 0
  for (other in isTarget)
    if (((target, other) in declared) && reaches(other, root)) { found = 1; break }
  return known[target, root] = found + 0
}

# The targets of the package: their keys come in alphabetical order, the dependencies after the
# name.
FNR == NR {
  if ($1 == "\"targets\"" && $0 ~ /^  "/) inTargets = 1
  if (!inTargets) next
  if ($1 == "\"module_type\"") kind = value($0)
  else if ($1 == "\"name\"") { target = value($0); isTarget[target] = 1; kindOf[target] = kind }
  else if ($1 == "\"path\"") { folder[value($0)] = target; folderOf[target] = value($0) }
  else if ($1 == "\"target_dependencies\"") inDependencies = 1
  else if ($1 ~ /^\]/) inDependencies = 0
  else if (inDependencies) { name = $1; gsub(/[",]/, "", name); declared[target, name] = 1 }
  else if ($1 == "\"type\"") typeOf[target] = value($0)
  next
}

# The floors: | 2 | HengeImage | what lives there |
FILENAME ~ /\.md$/ {
  if ($0 ~ /^\| [0-9]+ \|/) {
    split($0, cell, /[ \t]*\|[ \t]*/)
    split(cell[3], names, " ")
    for (i in names) {
      if (names[i] in isTarget) floor[names[i]] = cell[2] + 0
      else say("the table names " names[i] ", which is no target of Package.swift.")
      hasFloors = 1
    }
  }
  next
}

FNR == 1 {
  split(FILENAME, part, "/")
  importer = folder[part[1] "/" part[2]]
  isTest = part[1] == "Tests"
  if (importer == "") say("the file belongs to no target of Package.swift.")
}

/^[ \t]*((@[A-Za-z_]+(\([^)]*\))?|public|package|internal|fileprivate|private)[ \t]+)*import[ \t]/ {
  imported = $0
  sub(/[ \t]*(\/\/.*)?$/, "", imported)
  sub(/^.*[ \t]/, "", imported)
  sub(/\..*$/, "", imported)
  if (importer == "" || !(imported in isTarget)) next

  if (!((importer, imported) in declared))
    say(importer " imports " imported ", which Package.swift does not name for it.")
  if (isTest) next

  # HengeReports and HengeJupyter stand beside the houses: they write files and images, and know no
  # tensor.
  isBeside = importer == "HengeReports" || importer == "HengeJupyter"
  if (isBeside && reaches(imported, "HengeTensor"))
    say(importer " imports " imported ", and with it HengeTensor; what stands beside the houses " \
      "knows no tensor.")

  # HengeLibrary is the door between the houses; the program stands outside.
  if (!isBeside && importer != "HengeLibrary" && typeOf[importer] != "executable") {
    if (reaches(importer, "HengeLanguage") && reaches(imported, "HengeBackend"))
      say(importer " imports " imported ", and with it HengeBackend and HengeLanguage; " \
        "only HengeLibrary and the program may reach both houses.")
    else if (reaches(importer, "HengeBackend") && reaches(imported, "HengeLanguage"))
      say(importer " imports " imported ", and with it HengeLanguage and HengeBackend; " \
        "only HengeLibrary and the program may reach both houses.")
  }
  if ((importer in floor) && (imported in floor) && floor[importer] <= floor[imported])
    say(importer " (floor " floor[importer] ") imports " imported " (floor " floor[imported] \
      "); a target imports lower floors only.")
  if (imported == "HengeCPU" && importer != "henge")
    say(importer " imports HengeCPU; only the program and tests may name a device.")
  if (kindOf[imported] != "SwiftTarget" && !(imported in shared)) {
    if (!(imported in owner)) owner[imported] = importer
    else if (owner[imported] != importer)
      say(importer " imports " imported ", which " owner[imported] " binds already; " \
        "one Swift target binds a library.")
  }
}

END {
  for (name in folderOf)
    if (hasFloors && folderOf[name] ~ /^Sources\// && !(name in floor))
      printf "Docs/Architecture.md:1: %s has no row in the table of targets.\n", name
}
