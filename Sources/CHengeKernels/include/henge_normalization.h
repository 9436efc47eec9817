// SPDX-License-Identifier: MIT
#ifndef HENGE_NORMALIZATION_H
#define HENGE_NORMALIZATION_H

#include "henge_convolution.h"
#include "henge_networks.h"

// Normalisation of channels, and the functions that follow it, compiled for the levels of
// henge_convolution.h. Every kernel walks `rows` rows of `channels` adjacent floats. Sums are taken
// in double precision, each channel's in the order of the rows; callers cut rows into parts by
// shape alone and add the parts' sums in order, so nothing depends on who ran which.

// The normalization of a channel: n = (x - mean) * inverse, z = n * scale + shift. All are
// [channels].
typedef struct {
  const float *mean, *inverse, *scale, *shift;
} hk_normal;

typedef struct {
  // sums[c] = the sum of a channel, squares[c] = that of its squares.
  void (*moments)(const float *x, size_t rows, size_t channels, double *sums, double *squares);
  // out = act(z) + residual; `residual` may be null.
  void (*normalize)(const float *x, size_t rows, size_t channels, hk_normal normal,
                    hk_activation act, const float *residual, float *out);
  // With g = dy * act'(z): sums[c] of g, products[c] of g * n.
  void (*gradient_sums)(const float *dy, const float *x, size_t rows, size_t channels,
                        hk_normal normal, hk_activation act, double *sums, double *products);
  // dx = inverse * scale * g - sums[c] - n * products[c]; both sums were multiplied before by what
  // the normalization asks for, inverse * scale / count for that of each channel by itself.
  void (*backward)(const float *dy, const float *x, size_t rows, size_t channels, hk_normal normal,
                   hk_activation act, const float *sums, const float *products, float *dx);
  // out = act(x + bias); `bias` may be null, `out` may be x.
  void (*activate)(const float *x, size_t rows, size_t channels, const float *bias,
                   hk_activation act, float *out);
  // dx = dy * act'(z), computed from y = act(z); `dx` may be dy.
  void (*activate_backward)(const float *dy, const float *y, size_t count, hk_activation act,
                            float *dx);
} hk_normalization_kernels;

// The kernels of a level, or null where this processor lacks it.
const hk_normalization_kernels *hk_normalization_kernels_of(hk_level level);

// Adds the parts' [2][channels] sums in order: totals[c] and totals[channels + c].
void hk_join_sums(const double *partials, size_t parts, size_t channels, double *totals);

// Means and 1 / sqrt(variance + epsilon) of `count` elements a channel, from their total sum and
// sum of squares. In doubles the difference of the two is good to 1e-6 of the variance while a mean
// is below some 10,000 times the spread; floats themselves are coarser than that beyond it.
void hk_moments_finish(const double *totals, size_t channels, double count, double epsilon,
                       float *mean, float *inverse);

#endif
