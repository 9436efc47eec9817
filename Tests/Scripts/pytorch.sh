#!/bin/sh
# SPDX-License-Identifier: MIT
# Networks that henge saves under the reference's names load in PyTorch, strictly, and do there what
# they did before.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
python=$root/.venv-torch/bin/python
cases=$root/Tests/HengeModelsTests
if [ ! -x "$python" ]; then
  echo "skipped: PyTorch is not in .venv-torch; Scripts/bench cyclegan installs it"
  exit 0
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

for file in "$cases"/Golden/reference-*.pth; do
  name=${file##*/reference-}
  printf 'save(load("%s"), "%s", names="pytorch")\n' "$file" "$name"
done >"$folder/save.henge"
count=$(grep -c save "$folder/save.henge")
"$root/Scripts/henge" run "$folder/save.henge" --out "$folder" >/dev/null 2>"$folder/said"
check "every network is recognised and saved" 0 "$?"
check "what is a guess is said" 4 "$(grep -c 'is a guess' "$folder/said")"
check "PyTorch loads each and gives the same picture" "$count networks loaded" \
  "$("$python" "$cases/torch_reference_cases.py" "$folder" 2>&1 | tail -n 1)"
