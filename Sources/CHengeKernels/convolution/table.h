// SPDX-License-Identifier: MIT
// The table of the level a file is compiled for.
#include "product.h"

#define HK_TABLE(name, set)                                                                        \
  const hk_convolution_kernels name = {.level = set,                                               \
                                       .width = WIDTH,                                             \
                                       .panel = PANEL,                                             \
                                       .rows = ROWS,                                               \
                                       .product = product,                                         \
                                       .transposed_product = transposed_product,                   \
                                       .pack = pack,                                               \
                                       .pack_transposed = pack_transposed};
