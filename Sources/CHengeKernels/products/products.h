// SPDX-License-Identifier: MIT
// Matrix products of the level that a file is compiled for, of f32 and of f64.
#ifndef HENGE_PRODUCTS_KERNELS_H
#define HENGE_PRODUCTS_KERNELS_H

#include "../convolution/product.h"
#include "henge_products.h"

#if HK_WIDTH == 16
#define f64_ZIP(a, b, first)                                                                       \
  __builtin_shufflevector(a, b, first, first + 8, first + 1, first + 9, first + 2, first + 10,     \
                          first + 3, first + 11)
#elif HK_WIDTH == 8
#define f64_ZIP(a, b, first) __builtin_shufflevector(a, b, first, first + 4, first + 1, first + 5)
#elif HK_WIDTH == 4
#define f64_ZIP(a, b, first) __builtin_shufflevector(a, b, first, first + 2)
#endif
#define f32_ZIP HK_ZIP

#define ELEMENT float
#define NAME(x) f32_##x
#define LANES HK_WIDTH
#include "element.h"
#undef ELEMENT
#undef NAME
#undef LANES

#define ELEMENT double
#define NAME(x) f64_##x
#define LANES (HK_WIDTH / 2)
#include "element.h"
#undef ELEMENT
#undef NAME
#undef LANES

#define HK_PRODUCT_TABLE(type)                                                                     \
  {                                                                                                \
    .rows = HK_ROWS, .panel = type##_COLUMNS, .tile = type##_TILE, .pack_left = type##_pack_left,  \
    .pack_right = type##_pack_right, .multiply = type##_multiply, .dot = type##_dot                \
  }
#define HK_PRODUCT_TABLES(name)                                                                    \
  const hk_product_kernels name[2] = {HK_PRODUCT_TABLE(f32), HK_PRODUCT_TABLE(f64)};

#endif
