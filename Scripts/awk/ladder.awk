# SPDX-License-Identifier: MIT
# The import ladder. Reads what `swift package describe --type json` prints, then the Swift files;
# prints each import that the manifest or the rules of the ladder do not allow.

BEGIN {
  # Two houses; HengeLibrary is the door between them, the program and the tests belong to neither.
  # HengeThreads serves both.
  split("HengeLanguage HengeSession HengeShell HengeDocument", names, " ")
  for (i in names) house[names[i]] = "language"
  split("HengeBackend HengeDrawnFaces HengeImage HengeFiles HengeCPU HengeTensor HengeNN " \
    "HengeData HengeModels HengeVision HengeTraining", names, " ")
  for (i in names) house[names[i]] = "learning"

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

# The targets of the package: their keys come in alphabetical order, the dependencies after the
# name.
FNR == NR {
  if ($1 == "\"targets\"" && $0 ~ /^  "/) inTargets = 1
  if (!inTargets) next
  if ($1 == "\"module_type\"") kind = value($0)
  else if ($1 == "\"name\"") { target = value($0); isTarget[target] = 1; kindOf[target] = kind }
  else if ($1 == "\"path\"") { folder[value($0)] = target }
  else if ($1 == "\"target_dependencies\"") inDependencies = 1
  else if ($1 ~ /^\]/) inDependencies = 0
  else if (inDependencies) { name = $1; gsub(/[",]/, "", name); declared[target, name] = 1 }
  else if ($1 == "\"type\"") typeOf[target] = value($0)
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

  if (house[importer] != "" && house[imported] != "" && house[importer] != house[imported])
    say(importer " (the " house[importer] " house) imports " imported " (the " house[imported] \
      " house); only HengeLibrary sees both.")
  if (imported == "HengeCPU" && importer != "henge")
    say(importer " imports HengeCPU; only the program and tests may name a device.")
  if (kindOf[imported] != "SwiftTarget" && !(imported in shared)) {
    if (!(imported in owner)) owner[imported] = importer
    else if (owner[imported] != importer)
      say(importer " imports " imported ", which " owner[imported] " binds already; " \
        "one Swift target binds a library.")
  }
}
