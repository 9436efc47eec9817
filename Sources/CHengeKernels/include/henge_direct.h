// SPDX-License-Identifier: MIT
#ifndef HENGE_DIRECT_H
#define HENGE_DIRECT_H

#include "henge_convolution.h"
#include "henge_normalization.h"

// Convolutions without transforms: images are padded once, filters packed once, and the rest are
// matrix products whose operand is the padded image itself. A plan determines the number of blocks,
// by shape alone; the caller runs each stage's blocks in any order and on any threads, one stage
// after another, and owns all memory.

// Where a filter [K, C, R, S] meets pictures [N, H, W, C]; the output is [N, P, Q, K].
typedef struct {
  size_t images, channels, height, width;
  size_t filters, filter_height, filter_width;
  size_t out_height, out_width;
  size_t stride_y, stride_x;
  size_t top, bottom, left, right;
  int reflect; // the border mirrors the picture, which is larger than it; zeros otherwise
} hk_geometry;

// One convolution of a padded picture, every output of it or those of one remainder by a stride.
typedef struct {
  size_t taps_y, taps_x;       // the filter's height and width
  size_t from_y, from_x;       // where in the padded picture output (0, 0) begins to read
  size_t rows, columns;        // outputs
  size_t out_y, out_x;         // the first of them
  size_t packed;               // where its filter begins
  // Tap t of it is the filter's element tap + t * tap_step.
  ptrdiff_t tap_y, tap_step_y, tap_x, tap_step_x;
} hk_phase;

enum {
  HK_PHASES = 16, // a plan has no more: strides of 4
  HK_TAPS = 1024, // of a filter: 32 x 32
  HK_FEW = 4      // outputs that fill no panel
};

// A plan of a convolution, or of the gradient at its input, which is one with the filter mirrored
// and as many phases as strides.
typedef struct {
  hk_geometry geometry;
  hk_level level;
  int backward;                  // whether it is the gradient at the input
  size_t inner, outer;           // channels read, channels written
  size_t height, width;          // the picture read
  size_t before_y, before_x, padded_height, padded_width;
  int reflect;
  size_t step_y, step_x;         // between outputs, in the padded picture
  size_t out_height, out_width;  // the picture written, by phases that lie out_step apart
  size_t out_step_y, out_step_x;
  size_t phases;
  hk_phase phase[HK_PHASES];
  size_t panel, panels;          // columns of a packed panel; 1 where there are few outputs
  size_t rows_per_block, row_blocks, panels_per_block, panel_blocks;
  size_t pad_rows, pad_blocks;   // rows of a block, blocks of all pictures
  size_t fold_rows;
  // Floats that the caller lends: packed filters, padded pictures, gradients of padded pictures.
  size_t packed_count, padded_count, unfolded_count;
  size_t pack_inner, pack_blocks; // inner channels packed in a block
  hk_activation act;
  // Blocks of the three stages; a stage may have none.
  size_t prepare_blocks, run_blocks, finish_blocks;
} hk_direct;

typedef struct {
  const float *x;     // pictures read
  const float *w;     // [K, C, R, S]
  const float *bias;  // [outer] or null
  float *out;
  float *packed, *padded, *unfolded;
} hk_direct_operands;

// Whether there is a plan: what a geometry needs is within these kernels' limits.
int hk_direct_plan(hk_direct *plan, const hk_geometry *geometry, hk_level level, int backward,
                   hk_activation act);
void hk_direct_prepare(const hk_direct *plan, const hk_direct_operands *o, size_t block);
void hk_direct_run(const hk_direct *plan, const hk_direct_operands *o, size_t block);
void hk_direct_finish(const hk_direct *plan, const hk_direct_operands *o, size_t block);

// A plan of the gradient at the filter. Each element is summed over pixels in order by one block.
typedef struct {
  hk_geometry geometry;
  hk_level level;
  size_t padded_height, padded_width;
  size_t panel, panels;         // of the filters; panel 1 where there are few
  size_t parts, part_length;    // of a row of the filter, S * C
  size_t chunk_rows;            // output rows in one product
  size_t pad_rows, pad_blocks;
  size_t pack_pixels, pack_blocks;
  size_t unpack_inner;
  size_t padded_count, packed_count, sums_count;
  size_t prepare_blocks, run_blocks, finish_blocks;
} hk_direct_weights;

typedef struct {
  const float *x;
  const float *dy;
  float *dw; // [K, C, R, S]
  float *padded, *packed, *sums;
} hk_direct_weights_operands;

// As hk_direct_plan.
int hk_direct_weights_plan(hk_direct_weights *plan, const hk_geometry *geometry, hk_level level);
void hk_direct_weights_prepare(const hk_direct_weights *plan, const hk_direct_weights_operands *o,
                               size_t block);
void hk_direct_weights_run(const hk_direct_weights *plan, const hk_direct_weights_operands *o,
                           size_t block);
void hk_direct_weights_finish(const hk_direct_weights *plan, const hk_direct_weights_operands *o,
                              size_t block);

// C[i][j] = or += the sum over p below `count`, in order, of A[p][i] * B[p][j], i below m, which is
// at most HK_FEW; steps as in hk_transposed_product, B unpacked.
typedef struct {
  size_t m, n, count, group;
  const float *a;
  ptrdiff_t a_step, a_group;
  const float *b;
  ptrdiff_t b_step, b_group;
  float *c;
  ptrdiff_t c_step;
  int accumulate;
} hk_few_transposed;

typedef struct {
  // As hk_convolution_kernels' product, with n at most HK_FEW, no activation, and B's column j at
  // b + j * b_panel, segments * length floats. Lanes are summed apart, then together.
  void (*product)(const hk_product *product);
  void (*transposed_product)(const hk_few_transposed *product);
} hk_few_kernels;

// The kernels of a level, or null where this processor lacks it.
const hk_few_kernels *hk_few_kernels_of(hk_level level);

#endif
