// SPDX-License-Identifier: MIT
// Vectors of sixteen: 28 of 32 registers contain a tile of 14 x 32.
#if defined(__x86_64__)
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#define HK_WIDTH 16
#define HK_ROWS 14
#include "levels.h"
#include "table.h"

HK_TABLES(hk_convolution_avx512, HK_LEVEL_AVX512)
#pragma clang attribute pop
#endif
