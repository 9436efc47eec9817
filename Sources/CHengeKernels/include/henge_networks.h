// SPDX-License-Identifier: MIT
// Loops of networks over plain buffers: convolutions by unfolding, activations, normalisation and
// Adam.
// Activations are channels-last. What f32 has faster is in henge_direct.h, henge_winograd.h,
// henge_normalization.h and henge_optimizer.h. As in henge_kernels.h, whoever calls owns memory and
// cuts the work.
#ifndef HENGE_NETWORKS_H
#define HENGE_NETWORKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { HK_NO_ACTIVATION, HK_RELU_ACTIVATION, HK_LEAKY_RELU, HK_TANH_ACTIVATION,
               HK_SIGMOID_ACTIVATION } hk_activation_kind;

typedef struct {
  hk_activation_kind kind;
  float slope;  // of leaky ReLU below 0
} hk_activation;

// The pixels under a kernel: rows[r] and columns[q * S + s] are the input's row and column that tap
// (r, s) of output q meets, or -1 for zeros. One output row has Q columns.
typedef struct {
  size_t width, channels;      // of the input, [H, W, C]
  size_t R, S, Q;              // kernel height and width, output width
  const int64_t *rows;         // [R] of this output row
  const int64_t *columns;      // [Q * S]
} hk_unfolding;

// Copies what output row `u` meets to `out`, [Q, R, S, C]; elements of `bytes` bytes.
void hk_unfold(int bytes, const hk_unfolding *u, const void *input, void *out);
// Adds `in`, [Q, R, S, C], back to where it came from.
void hk_fold_f32(const hk_unfolding *u, const float *in, float *input);
void hk_fold_f64(const hk_unfolding *u, const double *in, double *input);

// The largest of what each output of row `u` meets, [Q, C], and, unless `indices` is NULL, its
// row * width + column.
void hk_max_pool_f32(const float *input, const hk_unfolding *u, float *out, int64_t *indices);
void hk_max_pool_f64(const double *input, const hk_unfolding *u, double *out, int64_t *indices);

// Each channel of each output of row `u`, [Q, C]: bias (may be NULL) and the sum, tap after tap, of
// its `weight` [R, S, C] times what it meets. `from` and `at` are room for R * S elements.
void hk_filter_channels_f32(const float *input, const hk_unfolding *u, const float *weight,
                            const float *bias, const float **from, size_t *at, float *out);
void hk_filter_channels_f64(const double *input, const hk_unfolding *u, const double *weight,
                            const double *bias, const double **from, size_t *at, double *out);

// out[i][c] = sum of weights[t] * x[positions[t]][c] over t in starts[i]...starts[i + 1], for rows
// first..<first + count; x and out are rows of n elements.
void hk_resample_f32(const float *x, float *out, size_t n, const int64_t *starts,
                     const int64_t *positions, const double *weights, size_t first, size_t count);
void hk_resample_f64(const double *x, double *out, size_t n, const int64_t *starts,
                     const int64_t *positions, const double *weights, size_t first, size_t count);

// x[i][c] = act(x[i][c] + bias[c]); bias may be NULL.
void hk_finish_f64(double *x, const double *bias, size_t rows, size_t channels, hk_activation act);

// out[i] = draws[i] < rate ? 0 : x[i] * factor.
void hk_dropout_f32(const float *x, const float *draws, float rate, float factor, float *out,
                    size_t n);
void hk_dropout_f64(const double *x, const float *draws, float rate, double factor, double *out,
                    size_t n);

// dx = dy * act'(.), from the activation's result y.
void hk_activation_backward_f64(const double *dy, const double *y, double *dx, size_t n,
                                hk_activation act);

// Normalizes x[L][C] over L; scale, shift and residual may be NULL. sums is memory for 2 * C
// doubles.
void hk_normalize_f64(const double *x, size_t length, size_t channels, double epsilon,
                      const double *scale, const double *shift, hk_activation act,
                      const double *residual, double *out, double *mean, double *inverse,
                      double *sums);
// dscale and dshift are [C] and are added to.
void hk_normalize_backward_f64(const double *dy, const double *x, size_t length, size_t channels,
                               const double *scale, const double *shift, hk_activation act,
                               const double *mean, const double *inverse, double *dx,
                               double *dscale, double *dshift, double *sums);

// Of each channel of x[L][C]: its mean, and the sum of its squared distances from that.
void hk_moments_f64(const double *x, size_t length, size_t channels, double *mean,
                    double *squares);
// out = act((x - mean) * scale + shift).
void hk_affine_f64(const double *x, size_t length, size_t channels, const double *mean,
                   const double *scale, const double *shift, hk_activation act, double *out);
// With g = dy * act'(…), which it stores: sums[c] of g, products[c] of g * (x - mean).
void hk_affine_sums_f64(const double *dy, const double *x, size_t length, size_t channels,
                        const double *mean, const double *scale, const double *shift,
                        hk_activation act, double *g, double *sums, double *products);
// dx = scale * g - sums[c] - (x - mean) * products[c]; `dx` may be g.
void hk_affine_backward_f64(const double *g, const double *x, size_t length, size_t channels,
                            const double *mean, const double *scale, const double *sums,
                            const double *products, double *dx);

// One step of Adam on n elements. `rate` and `root` are what lr and √v are multiplied by:
// p -= rate * m / (root * √v + epsilon), and then p is kept within [least, most].
typedef struct {
  double rate, root, beta1, beta2, epsilon, decay, least, most;
} hk_adam_step;
void hk_adam_f64(hk_adam_step step, const double *p, const double *g, const double *m,
                 const double *v, double *p_out, double *m_out, double *v_out, size_t n);

// mean += rate * (value - mean); value is not mean.
void hk_average_f32(const float *value, float rate, float *mean, size_t n);
void hk_average_f64(const double *value, double rate, double *mean, size_t n);

// sum += scale * x; sum is not x.
void hk_add_scaled_f32(const float *x, float scale, float *sum, size_t n);
void hk_add_scaled_f64(const double *x, double scale, double *sum, size_t n);

// Whether all of x is within [-bound, bound]; NaN is not.
bool hk_is_within_f32(const float *x, float bound, size_t n);
bool hk_is_within_f64(const double *x, double bound, size_t n);

#endif
