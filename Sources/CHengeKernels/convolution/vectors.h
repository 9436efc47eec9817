// SPDX-License-Identifier: MIT
// Vectors of the level a file is compiled for. Before including it, the file sets
//   HK_WIDTH  floats in a vector
//   HK_ROWS   rows of a tile of C in registers, HK_ROWS * 2 accumulators in all
#ifndef HENGE_CONVOLUTION_VECTORS_H
#define HENGE_CONVOLUTION_VECTORS_H

#include <stdint.h>
#include <string.h>

#include "../clones.h"
#include "henge_convolution.h"

#pragma clang fp contract(fast)

enum { WIDTH = HK_WIDTH, ROWS = HK_ROWS, PANEL = 2 * HK_WIDTH };

// Aligned no more than its elements, so that it can be read from anywhere.
typedef float vector __attribute__((vector_size(HK_WIDTH * 4), aligned(4)));
typedef float aligned_vector __attribute__((vector_size(HK_WIDTH * 4)));
typedef int32_t mask __attribute__((vector_size(HK_WIDTH * 4), aligned(4)));

HK_INLINE vector load(const float *from) { return *(const vector *)from; }
HK_INLINE void store(float *to, vector x) { *(vector *)to = x; }
// To an aligned vector. Where it is less than a cache line, the line would go to memory in pieces.
HK_INLINE void store_past_cache(float *to, vector x) {
  if (WIDTH == 16)
    __builtin_nontemporal_store(x, (aligned_vector *)to);
  else
    store(to, x);
}

// NaN passes through both, and the infinities as they should.
HK_INLINE vector activated(vector x, hk_epilogue activation, float slope) {
  if (activation == HK_EPILOGUE_RELU) return (vector)((mask)x & ~(mask)(x <= 0.0f));
  if (activation == HK_EPILOGUE_LEAKY_RELU) {
    mask positive = (mask)(x > 0.0f);
    return (vector)(((mask)x & positive) | ((mask)(x * slope) & ~positive));
  }
  return x;
}

HK_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

#endif
