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
  void hk_accumulate_##SUFFIX(const T *a, T *out, size_t n, double *carry) {                       \
    double sum = *carry;                                                                           \
    for (size_t i = 0; i < n; i++) {                                                               \
      sum += (double)a[i];                                                                         \
      out[i] = (T)sum;                                                                             \
    }                                                                                              \
    *carry = sum;                                                                                  \
  }                                                                                                \
  void hk_accumulate_products_##SUFFIX(const T *a, T *out, size_t n, double *carry) {              \
    double product = *carry;                                                                       \
    for (size_t i = 0; i < n; i++) {                                                               \
      product *= (double)a[i];                                                                     \
      out[i] = (T)product;                                                                         \
    }                                                                                              \
    *carry = product;                                                                              \
  }

DEFINE_SUMS(f32, float)
DEFINE_SUMS(f64, double)

// The value is found by lanes side by side, which vectorise; the place by a second loop.
#define LANES 32
#define HK_WINS(BETTER, X) ((BETTER) | ((X) != (X)))

#define DEFINE_EXTREME(SUFFIX, T)                                                                  \
  HK_INLINE T extreme_##SUFFIX(const T *p, size_t n, int largest, int *nan) {                      \
    T best[LANES];                                                                                 \
    int bad[LANES] = {0};                                                                          \
    for (size_t j = 0; j < LANES; j++) best[j] = p[0];                                             \
    size_t i = 0;                                                                                  \
    for (; i + LANES <= n; i += LANES) {                                                           \
      for (size_t j = 0; j < LANES; j++) {                                                         \
        T x = p[i + j];                                                                            \
        best[j] = (largest ? x > best[j] : x < best[j]) ? x : best[j];                             \
        bad[j] |= x != x;                                                                          \
      }                                                                                            \
    }                                                                                              \
    for (size_t j = 0; i + j < n; j++) {                                                           \
      T x = p[i + j];                                                                              \
      best[j] = (largest ? x > best[j] : x < best[j]) ? x : best[j];                               \
      bad[j] |= x != x;                                                                            \
    }                                                                                              \
    for (size_t j = 0; j < LANES; j++) {                                                           \
      best[0] = (largest ? best[j] > best[0] : best[j] < best[0]) ? best[j] : best[0];             \
      *nan |= bad[j];                                                                              \
    }                                                                                              \
    return best[0];                                                                                \
  }                                                                                                \
  HK_CLONES void hk_extreme_rows_##SUFFIX(int largest, const T *a, ptrdiff_t row_step,             \
                                          int64_t *where, size_t rows, size_t n) {                 \
    for (size_t r = 0; r < rows; r++) {                                                            \
      const T *p = a + (ptrdiff_t)r * row_step;                                                    \
      int nan = 0;                                                                                 \
      T best = largest ? extreme_##SUFFIX(p, n, 1, &nan) : extreme_##SUFFIX(p, n, 0, &nan);        \
      size_t at = 0;                                                                               \
      if (nan) {                                                                                   \
        while (at < n - 1 && p[at] == p[at]) at++;                                                 \
      } else {                                                                                     \
        while (at < n - 1 && p[at] != best) at++;                                                  \
      }                                                                                            \
      where[r] = (int64_t)at;                                                                      \
    }                                                                                              \
  }                                                                                                \
  HK_CLONES void hk_extreme_columns_##SUFFIX(int largest, const T *a, ptrdiff_t row_step, T *out,  \
                                             size_t rows, size_t n) {                              \
    for (size_t r = 0; r < rows; r++) {                                                            \
      const T *restrict p = a + (ptrdiff_t)r * row_step;                                           \
      T *restrict o = out;                                                                         \
      if (r == 0) {                                                                                \
        for (size_t i = 0; i < n; i++) o[i] = p[i];                                                \
      } else if (largest) {                                                                        \
        for (size_t i = 0; i < n; i++) o[i] = HK_WINS(p[i] > o[i], p[i]) ? p[i] : o[i];            \
      } else {                                                                                     \
        for (size_t i = 0; i < n; i++) o[i] = HK_WINS(p[i] < o[i], p[i]) ? p[i] : o[i];            \
      }                                                                                            \
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
