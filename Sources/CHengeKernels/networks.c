// SPDX-License-Identifier: MIT
#include "henge_networks.h"

#include <math.h>
#include <string.h>

#include "clones.h"

void hk_unfold(int bytes, const hk_unfolding *u, const void *input, void *out) {
  size_t pixel = u->channels * (size_t)bytes;
  char *to = out;
  for (size_t q = 0; q < u->Q; q++) {
    for (size_t r = 0; r < u->R; r++) {
      for (size_t s = 0; s < u->S; s++, to += pixel) {
        int64_t row = u->rows[r], column = u->columns[q * u->S + s];
        if (row < 0 || column < 0) {
          memset(to, 0, pixel);
        } else {
          size_t from = ((size_t)row * u->width + (size_t)column) * pixel;
          memcpy(to, (const char *)input + from, pixel);
        }
      }
    }
  }
}

#define DEFINE_FOLD(T, NAME)                                                                       \
  HK_CLONES void hk_fold_##NAME(const hk_unfolding *u, const T *in, T *input) {                    \
    for (size_t q = 0; q < u->Q; q++) {                                                            \
      for (size_t r = 0; r < u->R; r++) {                                                          \
        for (size_t s = 0; s < u->S; s++, in += u->channels) {                                     \
          int64_t row = u->rows[r], column = u->columns[q * u->S + s];                             \
          if (row < 0 || column < 0) continue;                                                     \
          T *to = input + ((size_t)row * u->width + (size_t)column) * u->channels;                 \
          for (size_t c = 0; c < u->channels; c++) to[c] += in[c];                                 \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }
DEFINE_FOLD(float, f32)
DEFINE_FOLD(double, f64)

// NaN passes through each: a network that has gone wrong must show it.
#define DEFINE_ACTIVATION(T, NAME, TANH, EXP)                                                      \
  HK_INLINE T activate_##NAME(hk_activation act, T x) {                                            \
    switch (act.kind) {                                                                            \
    case HK_RELU_ACTIVATION: return x < 0 ? 0 : x;                                                 \
    case HK_LEAKY_RELU: return x > 0 ? x : (T)act.slope * x;                                       \
    case HK_TANH_ACTIVATION: return TANH(x);                                                       \
    case HK_SIGMOID_ACTIVATION: return 1 / (1 + EXP(-x));                                          \
    case HK_NO_ACTIVATION: break;                                                                  \
    }                                                                                              \
    return x;                                                                                      \
  }                                                                                                \
  HK_INLINE T slope_##NAME(hk_activation act, T y) {                                               \
    switch (act.kind) {                                                                            \
    case HK_RELU_ACTIVATION: return y > 0;                                                         \
    case HK_LEAKY_RELU: return y > 0 ? 1 : (T)act.slope;                                           \
    case HK_TANH_ACTIVATION: return 1 - y * y;                                                     \
    case HK_SIGMOID_ACTIVATION: return y * (1 - y);                                                \
    case HK_NO_ACTIVATION: break;                                                                  \
    }                                                                                              \
    return 1;                                                                                      \
  }                                                                                                \
  HK_CLONES void hk_finish_##NAME(T *x, const T *bias, size_t rows, size_t channels,               \
                                  hk_activation act) {                                             \
    for (size_t i = 0; i < rows; i++, x += channels) {                                             \
      for (size_t c = 0; c < channels; c++) {                                                      \
        x[c] = activate_##NAME(act, bias ? x[c] + bias[c] : x[c]);                                 \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  HK_CLONES void hk_activation_backward_##NAME(const T *dy, const T *y, T *dx, size_t n,           \
                                               hk_activation act) {                                \
    for (size_t i = 0; i < n; i++) dx[i] = dy[i] * slope_##NAME(act, y[i]);                        \
  }
DEFINE_ACTIVATION(float, f32, tanhf, expf)
DEFINE_ACTIVATION(double, f64, tanh, exp)

#define DEFINE_NORMALIZE(T, NAME)                                                                  \
  HK_CLONES void hk_normalize_##NAME(                                                              \
      const T *x, size_t length, size_t channels, double epsilon, const T *scale, const T *shift,  \
      hk_activation act, const T *residual, T *out, T *mean, T *inverse, double *sums) {           \
    memset(sums, 0, 2 * channels * sizeof *sums);                                                  \
    double *squares = sums + channels;                                                             \
    for (size_t l = 0; l < length; l++) {                                                          \
      for (size_t c = 0; c < channels; c++) sums[c] += x[l * channels + c];                        \
    }                                                                                              \
    for (size_t c = 0; c < channels; c++) sums[c] /= (double)length;                               \
    for (size_t l = 0; l < length; l++) {                                                          \
      for (size_t c = 0; c < channels; c++) {                                                      \
        double d = x[l * channels + c] - sums[c];                                                  \
        squares[c] += d * d;                                                                       \
      }                                                                                            \
    }                                                                                              \
    for (size_t c = 0; c < channels; c++) {                                                        \
      mean[c] = (T)sums[c];                                                                        \
      inverse[c] = (T)(1 / sqrt(squares[c] / (double)length + epsilon));                           \
    }                                                                                              \
    for (size_t l = 0; l < length; l++) {                                                          \
      for (size_t c = 0; c < channels; c++) {                                                      \
        size_t i = l * channels + c;                                                               \
        T y = (x[i] - mean[c]) * inverse[c];                                                       \
        if (scale) y = y * scale[c];                                                               \
        if (shift) y = y + shift[c];                                                               \
        y = activate_##NAME(act, y);                                                               \
        out[i] = residual ? y + residual[i] : y;                                                   \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  HK_CLONES void hk_normalize_backward_##NAME(                                                     \
      const T *dy, const T *x, size_t length, size_t channels, const T *scale, const T *shift,     \
      hk_activation act, const T *mean, const T *inverse, T *dx, double *dscale, double *dshift,   \
      double *sums) {                                                                              \
    memset(sums, 0, 2 * channels * sizeof *sums);                                                  \
    double *products = sums + channels;                                                            \
    for (size_t l = 0; l < length; l++) {                                                          \
      for (size_t c = 0; c < channels; c++) {                                                      \
        size_t i = l * channels + c;                                                               \
        T normal = (x[i] - mean[c]) * inverse[c], y = normal;                                      \
        if (scale) y = y * scale[c];                                                               \
        if (shift) y = y + shift[c];                                                               \
        T g = dy[i] * slope_##NAME(act, activate_##NAME(act, y));                                  \
        dx[i] = g;                                                                                 \
        sums[c] += g;                                                                              \
        products[c] += (double)g * normal;                                                         \
      }                                                                                            \
    }                                                                                              \
    for (size_t c = 0; c < channels; c++) {                                                        \
      dscale[c] += products[c];                                                                    \
      dshift[c] += sums[c];                                                                        \
      sums[c] /= (double)length;                                                                   \
      products[c] /= (double)length;                                                               \
    }                                                                                              \
    for (size_t l = 0; l < length; l++) {                                                          \
      for (size_t c = 0; c < channels; c++) {                                                      \
        size_t i = l * channels + c;                                                               \
        T normal = (x[i] - mean[c]) * inverse[c];                                                  \
        T rate = scale ? inverse[c] * scale[c] : inverse[c];                                       \
        dx[i] = rate * (dx[i] - (T)sums[c] - normal * (T)products[c]);                             \
      }                                                                                            \
    }                                                                                              \
  }
DEFINE_NORMALIZE(float, f32)
DEFINE_NORMALIZE(double, f64)

#define DEFINE_ADAM(T, NAME, SQRT)                                                                 \
  HK_CLONES void hk_adam_##NAME(hk_adam_step step, const T *p, const T *g, const T *m, const T *v, \
                                T *p_out, T *m_out, T *v_out, size_t n) {                          \
    T b1 = (T)step.beta1, b2 = (T)step.beta2, decay = (T)step.decay;                               \
    T rest1 = (T)(1 - step.beta1), rest2 = (T)(1 - step.beta2);                                    \
    T rate = (T)step.rate, root = (T)step.root, epsilon = (T)step.epsilon;                         \
    for (size_t i = 0; i < n; i++) {                                                               \
      T slope = g[i] + decay * p[i];                                                               \
      T first = b1 * m[i] + rest1 * slope, second = b2 * v[i] + rest2 * slope * slope;             \
      m_out[i] = first;                                                                            \
      v_out[i] = second;                                                                           \
      p_out[i] = p[i] - rate * first / (root * SQRT(second) + epsilon);                            \
    }                                                                                              \
  }
DEFINE_ADAM(float, f32, sqrtf)
DEFINE_ADAM(double, f64, sqrt)
