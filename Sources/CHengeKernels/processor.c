// SPDX-License-Identifier: MIT
#include "henge_processor.h"

const char *henge_processor_features(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "AVX2 FMA";
#endif
  return "baseline";
}
