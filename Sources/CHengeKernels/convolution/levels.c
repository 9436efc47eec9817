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

const hk_winograd_kernels *hk_winograd_kernels_of(hk_level level, size_t taps) {
  if (!hk_convolution_kernels_of(level) || (taps != 3 && taps != 4)) return 0;
#if defined(__x86_64__)
  if (level == HK_LEVEL_AVX512) return &hk_convolution_avx512_winograd[taps - 3];
  if (level == HK_LEVEL_AVX2) return &hk_convolution_avx2_winograd[taps - 3];
#endif
  return &hk_convolution_portable_winograd[taps - 3];
}

const hk_winograd_pass *hk_winograd_strided_of(hk_level level, size_t taps, int is_transposed) {
  if (!hk_convolution_kernels_of(level) || (taps != 3 && taps != 4)) return 0;
#if defined(__x86_64__)
  if (level == HK_LEVEL_AVX512)
    return &hk_convolution_avx512_winograd_strided[taps - 3][is_transposed];
  if (level == HK_LEVEL_AVX2) return &hk_convolution_avx2_winograd_strided[taps - 3][is_transposed];
#endif
  return &hk_convolution_portable_winograd_strided[taps - 3][is_transposed];
}

const hk_few_kernels *hk_few_kernels_of(hk_level level) {
  if (!hk_convolution_kernels_of(level)) return 0;
#if defined(__x86_64__)
  if (level == HK_LEVEL_AVX512) return &hk_convolution_avx512_few;
  if (level == HK_LEVEL_AVX2) return &hk_convolution_avx2_few;
#endif
  return &hk_convolution_portable_few;
}

const hk_normalization_kernels *hk_normalization_kernels_of(hk_level level) {
  if (!hk_convolution_kernels_of(level)) return 0;
#if defined(__x86_64__)
  if (level == HK_LEVEL_AVX512) return &hk_convolution_avx512_normalization;
  if (level == HK_LEVEL_AVX2) return &hk_convolution_avx2_normalization;
#endif
  return &hk_convolution_portable_normalization;
}

const hk_optimizer_kernels *hk_optimizer_kernels_of(hk_level level) {
  if (!hk_convolution_kernels_of(level)) return 0;
#if defined(__x86_64__)
  if (level == HK_LEVEL_AVX512) return &hk_convolution_avx512_optimizer;
  if (level == HK_LEVEL_AVX2) return &hk_convolution_avx2_optimizer;
#endif
  return &hk_convolution_portable_optimizer;
}

const hk_product_kernels *hk_product_kernels_of(hk_level level, size_t size) {
  if (!hk_convolution_kernels_of(level) || (size != 4 && size != 8)) return 0;
#if defined(__x86_64__)
  if (level == HK_LEVEL_AVX512) return &hk_convolution_avx512_products[size / 8];
  if (level == HK_LEVEL_AVX2) return &hk_convolution_avx2_products[size / 8];
#endif
  return &hk_convolution_portable_products[size / 8];
}

hk_level hk_convolution_level(void) {
  if (hk_convolution_kernels_of(HK_LEVEL_AVX512)) return HK_LEVEL_AVX512;
  if (hk_convolution_kernels_of(HK_LEVEL_AVX2)) return HK_LEVEL_AVX2;
  return HK_LEVEL_PORTABLE;
}
