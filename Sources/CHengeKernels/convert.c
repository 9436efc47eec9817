// SPDX-License-Identifier: MIT
// Copies between strided elements of any two types.
#include "clones.h"
#include "henge_kernels.h"
#include <math.h>
#include <string.h>

HK_INLINE uint8_t byte_from_f32(float x, int down) {
  if (!(x > 0)) return 0; // NaN too
  if (x >= 255) return 255;
  return (uint8_t)(down ? x : rintf(x));
}

HK_INLINE uint8_t byte_from_f64(double x, int down) {
  if (!(x > 0)) return 0;
  if (x >= 255) return 255;
  return (uint8_t)(down ? x : rint(x));
}

HK_INLINE uint8_t byte_from_i64(int64_t x) { return x < 0 ? 0 : x > 255 ? 255 : (uint8_t)x; }

// Towards zero. The largest double below 2^63 is 2^63 - 1024, so the bounds are exact.
HK_INLINE int64_t integer_from_f64(double x, size_t *failed) {
  if (x >= -0x1p63 && x < 0x1p63) return (int64_t)x;
  *failed += 1;
  return 0;
}

#define CONVERT(A, O, EXPRESSION)                                                                  \
  do {                                                                                             \
    const A *p = (const A *)a;                                                                     \
    O *q = (O *)out;                                                                               \
    if (as == 1 && os == 1) {                                                                      \
      for (size_t i = 0; i < n; i++) {                                                             \
        A x = p[i];                                                                                \
        q[i] = (O)(EXPRESSION);                                                                    \
      }                                                                                            \
    } else {                                                                                       \
      for (size_t i = 0; i < n; i++) {                                                             \
        A x = p[(ptrdiff_t)i * as];                                                                \
        q[(ptrdiff_t)i * os] = (O)(EXPRESSION);                                                    \
      }                                                                                            \
    }                                                                                              \
  } while (0)

#define COPY(T)                                                                                    \
  do {                                                                                             \
    if (as == 1 && os == 1)                                                                        \
      memmove(out, a, n * sizeof(T));                                                              \
    else                                                                                           \
      CONVERT(T, T, x);                                                                            \
  } while (0)

#define FROM_FLOAT(A, BYTE)                                                                        \
  switch (to) {                                                                                    \
  case HK_F32: CONVERT(A, float, x); break;                                                        \
  case HK_F64: CONVERT(A, double, x); break;                                                       \
  case HK_U8: CONVERT(A, uint8_t, BYTE(x, round_down)); break;                                     \
  case HK_I64: CONVERT(A, int64_t, integer_from_f64((double)x, &failed)); break;                   \
  case HK_BOOL: CONVERT(A, uint8_t, x != 0); break;                                                \
  }

#define FROM_INTEGER(A, BYTE)                                                                      \
  switch (to) {                                                                                    \
  case HK_F32: CONVERT(A, float, x); break;                                                        \
  case HK_F64: CONVERT(A, double, x); break;                                                       \
  case HK_U8: CONVERT(A, uint8_t, BYTE(x)); break;                                                 \
  case HK_I64: CONVERT(A, int64_t, x); break;                                                      \
  case HK_BOOL: CONVERT(A, uint8_t, x != 0); break;                                                \
  }

HK_CLONES size_t hk_convert(hk_type from, const void *a, ptrdiff_t as, hk_type to, void *out,
                            ptrdiff_t os, size_t n, int round_down) {
  size_t failed = 0;
  if (from == to) {
    switch (from) {
    case HK_F32: COPY(uint32_t); break;
    case HK_F64:
    case HK_I64: COPY(uint64_t); break;
    case HK_U8:
    case HK_BOOL: COPY(uint8_t); break;
    }
    return 0;
  }
  switch (from) {
  case HK_F32: FROM_FLOAT(float, byte_from_f32) break;
  case HK_F64: FROM_FLOAT(double, byte_from_f64) break;
  case HK_U8:
  case HK_BOOL: FROM_INTEGER(uint8_t, (uint8_t)) break;
  case HK_I64: FROM_INTEGER(int64_t, byte_from_i64) break;
  }
  return failed;
}

HK_CLONES void hk_ramp_f32(double first, double step, float *out, size_t begin, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = (float)(first + (double)(begin + i) * step);
}

HK_CLONES void hk_ramp_f64(double first, double step, double *out, size_t begin, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = first + (double)(begin + i) * step;
}

HK_CLONES void hk_ramp_i64(int64_t first, int64_t step, int64_t *out, size_t begin, size_t n) {
  for (size_t i = 0; i < n; i++)
    out[i] = (int64_t)((uint64_t)first + (uint64_t)(begin + i) * (uint64_t)step);
}
