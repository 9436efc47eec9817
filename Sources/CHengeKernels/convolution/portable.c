// SPDX-License-Identifier: MIT
// For every processor: vectors of four, sixteen registers, no fused multiplication.
#define HK_WIDTH 4
#define HK_ROWS 6
#include "levels.h"
#include "table.h"

HK_TABLES(hk_convolution_portable, HK_LEVEL_PORTABLE)
