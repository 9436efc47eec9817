// SPDX-License-Identifier: MIT
// The kernels of henge_normalization.h at one level. Sums walk a strip of channels down all rows,
// so that they stay in registers; elementwise steps walk row by row, in memory order.
#ifndef HENGE_NORMALIZATION_KERNELS_H
#define HENGE_NORMALIZATION_KERNELS_H

#include <math.h>

#include "../convolution/vectors.h"
#include "henge_normalization.h"

enum { STRIP = WIDTH == 16 ? 4 : 2 };

typedef double wide __attribute__((vector_size(HK_WIDTH * 8), aligned(8)));

// `some` below WIDTH reads and writes that many lanes, the others being 0 and left alone.
HK_INLINE vector load_some(const float *p, size_t some) {
  if (some == WIDTH) return load(p);
  vector v = {0};
  memcpy(&v, p, some * sizeof(float));
  return v;
}

HK_INLINE void store_some(float *p, vector v, size_t some) {
  if (some == WIDTH)
    store(p, v);
  else
    memcpy(p, &v, some * sizeof(float));
}

HK_INLINE vector choose(mask which, vector a, vector b) {
  return (vector)((which & (mask)a) | (~which & (mask)b));
}

HK_INLINE vector activate(vector z, hk_activation act) {
  vector zero = {0};
  switch (act.kind) {
  case HK_NO_ACTIVATION: return z;
  // NaN is no number below 0: it stays.
  case HK_RELU_ACTIVATION: return choose(z <= zero, zero, z);
  case HK_LEAKY_RELU: return choose(z > zero, z, z * act.slope);
  case HK_TANH_ACTIVATION:
    for (int i = 0; i < WIDTH; i++) z[i] = tanhf(z[i]);
    return z;
  case HK_SIGMOID_ACTIVATION:
    for (int i = 0; i < WIDTH; i++) z[i] = 1 / (1 + expf(-z[i]));
    return z;
  }
  return z;
}

// The derivative, computed from the result, whose sign is the argument's if the slope is positive.
HK_INLINE vector derivative(vector y, hk_activation act) {
  vector zero = {0}, one = zero + 1;
  switch (act.kind) {
  case HK_NO_ACTIVATION: return one;
  case HK_RELU_ACTIVATION: return choose(y > zero, one, zero);
  case HK_LEAKY_RELU: return choose(y > zero, one, zero + act.slope);
  case HK_TANH_ACTIVATION: return 1 - y * y;
  case HK_SIGMOID_ACTIVATION: return y * (1 - y);
  }
  return one;
}

// A macro, since no register of a lower level can contain the result of a function.
#define widen(v) __builtin_convertvector(v, wide)

HK_INLINE void put_wide(double *p, const wide *v, size_t some) {
  for (size_t i = 0; i < some; i++) p[i] = (*v)[i];
}

HK_INLINE void moments_strip(const float *x, size_t rows, size_t step, double *sums,
                             double *squares, int strip, size_t some) {
  wide s[STRIP], q[STRIP];
  for (int i = 0; i < strip; i++) s[i] = q[i] = (wide){0};
  for (size_t r = 0; r < rows; r++) {
    const float *p = x + r * step;
    for (int i = 0; i < strip; i++) {
      wide d = widen(load_some(p + i * WIDTH, some));
      s[i] = s[i] + d;
      q[i] = q[i] + d * d;
    }
  }
  for (int i = 0; i < strip; i++) {
    put_wide(sums + i * WIDTH, &s[i], some);
    put_wide(squares + i * WIDTH, &q[i], some);
  }
}

HK_INLINE void moments_of(const float *x, size_t rows, size_t channels, double *sums,
                          double *squares) {
  size_t c = 0;
  for (; c + STRIP * WIDTH <= channels; c += STRIP * WIDTH)
    moments_strip(x + c, rows, channels, sums + c, squares + c, STRIP, WIDTH);
  for (; c + WIDTH <= channels; c += WIDTH)
    moments_strip(x + c, rows, channels, sums + c, squares + c, 1, WIDTH);
  if (c < channels) moments_strip(x + c, rows, channels, sums + c, squares + c, 1, channels - c);
}

