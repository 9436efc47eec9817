// SPDX-License-Identifier: MIT
// Vectors of eight: 12 of 16 registers contain a tile of 6 x 16.
#if defined(__x86_64__)
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define HK_WIDTH 8
#define HK_ROWS 6
#include "levels.h"
#include "table.h"

HK_TABLES(hk_convolution_avx2, HK_LEVEL_AVX2)
#pragma clang attribute pop
#endif
