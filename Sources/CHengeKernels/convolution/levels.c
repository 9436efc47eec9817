// SPDX-License-Identifier: MIT
#include "levels.h"

const hk_convolution_kernels *hk_convolution_kernels_of(hk_level level) {
  switch (level) {
  case HK_LEVEL_PORTABLE: return &hk_convolution_portable;
#if defined(__x86_64__)
  case HK_LEVEL_AVX2:
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
      return &hk_convolution_avx2;
    return 0;
  case HK_LEVEL_AVX512:
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
      return &hk_convolution_avx512;
    return 0;
#endif
  default: return 0;
  }
}

hk_level hk_convolution_level(void) {
  if (hk_convolution_kernels_of(HK_LEVEL_AVX512)) return HK_LEVEL_AVX512;
  if (hk_convolution_kernels_of(HK_LEVEL_AVX2)) return HK_LEVEL_AVX2;
  return HK_LEVEL_PORTABLE;
}
