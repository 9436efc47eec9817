// SPDX-License-Identifier: MIT
// The tables of the level a file is compiled for.
#include "../normalization/kernels.h"
#include "../optimizer/kernels.h"
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
                                       .pack_transposed = pack_transposed};                        \
  const hk_winograd_kernels name##_winograd = {.input = winograd_input,                            \
                                               .output = winograd_output,                          \
                                               .output_gradient = winograd_output_gradient,        \
                                               .input_gradient = winograd_input_gradient,          \
                                               .filter = winograd_filter,                          \
                                               .filter_gradient = winograd_filter_gradient};                   \
  HK_FEW_TABLE(name##_few)                                                                         \
  HK_NORMALIZATION_TABLE(name##_normalization)                                                     \
  HK_OPTIMIZER_TABLE(name##_optimizer)
