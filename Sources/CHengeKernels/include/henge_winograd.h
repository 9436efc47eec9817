// SPDX-License-Identifier: MIT
#ifndef HENGE_WINOGRAD_H
#define HENGE_WINOGRAD_H

#include <stddef.h>

#include "henge_convolution.h"

#pragma clang assume_nonnull begin

// Convolution of 3 x 3 and stride 1 by Winograd's F(4 x 4, 3 x 3) [Lavin and Gray 2016]: a tile of
// 4 x 4 outputs costs 36 products instead of 144. With V = B'xB of a tile of 6 x 6 inputs, U = GwG'
// of a filter, and M = the sum over input channels of V * U for each of the 36 frequencies, y =
// A'MA. Filters of 4 x 4 use F(3 x 3, 4 x 4), with the same frequencies.
//
// Backward goes through the same three matrices: dM = A dy A' serves both dV = dM U', whose tiles
// B dV B' overlap and are added into dx, and dU = the sum over tiles of dM V, from which dw = G'dU
// G.
//
// Images are channels-last, [N, H, W, C], without padding: tiles are loaded through a map of rows
// and columns that includes it. Workspaces contain channels in panels: element `lane` of tile t,
// channel panel p and frequency f is at [f * plane + p * panel_step + t * panel + lane]: a depth
// for hk_product, and packed columns for hk_transposed_product. Channels beyond the last are
// written as zeros.
//
// With a stride of 2 a filter of 3 x 3 or 4 x 4 is the sum of four filters, one for the even or odd
// rows and the even or odd columns of its input: phases, of 2 x 2 taps at most. Each uses F(4 x 4,
// 2 x 2) with 25 frequencies, and they are summed together, one phase's channels after the other's:
// 81 or 100 products for 4 x 4 outputs, instead of 144 or 256. Of 3 taps only one is odd, which
// does not need the last frequency. The gradient with respect to the input, or a transposed
// convolution, has the phases in its output: all read the same V.
//
// Phases are in the order (0, 1), (0, 0), (1, 0), (1, 1) of odd rows and odd columns: those with a
// given frequency are then adjacent. A phase begins with a panel.

enum { HK_SPATIAL_PHASES = 4 };

typedef struct {
  size_t height, width, channels;             // of the input
  size_t out_height, out_width, out_channels; // of the output
  ptrdiff_t top, left;                        // padding before the first row and column, at most 2
  int reflects;                               // padding mirrors the picture; zeros otherwise
  size_t tiles_down, tiles_across;            // of one picture
  // Where phases are written: the first row of the even ones and of the odd ones, the first column;
  // there may be some before the picture.
  ptrdiff_t first_rows[2], first_columns[2];
} hk_winograd;

// A range of tiles, counted over images, then down, then across, and its position in a workspace;
// tile `first` is the workspace's tile 0. Vectors of channels [from, to) are processed.
typedef struct {
  size_t first, count;
  size_t from, to;
  ptrdiff_t plane, panel_step;
} hk_tiles;

// From the input to the output.
typedef struct {
  size_t outputs, frequencies; // of a tile, along each axis; in all
  // V of x.
  void (*input)(const hk_winograd *shape, const hk_tiles *tiles, const float *x, float *v);
  // y of M, with an epilogue as in hk_product.
  void (*output)(const hk_winograd *shape, const hk_tiles *tiles, const float *m, float *y,
                 const float *_Nullable bias, hk_epilogue activation, float slope);
  // U of w, packed for hk_product: rows [from, to) of the depth of all panels of columns. The
  // filter of row d and column j is taps x taps floats at w + d * row_step + j * column_step; rows
  // from `depth` on and columns from `n` on are zeros. Phases are `phase_step` floats apart.
  void (*filter)(const float *w, ptrdiff_t row_step, ptrdiff_t column_step, size_t depth, size_t n,
                 size_t from, size_t to, float *u, ptrdiff_t plane, ptrdiff_t panel_step,
                 ptrdiff_t phase_step);
} hk_winograd_pass;

typedef struct {
  hk_winograd_pass pass;
  // dM of dy.
  void (*output_gradient)(const hk_winograd *shape, const hk_tiles *tiles, const float *dy,
                          float *dm);
  // Adds the contribution of dV to dx. Tiles overlap: those of one image and vector belong to one
  // caller.
  void (*input_gradient)(const hk_winograd *shape, const hk_tiles *tiles, const float *dv,
                         float *dx);
  // w of dU: rows [from, to) and n columns; element (d, j) of frequency f is at
  // u[f * plane + d * u_step + j], its nine floats go to w + (d * n + j) * 9.
  void (*filter_gradient)(const float *u, ptrdiff_t plane, ptrdiff_t u_step, size_t from, size_t to,
                          size_t n, float *w);
} hk_winograd_kernels;

// The transforms of a level, or null where this processor lacks it.
const hk_winograd_kernels *_Nullable hk_winograd_kernels_of(hk_level level, size_t taps);
// Those for filters of `taps` x `taps` and a stride of 2, with the phases in the input or, where it
// is transposed, in the output.
const hk_winograd_pass *_Nullable hk_winograd_strided_of(hk_level level, size_t taps,
                                                         int is_transposed);

#pragma clang assume_nonnull end

#endif
