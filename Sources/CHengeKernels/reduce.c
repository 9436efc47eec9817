// SPDX-License-Identifier: MIT
// Sums, extremes and statistics of rows. Sums of floats run in double precision over several lanes
// (`reassociate`), which is wider than pairwise summation for f32; the caller cuts long rows into
// blocks of a fixed length and adds their sums in order, so nothing depends on who ran which.
#include "clones.h"
#include "henge_kernels.h"
#include <math.h>

#define DEFINE_SUMS(SUFFIX, T)                                                                     \
  HK_CLONES void hk_sum_rows_##SUFFIX(const T *a, ptrdiff_t row_step, double *out, size_t rows,    \
                                      size_t n) {                                                  \
    _Pragma("clang fp reassociate(on) contract(fast)") for (size_t r = 0; r < rows; r++) {         \
      const T *p = a + (ptrdiff_t)r * row_step;                                                    \
      double sum = 0;                                                                              \
      for (size_t i = 0; i < n; i++) sum += (double)p[i];                                          \
      out[r] = sum;                                                                                \
    }                                                                                              \
  }                                                                                                \
  HK_CLONES void hk_squares_rows_##SUFFIX(const T *a, ptrdiff_t row_step, const double *center,    \
                                          double *out, size_t rows, size_t n) {                    \
    _Pragma("clang fp reassociate(on) contract(fast)") for (size_t r = 0; r < rows; r++) {         \
      const T *p = a + (ptrdiff_t)r * row_step;                                                    \
      double sum = 0, c = center[r];                                                               \
      for (size_t i = 0; i < n; i++) {                                                             \
        double d = (double)p[i] - c;                                                               \
        sum += d * d;                                                                              \
      }                                                                                            \
      out[r] = sum;                                                                                \
    }                                                                                              \
  }                                                                                                \
  HK_CLONES void hk_sum_columns_##SUFFIX(const T *a, ptrdiff_t row_step, const double *center,     \
                                         double *sums, size_t rows, size_t n) {                    \
    for (size_t r = 0; r < rows; r++) {                                                            \
      const T *restrict p = a + (ptrdiff_t)r * row_step;                                           \
      double *restrict s = sums;                                                                   \
      if (center) {                                                                                \
        const double *restrict c = center;                                                         \
        for (size_t i = 0; i < n; i++) {                                                           \
          double d = (double)p[i] - c[i];                                                          \
          s[i] += d * d;                                                                           \
        }                                                                                          \
      } else {                                                                                     \
        for (size_t i = 0; i < n; i++) s[i] += (double)p[i];                                       \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  void hk_accumulate_##SUFFIX(const T *a, T *out, size_t n) {                                      \
    double sum = 0;                                                                                \
    for (size_t i = 0; i < n; i++) {                                                               \
      sum += (double)a[i];                                                                         \
      out[i] = (T)sum;                                                                             \
    }                                                                                              \
  }

DEFINE_SUMS(f32, float)
DEFINE_SUMS(f64, double)

// The value is found by a loop without an exit, which vectorises; the place by a second one.
#define DEFINE_EXTREME(SUFFIX, T)                                                                  \
  HK_CLONES void hk_extreme_rows_##SUFFIX(int largest, const T *a, ptrdiff_t row_step,             \
                                          int64_t *where, size_t rows, size_t n) {                 \
    for (size_t r = 0; r < rows; r++) {                                                            \
      const T *p = a + (ptrdiff_t)r * row_step;                                                    \
      T best = p[0];                                                                               \
      int nan = 0;                                                                                 \
      if (largest) {                                                                               \
        for (size_t i = 0; i < n; i++) {                                                           \
          best = p[i] > best ? p[i] : best;                                                        \
          nan |= p[i] != p[i];                                                                     \
        }                                                                                          \
      } else {                                                                                     \
        for (size_t i = 0; i < n; i++) {                                                           \
          best = p[i] < best ? p[i] : best;                                                        \
          nan |= p[i] != p[i];                                                                     \
        }                                                                                          \
      }                                                                                            \
      size_t at = 0;                                                                               \
      if (nan) {                                                                                   \
        while (at < n - 1 && p[at] == p[at]) at++;                                                 \
      } else {                                                                                     \
        while (at < n - 1 && p[at] != best) at++;                                                  \
      }                                                                                            \
      where[r] = (int64_t)at;                                                                      \
    }                                                                                              \
  }

DEFINE_EXTREME(f32, float)
DEFINE_EXTREME(f64, double)
DEFINE_EXTREME(i64, int64_t)
DEFINE_EXTREME(u8, uint8_t)

#define DEFINE_STATISTICS(SUFFIX, T)                                                               \
  HK_CLONES void hk_statistics_##SUFFIX(const T *a, size_t n, hk_statistics *out) {                \
    _Pragma("clang fp reassociate(on)") int64_t nan = 0, infinite = 0;                             \
    double sum = 0;                                                                                \
    T low = (T)INFINITY, high = -(T)INFINITY;                                                      \
    for (size_t i = 0; i < n; i++) {                                                               \
      T x = a[i];                                                                                  \
      int is_nan = x != x, is_infinite = x == (T)INFINITY || x == -(T)INFINITY;                    \
      int finite = !is_nan & !is_infinite;                                                         \
      nan += is_nan;                                                                               \
      infinite += is_infinite;                                                                     \
      sum += finite ? (double)x : 0;                                                               \
      low = finite && x < low ? x : low;                                                           \
      high = finite && x > high ? x : high;                                                        \
    }                                                                                              \
    out->nan = nan;                                                                                \
    out->infinite = infinite;                                                                      \
    out->finite = (int64_t)n - nan - infinite;                                                     \
    out->minimum = low;                                                                            \
    out->maximum = high;                                                                           \
    out->sum = sum;                                                                                \
  }                                                                                                \
  HK_CLONES double hk_finite_squares_##SUFFIX(const T *a, size_t n, double center) {               \
    _Pragma("clang fp reassociate(on) contract(fast)") double sum = 0;                             \
    for (size_t i = 0; i < n; i++) {                                                               \
      double d = isfinite(a[i]) ? (double)a[i] - center : 0;                                       \
      sum += d * d;                                                                                \
    }                                                                                              \
    return sum;                                                                                    \
  }

DEFINE_STATISTICS(f32, float)
DEFINE_STATISTICS(f64, double)
