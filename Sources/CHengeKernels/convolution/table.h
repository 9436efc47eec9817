// SPDX-License-Identifier: MIT
// The tables of the level a file is compiled for.
#include "../normalization/kernels.h"
#include "../optimizer/kernels.h"
#include "../products/products.h"
#include "few.h"
#include "product.h"
#include "winograd.h"

#define HK_TABLES(name, set)                                                                       \
  const hk_convolution_kernels name = {.level = set,                                               \
                                       .width = WIDTH,                                             \
                                       .panel = PANEL,                                             \
                                       .rows = ROWS,                                               \
                                       .product = product,                                         \
                                       .transposed_product = transposed_product,                   \
                                       .pack = pack,                                               \
                                       .transpose_packed = transpose_packed};                      \
  HK_WINOGRAD_TABLES(name##_winograd)                                                              \
  HK_FEW_TABLE(name##_few)                                                                         \
  HK_NORMALIZATION_TABLE(name##_normalization)                                                     \
  HK_OPTIMIZER_TABLE(name##_optimizer)                                                             \
  HK_PRODUCT_TABLES(name##_products)
