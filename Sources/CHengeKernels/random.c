// SPDX-License-Identifier: MIT
// Philox4x32-10 [Salmon et al. 2011], two 64-bit draws per block, in the layout of RandomStream.
#include "clones.h"
#include "henge_kernels.h"
#include <math.h>

HK_INLINE void philox(uint64_t key, uint64_t name, uint64_t block, uint64_t draws[2]) {
  uint32_t c0 = (uint32_t)block, c1 = (uint32_t)(block >> 32);
  uint32_t c2 = (uint32_t)name, c3 = (uint32_t)(name >> 32);
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t a = (uint64_t)c0 * 0xD2511F53u, b = (uint64_t)c2 * 0xCD9E8D57u;
    c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)b;
    c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)a;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  draws[0] = (uint64_t)c0 | (uint64_t)c1 << 32;
  draws[1] = (uint64_t)c2 | (uint64_t)c3 << 32;
}

HK_INLINE float unit_f32(uint64_t draw) { return (float)(draw >> 40) * 0x1p-24f; }
HK_INLINE double unit_f64(uint64_t draw) { return (double)(draw >> 11) * 0x1p-53; }

#define DEFINE_UNIFORM(SUFFIX, T)                                                                  \
  HK_CLONES void hk_uniform_##SUFFIX(uint64_t key, uint64_t name, uint64_t begin, T *out,          \
                                     size_t n) {                                                   \
    uint64_t draws[2] = {0, 0};                                                                    \
    size_t i = 0;                                                                                  \
    if (n > 0 && (begin & 1)) {                                                                    \
      philox(key, name, begin >> 1, draws);                                                        \
      out[i++] = unit_##SUFFIX(draws[1]);                                                          \
    }                                                                                              \
    for (; i + 1 < n; i += 2) {                                                                    \
      philox(key, name, (begin + i) >> 1, draws);                                                  \
      out[i] = unit_##SUFFIX(draws[0]);                                                            \
      out[i + 1] = unit_##SUFFIX(draws[1]);                                                        \
    }                                                                                              \
    if (i < n) {                                                                                   \
      philox(key, name, (begin + i) >> 1, draws);                                                  \
      out[i] = unit_##SUFFIX(draws[0]);                                                            \
    }                                                                                              \
  }                                                                                                \
  void hk_normal_##SUFFIX(uint64_t key, uint64_t name, uint64_t begin, T *out, size_t n) {         \
    for (size_t i = 0; i < n; i += 2) {                                                            \
      uint64_t first[2], second[2];                                                                \
      philox(key, name, (begin + i) >> 1, first);                                                  \
      if (begin & 1) philox(key, name, ((begin + i) >> 1) + 1, second);                            \
      uint64_t u = begin & 1 ? first[1] : first[0], v = begin & 1 ? second[0] : first[1];          \
      double radius = sqrt(-2 * log(1 - unit_f64(u))), angle = 6.283185307179586 * unit_f64(v);    \
      out[i] = (T)(radius * cos(angle));                                                           \
      if (i + 1 < n) out[i + 1] = (T)(radius * sin(angle));                                        \
    }                                                                                              \
  }

DEFINE_UNIFORM(f32, float)
DEFINE_UNIFORM(f64, double)
