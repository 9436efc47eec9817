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

if grep -q ' avx512bw ' /proc/cpuinfo && grep -q ' avx512vl ' /proc/cpuinfo; then
  case $text in
    *"processor: AVX-512 "*) found=yes ;;
    *) found=no ;;
  esac
  check "the version says that AVX-512 is in use" yes "$found"
else
  echo "skip the version and AVX-512: this processor does not have it"
fi