HK_INLINE void sums_strip(const float *dy, const float *x, size_t rows, size_t step, size_t c,
                          hk_normal normal, hk_activation act, double *sums, double *products,
                          int strip, size_t some) {
  wide s[STRIP], q[STRIP];
  vector mean[STRIP], inverse[STRIP], scale[STRIP], shift[STRIP];
  for (int i = 0; i < strip; i++) {
    s[i] = q[i] = (wide){0};
    mean[i] = load_some(normal.mean + c + (size_t)i * WIDTH, some);
    inverse[i] = load_some(normal.inverse + c + (size_t)i * WIDTH, some);
    scale[i] = load_some(normal.scale + c + (size_t)i * WIDTH, some);
    shift[i] = load_some(normal.shift + c + (size_t)i * WIDTH, some);
  }
  for (size_t r = 0; r < rows; r++) {
    const float *p = x + r * step + c, *g = dy + r * step + c;
    for (int i = 0; i < strip; i++) {
      vector n = (load_some(p + i * WIDTH, some) - mean[i]) * inverse[i];
      vector d = load_some(g + i * WIDTH, some);
      if (act.kind != HK_NO_ACTIVATION)
        d = d * derivative(activate(n * scale[i] + shift[i], act), act);
      s[i] = s[i] + widen(d);
      q[i] = q[i] + widen(d) * widen(n);
    }
  }
  for (int i = 0; i < strip; i++) {
    put_wide(sums + c + (size_t)i * WIDTH, &s[i], some);
    put_wide(products + c + (size_t)i * WIDTH, &q[i], some);
  }
}

HK_INLINE void sums_of(const float *dy, const float *x, size_t rows, size_t channels,
                       hk_normal normal, hk_activation act, double *sums, double *products) {
  // Half a strip: four parameters a channel want registers too.
  enum { HALF = STRIP / 2 };
  size_t c = 0;
  for (; c + HALF * WIDTH <= channels; c += HALF * WIDTH)
    sums_strip(dy, x, rows, channels, c, normal, act, sums, products, HALF, WIDTH);
  for (; c + WIDTH <= channels; c += WIDTH)
    sums_strip(dy, x, rows, channels, c, normal, act, sums, products, 1, WIDTH);
  if (c < channels)
    sums_strip(dy, x, rows, channels, c, normal, act, sums, products, 1, channels - c);
}

HK_INLINE void normalize_some(const float *x, size_t c, hk_normal normal, hk_activation act,
                              const float *residual, float *out, size_t some) {
  vector n = load_some(x + c, some) - load_some(normal.mean + c, some);
  vector z = n * load_some(normal.inverse + c, some) * load_some(normal.scale + c, some);
  vector y = activate(z + load_some(normal.shift + c, some), act);
  store_some(out + c, residual ? y + load_some(residual + c, some) : y, some);
}

HK_INLINE void normalize_rows(const float *x, size_t rows, size_t channels, hk_normal normal,
                              hk_activation act, const float *residual, float *out) {
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * channels, c = 0;
    const float *rest = residual ? residual + at : NULL;
    for (; c + WIDTH <= channels; c += WIDTH)
      normalize_some(x + at, c, normal, act, rest, out + at, WIDTH);
    if (c < channels) normalize_some(x + at, c, normal, act, rest, out + at, channels - c);
  }
}

HK_INLINE void backward_some(const float *dy, const float *x, size_t c, hk_normal normal,
                             hk_activation act, const float *sums, const float *products,
                             float *dx, size_t some) {
  vector inverse = load_some(normal.inverse + c, some), scale = load_some(normal.scale + c, some);
  vector n = (load_some(x + c, some) - load_some(normal.mean + c, some)) * inverse;
  vector d = load_some(dy + c, some);
  if (act.kind != HK_NO_ACTIVATION)
    d = d * derivative(activate(n * scale + load_some(normal.shift + c, some), act), act);
  d = d * (inverse * scale) - load_some(sums + c, some) - n * load_some(products + c, some);
  store_some(dx + c, d, some);
}

