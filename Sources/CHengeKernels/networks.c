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
HK_INLINE double activate_f64(hk_activation act, double x) {
  switch (act.kind) {
  case HK_RELU_ACTIVATION: return x < 0 ? 0 : x;
  case HK_LEAKY_RELU: return x > 0 ? x : (double)act.slope * x;
  case HK_TANH_ACTIVATION: return tanh(x);
  case HK_SIGMOID_ACTIVATION: return 1 / (1 + exp(-x));
  case HK_NO_ACTIVATION: break;
  }
  return x;
}
HK_INLINE double slope_f64(hk_activation act, double y) {
  switch (act.kind) {
  case HK_RELU_ACTIVATION: return y > 0;
  case HK_LEAKY_RELU: return y > 0 ? 1 : (double)act.slope;
  case HK_TANH_ACTIVATION: return 1 - y * y;
  case HK_SIGMOID_ACTIVATION: return y * (1 - y);
  case HK_NO_ACTIVATION: break;
  }
  return 1;
}
HK_CLONES void hk_finish_f64(double *x, const double *bias, size_t rows, size_t channels,
                             hk_activation act) {
  for (size_t i = 0; i < rows; i++, x += channels) {
    for (size_t c = 0; c < channels; c++) {
      x[c] = activate_f64(act, bias ? x[c] + bias[c] : x[c]);
    }
  }
}
HK_CLONES void hk_activation_backward_f64(const double *dy, const double *y, double *dx, size_t n,
                                          hk_activation act) {
  for (size_t i = 0; i < n; i++) dx[i] = dy[i] * slope_f64(act, y[i]);
}

HK_CLONES void hk_normalize_f64(const double *x, size_t length, size_t channels, double epsilon,
                                const double *scale, const double *shift, hk_activation act,
                                const double *residual, double *out, double *mean,
                                double *inverse, double *sums) {
  memset(sums, 0, 2 * channels * sizeof *sums);
  double *squares = sums + channels;
  for (size_t l = 0; l < length; l++) {
    for (size_t c = 0; c < channels; c++) sums[c] += x[l * channels + c];
  }
  for (size_t c = 0; c < channels; c++) sums[c] /= (double)length;
  for (size_t l = 0; l < length; l++) {
    for (size_t c = 0; c < channels; c++) {
      double d = x[l * channels + c] - sums[c];
      squares[c] += d * d;
    }
  }
  for (size_t c = 0; c < channels; c++) {
    mean[c] = sums[c];
    inverse[c] = 1 / sqrt(squares[c] / (double)length + epsilon);
  }
  for (size_t l = 0; l < length; l++) {
    for (size_t c = 0; c < channels; c++) {
      size_t i = l * channels + c;
      double y = (x[i] - mean[c]) * inverse[c];
      if (scale) y = y * scale[c];
      if (shift) y = y + shift[c];
      y = activate_f64(act, y);
      out[i] = residual ? y + residual[i] : y;
    }
  }
}
HK_CLONES void hk_normalize_backward_f64(const double *dy, const double *x, size_t length,
                                         size_t channels, const double *scale,
                                         const double *shift, hk_activation act,
                                         const double *mean, const double *inverse, double *dx,
                                         double *dscale, double *dshift, double *sums) {
  memset(sums, 0, 2 * channels * sizeof *sums);
  double *products = sums + channels;
  for (size_t l = 0; l < length; l++) {
    for (size_t c = 0; c < channels; c++) {
      size_t i = l * channels + c;
      double normal = (x[i] - mean[c]) * inverse[c], y = normal;
      if (scale) y = y * scale[c];
      if (shift) y = y + shift[c];
      double g = dy[i] * slope_f64(act, activate_f64(act, y));
      dx[i] = g;
      sums[c] += g;
      products[c] += g * normal;
    }
  }
  for (size_t c = 0; c < channels; c++) {
    dscale[c] += products[c];
    dshift[c] += sums[c];
    sums[c] /= (double)length;
    products[c] /= (double)length;
  }
  for (size_t l = 0; l < length; l++) {
    for (size_t c = 0; c < channels; c++) {
      size_t i = l * channels + c;
      double normal = (x[i] - mean[c]) * inverse[c];
      double rate = scale ? inverse[c] * scale[c] : inverse[c];
      dx[i] = rate * (dx[i] - sums[c] - normal * products[c]);
    }
  }
}

