#!/bin/sh
# SPDX-License-Identifier: MIT
# henge --version names the processor's features and the libraries in use.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
text=$("${here%/Tests/Scripts/*}/Scripts/henge" --version)

for name in henge processor: memory: OpenBLAS libpng libjpeg-turbo cairo libzip OpenSSL; do
  case $text in
    *"$name"*) found=yes ;;
    *) found=no ;;
  esac
  check "the version names $name" yes "$found"
done
