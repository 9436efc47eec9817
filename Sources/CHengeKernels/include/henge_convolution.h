// SPDX-License-Identifier: MIT
#ifndef HENGE_CONVOLUTION_H
#define HENGE_CONVOLUTION_H

#include <stddef.h>

#pragma clang assume_nonnull begin

// The kernels under the convolutions, compiled for several instruction sets from one source.
// Nothing here allocates, starts a thread or keeps state; callers cut the work and own every
// buffer. All sizes and steps count floats. No output may overlap an input.

// Instruction sets, each a table of kernels. A higher one is faster; sums are taken in the same
// order within one level, and differ in rounding between levels.
typedef enum { HK_LEVEL_PORTABLE, HK_LEVEL_AVX2, HK_LEVEL_AVX512 } hk_level;

typedef enum { HK_EPILOGUE_NONE, HK_EPILOGUE_RELU, HK_EPILOGUE_LEAKY_RELU } hk_epilogue;

// C[i][j] = or += the sum over s below `segments` and k below `length`, in that order, of
// A[i][s][k] * B[s * length + k][j], for i below m and j below n.
//
//   A[i][s][k]  a[row(i, a_step, a_group) + s * a_segment + k]
//   B           as `pack` makes it: panels of `panel` columns, the last one filled with zeros;
//               panel j / panel begins at b + (j / panel) * b_panel
//   C[i][j]     c[row(i, c_step, c_group) + (j / panel) * c_panel + j % panel]
//   row(i, step, group_step) = (i / group) * group_step + (i % group) * step
//
// A matrix product is segments 1, length K, group m, c_panel = panel. A convolution over a padded
// channels-last picture is one segment for each row of the filter, length = filter width *
// channels, a_step = stride * channels, a_segment = padded width * channels, one group for each row
// of the output: group = its width, a_group = stride * padded width * channels.
//
// Each element is summed in one accumulator whatever m, n and group are, so cutting rows or columns
// into several calls changes no bit; cutting the depth (accumulate) does.
// At the end, when not accumulating further: bias[j] is added where bias is not null, and then the
// activation is applied. Nothing is read of A beyond row m, and of C beyond column n.
typedef struct {
  size_t m, n;
  size_t segments, length;
  size_t group;
  const float *a;
  ptrdiff_t a_step, a_group, a_segment;
  const float *b;
  ptrdiff_t b_panel;
  float *c;
  ptrdiff_t c_step, c_group, c_panel;
  int accumulate;
  const float *_Nullable bias;
  hk_epilogue activation;
  float slope; // of HK_EPILOGUE_LEAKY_RELU
  // What is read after this product, where it is not B's next panel: length * panel floats for each
  // segment. It is on its way meanwhile.
  const float *_Nullable ahead;
  ptrdiff_t ahead_segment;
} hk_product;

// C[i][j] = or += the sum over p below `count`, in order, of A[p][i] * B[p][j]: a weight gradient,
// where p runs over pixels.
//
//   A[p][i]  a[row(p, a_step, a_group) + i]; rows of `group` as above
//   B[p][j]  b[(j / panel) * b_panel + p * panel + j % panel]: packed as for hk_product with depth
//   p C[i][j]  c[i * c_step + (j / panel) * c_panel + j % panel]
typedef struct {
  size_t m, n, count;
  size_t group;
  const float *a;
  ptrdiff_t a_step, a_group;
  const float *b;
  ptrdiff_t b_panel;
  float *c;
  ptrdiff_t c_step, c_panel;
  int accumulate;
  // What of B is read after this product: a panel, which is on its way meanwhile.
  const float *_Nullable ahead;
} hk_transposed_product;

typedef struct {
  hk_level level;
  size_t width; // floats in a vector
  size_t panel; // columns of a packed panel
  size_t rows;  // rows of C in registers at most
  void (*product)(const hk_product *product);
  void (*transposed_product)(const hk_transposed_product *product);
  // Packs B[k][j] = source[k * step + j], k below depth and j below n, into panels; panel j / panel
  // is written from packed + (j / panel) * packed_panel, depth * panel floats, zeros beyond column
  // n.
  void (*pack)(const float *source, ptrdiff_t step, size_t depth, size_t n, float *packed,
               ptrdiff_t packed_panel);
  // One panel of the transpose of what is packed: packed[k * panel + j] = B[j][k], k below `depth`
  // and j below `rows`, zeros beyond; B's panel k / panel begins at b + (k / panel) * b_panel.
  void (*transpose_packed)(const float *b, ptrdiff_t b_panel, size_t rows, size_t depth,
                           float *packed);
} hk_convolution_kernels;

// The kernels of a level, or null where this processor lacks it.
const hk_convolution_kernels *_Nullable hk_convolution_kernels_of(hk_level level);

// The highest level that this processor has.
hk_level hk_convolution_level(void);

#pragma clang assume_nonnull end

#endif
