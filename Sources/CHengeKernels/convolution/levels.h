// SPDX-License-Identifier: MIT
#ifndef HENGE_CONVOLUTION_LEVELS_H
#define HENGE_CONVOLUTION_LEVELS_H

#include "henge_convolution.h"

extern const hk_convolution_kernels hk_convolution_portable;
#if defined(__x86_64__)
extern const hk_convolution_kernels hk_convolution_avx2;
extern const hk_convolution_kernels hk_convolution_avx512;
#endif

#endif