HK_INLINE void backward_rows(const float *dy, const float *x, size_t rows, size_t channels,
                             hk_normal normal, hk_activation act, const float *sums,
                             const float *products, float *dx) {
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * channels, c = 0;
    for (; c + WIDTH <= channels; c += WIDTH)
      backward_some(dy + at, x + at, c, normal, act, sums, products, dx + at, WIDTH);
    if (c < channels)
      backward_some(dy + at, x + at, c, normal, act, sums, products, dx + at, channels - c);
  }
}

HK_INLINE void activate_rows(const float *x, size_t rows, size_t channels, const float *bias,
                             hk_activation act, float *out) {
  for (size_t r = 0; r < rows; r++) {
    const float *p = x + r * channels;
    float *o = out + r * channels;
    for (size_t c = 0; c < channels; c += WIDTH) {
      size_t some = channels - c < WIDTH ? channels - c : WIDTH;
      vector z = load_some(p + c, some);
      store_some(o + c, activate(bias ? z + load_some(bias + c, some) : z, act), some);
    }
  }
}

HK_INLINE void scale_by_derivative(const float *dy, const float *y, size_t count, hk_activation act,
                                 float *dx) {
  for (size_t i = 0; i < count; i += WIDTH) {
    size_t some = count - i < WIDTH ? count - i : WIDTH;
    store_some(dx + i, load_some(dy + i, some) * derivative(load_some(y + i, some), act), some);
  }
}

// Fewer channels than lanes: as many rows as fit in FOLD floats are taken for one, its parameters
// repeated, and the sums of equal channels added at the end.
enum { FOLD = 64 };

typedef struct {
  size_t repeat, channels, rows; // of the wide rows; channels = repeat * the narrow ones
} fold;

HK_INLINE fold folded(size_t rows, size_t channels) {
  size_t repeat = channels < WIDTH ? FOLD / channels : 1;
  return (fold){repeat, repeat * channels, rows / repeat};
}

HK_INLINE void repeat(const fold *f, const float *from, float *to) {
  size_t channels = f->channels / f->repeat;
  for (size_t i = 0; i < f->channels; i++) to[i] = from[i % channels];
}

typedef struct {
  float mean[FOLD], inverse[FOLD], scale[FOLD], shift[FOLD];
} wide_normal;

HK_INLINE hk_normal repeat_normal(const fold *f, hk_normal n, wide_normal *to) {
  repeat(f, n.mean, to->mean);
  repeat(f, n.inverse, to->inverse);
  repeat(f, n.scale, to->scale);
  repeat(f, n.shift, to->shift);
  return (hk_normal){to->mean, to->inverse, to->scale, to->shift};
}

// Adds the sums of the wide rows to those of the rows left over.
HK_INLINE void add_folded(const fold *f, const double *from, double *to) {
  size_t channels = f->channels / f->repeat;
  for (size_t i = 0; i < f->channels; i++) to[i % channels] += from[i];
}

// One loop for each activation: none of them tests what it is.
#define EACH_ACTIVATION(CALL)                                                                      \
  switch (act.kind) {                                                                              \
  case HK_NO_ACTIVATION: act.kind = HK_NO_ACTIVATION; CALL; break;                                 \
  case HK_RELU_ACTIVATION: act.kind = HK_RELU_ACTIVATION; CALL; break;                             \
  case HK_LEAKY_RELU: act.kind = HK_LEAKY_RELU; CALL; break;                                       \
  case HK_TANH_ACTIVATION: act.kind = HK_TANH_ACTIVATION; CALL; break;                             \
  case HK_SIGMOID_ACTIVATION: act.kind = HK_SIGMOID_ACTIVATION; CALL; break;                       \
  }

static void moments(const float *x, size_t rows, size_t channels, double *sums, double *squares) {
  fold f = folded(rows, channels);
  size_t done = f.repeat > 1 ? f.rows * f.repeat : 0;
  moments_of(x + done * channels, rows - done, channels, sums, squares);
  if (done == 0) return;
  double wide_sums[FOLD], wide_squares[FOLD];
  moments_of(x, f.rows, f.channels, wide_sums, wide_squares);
  add_folded(&f, wide_sums, sums);
  add_folded(&f, wide_squares, squares);
}

