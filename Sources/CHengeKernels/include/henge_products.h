// SPDX-License-Identifier: MIT
#ifndef HENGE_PRODUCTS_H
#define HENGE_PRODUCTS_H

#include <stddef.h>

#include "henge_convolution.h"

#pragma clang assume_nonnull begin

// Matrix products of f32 and f64, compiled for several instruction sets from one source.
//
// A product is cut into stretches of HK_PRODUCT_DEPTH of the depth, which are added up in order;
// within a stretch each element of the result is summed in one accumulator, whatever the number of
// rows and columns. So rows and columns may be cut anywhere without a change of bits.
// Nothing here allocates, starts a thread or keeps state.

enum { HK_PRODUCT_DEPTH = 512 };

// Element (i, j) is at[i * row + j * column]; steps count elements, and one of them is 1.
typedef struct {
  const void *at;
  ptrdiff_t row, column;
} hk_matrix;

typedef struct {
  size_t rows;  // of a tile, which stays in registers
  size_t panel; // columns of a packed panel
  size_t tile;  // elements that a packed tile of the left matrix takes
  // Packs m rows of up to HK_PRODUCT_DEPTH columns into ceil(m / rows) tiles.
  void (*pack_left)(const hk_matrix *a, size_t m, size_t depth, void *packed);
  // Packs n columns of up to HK_PRODUCT_DEPTH rows into ceil(n / panel) panels of depth * panel
  // elements, zeros beyond column n.
  void (*pack_right)(const hk_matrix *b, size_t depth, size_t n, void *packed);
  // c[i * step + j] = or, if `adds`, += the product of the packed matrices. `a` describes the left
  // matrix before packing.
  void (*multiply)(const hk_matrix *a, const void *left, const void *right, size_t m, size_t n,
                   size_t depth, void *c, ptrdiff_t step, int adds);
  // out[0] = or, where `adds`, += the product of the first row of `a` and the first column of `b`.
  void (*dot)(const hk_matrix *a, const hk_matrix *b, size_t depth, void *out, int adds);
} hk_product_kernels;

// The kernels of a level for elements of `size` bytes, 4 or 8; null where this processor lacks it.
const hk_product_kernels *_Nullable hk_product_kernels_of(hk_level level, size_t size);

#pragma clang assume_nonnull end

#endif