HK_CLONES void hk_moments_f64(const double *x, size_t length, size_t channels, double *mean,
                              double *squares) {
  memset(mean, 0, channels * sizeof *mean);
  memset(squares, 0, channels * sizeof *squares);
  for (size_t l = 0; l < length; l++) {
    for (size_t c = 0; c < channels; c++) mean[c] += x[l * channels + c];
  }
  for (size_t c = 0; c < channels; c++) mean[c] /= (double)length;
  for (size_t l = 0; l < length; l++) {
    for (size_t c = 0; c < channels; c++) {
      double d = x[l * channels + c] - mean[c];
      squares[c] += d * d;
    }
  }
}
HK_CLONES void hk_affine_f64(const double *x, size_t length, size_t channels, const double *mean,
                             const double *scale, const double *shift, hk_activation act,
                             double *out) {
  for (size_t l = 0; l < length; l++, x += channels, out += channels) {
    for (size_t c = 0; c < channels; c++) {
      out[c] = activate_f64(act, (x[c] - mean[c]) * scale[c] + shift[c]);
    }
  }
}
HK_CLONES void hk_affine_sums_f64(const double *dy, const double *x, size_t length,
                                  size_t channels, const double *mean, const double *scale,
                                  const double *shift, hk_activation act, double *g,
                                  double *sums, double *products) {
  memset(sums, 0, channels * sizeof *sums);
  memset(products, 0, channels * sizeof *products);
  for (size_t l = 0; l < length; l++, x += channels, dy += channels, g += channels) {
    for (size_t c = 0; c < channels; c++) {
      double n = x[c] - mean[c];
      g[c] = dy[c] * slope_f64(act, activate_f64(act, n * scale[c] + shift[c]));
      sums[c] += g[c];
      products[c] += g[c] * n;
    }
  }
}
HK_CLONES void hk_affine_backward_f64(const double *g, const double *x, size_t length,
                                      size_t channels, const double *mean, const double *scale,
                                      const double *sums, const double *products, double *dx) {
  for (size_t l = 0; l < length; l++, x += channels, g += channels, dx += channels) {
    for (size_t c = 0; c < channels; c++) {
      dx[c] = scale[c] * g[c] - sums[c] - (x[c] - mean[c]) * products[c];
    }
  }
}

HK_CLONES void hk_adam_f64(hk_adam_step step, const double *p, const double *g, const double *m,
                           const double *v, double *p_out, double *m_out, double *v_out,
                           size_t n) {
  double b1 = step.beta1, b2 = step.beta2, decay = step.decay;
  double rest1 = 1 - step.beta1, rest2 = 1 - step.beta2;
  double rate = step.rate, root = step.root, epsilon = step.epsilon;
  double least = step.least, most = step.most;
  for (size_t i = 0; i < n; i++) {
    double slope = g[i] + decay * p[i];
    double first = b1 * m[i] + rest1 * slope, second = b2 * v[i] + rest2 * slope * slope;
    m_out[i] = first;
    v_out[i] = second;
    double next = p[i] - rate * first / (root * sqrt(second) + epsilon);
    p_out[i] = next < least ? least : next > most ? most : next;
  }
}

#define DEFINE_AVERAGE(T, NAME)                                                                    \
  HK_CLONES void hk_average_##NAME(const T *value, T rate, T *mean, size_t n) {                    \
    for (size_t i = 0; i < n; i++) mean[i] += rate * (value[i] - mean[i]);                         \
  }
DEFINE_AVERAGE(float, f32)
DEFINE_AVERAGE(double, f64)

#define DEFINE_ADD_SCALED(T, NAME)                                                                 \
  HK_CLONES void hk_add_scaled_##NAME(const T *x, T scale, T *sum, size_t n) {                     \
    for (size_t i = 0; i < n; i++) sum[i] += scale * x[i];                                         \
  }
DEFINE_ADD_SCALED(float, f32)
DEFINE_ADD_SCALED(double, f64)

#define DEFINE_IS_WITHIN(T, NAME)                                                                  \
  HK_CLONES bool hk_is_within_##NAME(const T *x, T bound, size_t n) {                              \
    int outside = 0;                                                                               \
    for (size_t i = 0; i < n; i++) outside |= !((x[i] < 0 ? -x[i] : x[i]) <= bound);               \
    return !outside;                                                                               \
  }
DEFINE_IS_WITHIN(float, f32)
DEFINE_IS_WITHIN(double, f64)

#define DEFINE_DROPOUT(T, NAME)                                                                    \
  HK_CLONES void hk_dropout_##NAME(const T *x, const float *draws, float rate, T factor, T *out,   \
                                   size_t n) {                                                     \
    /* out may be x: each element is read before it is written. */                                 \
    _Pragma("clang loop vectorize(assume_safety)") for (size_t i = 0; i < n; i++) out[i] =         \
        draws[i] < rate ? 0 : x[i] * factor;                                                       \
  }
DEFINE_DROPOUT(float, f32)
DEFINE_DROPOUT(double, f64)