HK_INLINE void normalize_each(const float *x, size_t rows, size_t channels, hk_normal normal,
                              hk_activation act, const float *residual, float *out) {
  if (residual) {
    EACH_ACTIVATION(normalize_rows(x, rows, channels, normal, act, residual, out))
  } else {
    EACH_ACTIVATION(normalize_rows(x, rows, channels, normal, act, NULL, out))
  }
}

static void normalize(const float *x, size_t rows, size_t channels, hk_normal normal,
                      hk_activation act, const float *residual, float *out) {
  fold f = folded(rows, channels);
  size_t done = 0;
  if (f.repeat > 1) {
    wide_normal to;
    done = f.rows * f.repeat;
    normalize_each(x, f.rows, f.channels, repeat_normal(&f, normal, &to), act, residual, out);
  }
  size_t at = done * channels;
  normalize_each(x + at, rows - done, channels, normal, act, residual ? residual + at : NULL,
                 out + at);
}

HK_INLINE void sums_each(const float *dy, const float *x, size_t rows, size_t channels,
                         hk_normal normal, hk_activation act, double *sums, double *products) {
  EACH_ACTIVATION(sums_of(dy, x, rows, channels, normal, act, sums, products))
}

static void gradient_sums(const float *dy, const float *x, size_t rows, size_t channels,
                          hk_normal normal, hk_activation act, double *sums, double *products) {
  fold f = folded(rows, channels);
  size_t done = f.repeat > 1 ? f.rows * f.repeat : 0, at = done * channels;
  sums_each(dy + at, x + at, rows - done, channels, normal, act, sums, products);
  if (done == 0) return;
  wide_normal to;
  double wide_sums[FOLD], wide_products[FOLD];
  sums_each(dy, x, f.rows, f.channels, repeat_normal(&f, normal, &to), act, wide_sums,
            wide_products);
  add_folded(&f, wide_sums, sums);
  add_folded(&f, wide_products, products);
}

HK_INLINE void backward_each(const float *dy, const float *x, size_t rows, size_t channels,
                             hk_normal normal, hk_activation act, const float *sums,
                             const float *products, float *dx) {
  EACH_ACTIVATION(backward_rows(dy, x, rows, channels, normal, act, sums, products, dx))
}

static void backward(const float *dy, const float *x, size_t rows, size_t channels,
                     hk_normal normal, hk_activation act, const float *sums, const float *products,
                     float *dx) {
  fold f = folded(rows, channels);
  size_t done = 0;
  if (f.repeat > 1) {
    wide_normal to;
    float wide_sums[FOLD], wide_products[FOLD];
    repeat(&f, sums, wide_sums);
    repeat(&f, products, wide_products);
    done = f.rows * f.repeat;
    backward_each(dy, x, f.rows, f.channels, repeat_normal(&f, normal, &to), act, wide_sums,
                  wide_products, dx);
  }
  size_t at = done * channels;
  backward_each(dy + at, x + at, rows - done, channels, normal, act, sums, products, dx + at);
}

static void activate_all(const float *x, size_t rows, size_t channels, const float *bias,
                                hk_activation act, float *out) {
  if (!bias) {
    EACH_ACTIVATION(activate_rows(x, 1, rows * channels, NULL, act, out))
    return;
  }
  fold f = folded(rows, channels);
  float wide_bias[FOLD];
  size_t done = 0;
  if (f.repeat > 1) {
    repeat(&f, bias, wide_bias);
    done = f.rows * f.repeat;
    EACH_ACTIVATION(activate_rows(x, f.rows, f.channels, wide_bias, act, out))
  }
  x += done * channels, out += done * channels, rows -= done;
  EACH_ACTIVATION(activate_rows(x, rows, channels, bias, act, out))
}

static void activate_backward(const float *dy, const float *y, size_t count, hk_activation act,
                                 float *dx) {
  EACH_ACTIVATION(scale_by_derivative(dy, y, count, act, dx))
}
#undef EACH_ACTIVATION

#define HK_NORMALIZATION_TABLE(name)                                                               \
  const hk_normalization_kernels name = {.moments = moments,                                       \
                                         .normalize = normalize,                                   \
                                         .gradient_sums = gradient_sums,                           \
                                         .backward = backward,                                     \
                                         .activate = activate_all,                                 \
                                         .activate_backward = activate_backward};

#endif
