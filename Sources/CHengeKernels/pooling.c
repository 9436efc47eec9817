// SPDX-License-Identifier: MIT
// Pooling, resampling and filters of one channel each: what treats every channel of a map alone.
#include <string.h>

#include "clones.h"
#include "henge_networks.h"

#define DEFINE_MAX_POOL(T, NAME)                                                                   \
  HK_CLONES void hk_max_pool_##NAME(const T *input, const hk_unfolding *u, T *out,                 \
                                    int64_t *indices) {                                            \
    for (size_t q = 0; q < u->Q; q++, out += u->channels) {                                        \
      int is_first = 1;                                                                            \
      for (size_t r = 0; r < u->R; r++) {                                                          \
        for (size_t s = 0; s < u->S; s++) {                                                        \
          int64_t row = u->rows[r], column = u->columns[q * u->S + s];                             \
          if (row < 0 || column < 0) continue;                                                     \
          int64_t place = row * (int64_t)u->width + column;                                        \
          const T *x = input + (size_t)place * u->channels;                                        \
          /* A NaN is larger than all but another NaN. */                                          \
          if (indices) {                                                                           \
            int64_t *index = indices + q * u->channels;                                            \
            for (size_t c = 0; c < u->channels; c++) {                                             \
              int wins = is_first || x[c] > out[c] || (x[c] != x[c] && out[c] == out[c]);          \
              out[c] = wins ? x[c] : out[c];                                                       \
              index[c] = wins ? place : index[c];                                                  \
            }                                                                                      \
          } else if (is_first) {                                                                   \
            memcpy(out, x, u->channels * sizeof *out);                                             \
          } else {                                                                                 \
            for (size_t c = 0; c < u->channels; c++) {                                             \
              int wins = x[c] > out[c] || (x[c] != x[c] && out[c] == out[c]);                      \
              out[c] = wins ? x[c] : out[c];                                                       \
            }                                                                                      \
          }                                                                                        \
          is_first = 0;                                                                            \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }
DEFINE_MAX_POOL(float, f32)
DEFINE_MAX_POOL(double, f64)

#define DEFINE_RESAMPLE(T, NAME)                                                                   \
  HK_CLONES void hk_resample_##NAME(const T *x, T *out, size_t n, const int64_t *starts,           \
                                    const int64_t *positions, const double *weights, size_t first, \
                                    size_t count) {                                                \
    for (size_t i = first; i < first + count; i++) {                                               \
      T *to = out + i * n;                                                                         \
      memset(to, 0, n * sizeof *to);                                                               \
      for (int64_t t = starts[i]; t < starts[i + 1]; t++) {                                        \
        const T *from = x + (size_t)positions[t] * n;                                              \
        T weight = (T)weights[t];                                                                  \
        for (size_t c = 0; c < n; c++) to[c] += weight * from[c];                                  \
      }                                                                                            \
    }                                                                                              \
  }
DEFINE_RESAMPLE(float, f32)
DEFINE_RESAMPLE(double, f64)

// Channels whose sums stay in registers over all taps.
enum { STRIP = 32 };

// A strip of `n` channels of one output, `n` a constant where it is inlined.
#define HK_FILTER_STRIP(T, n)                                                                      \
  do {                                                                                             \
    T sums[STRIP];                                                                                 \
    for (size_t i = 0; i < (n); i++) sums[i] = bias ? bias[c + i] : 0;                             \
    for (size_t t = 0; t < taps; t++) {                                                            \
      const T *x = from[t] + c, *w = weight + at[t] + c;                                           \
      for (size_t i = 0; i < (n); i++) sums[i] += w[i] * x[i];                                     \
    }                                                                                              \
    memcpy(out + c, sums, (n) * sizeof *out);                                                      \
  } while (0)

#define DEFINE_FILTER_CHANNELS(T, NAME)                                                            \
  HK_CLONES void hk_filter_channels_##NAME(const T *input, const hk_unfolding *u, const T *weight, \
                                           const T *bias, const T **from, size_t *at, T *out) {    \
    for (size_t q = 0; q < u->Q; q++, out += u->channels) {                                        \
      size_t taps = 0;                                                                             \
      for (size_t r = 0; r < u->R; r++) {                                                          \
        for (size_t s = 0; s < u->S; s++) {                                                        \
          int64_t row = u->rows[r], column = u->columns[q * u->S + s];                             \
          if (row < 0 || column < 0) continue;                                                     \
          from[taps] = input + (size_t)(row * (int64_t)u->width + column) * u->channels;           \
          at[taps++] = (r * u->S + s) * u->channels;                                               \
        }                                                                                          \
      }                                                                                            \
      size_t c = 0;                                                                                \
      for (; c + STRIP <= u->channels; c += STRIP) HK_FILTER_STRIP(T, STRIP);                      \
      if (c < u->channels) HK_FILTER_STRIP(T, u->channels - c);                                    \
    }                                                                                              \
  }
DEFINE_FILTER_CHANNELS(float, f32)
DEFINE_FILTER_CHANNELS(double, f64)
