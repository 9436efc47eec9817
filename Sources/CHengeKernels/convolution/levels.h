// SPDX-License-Identifier: MIT
#ifndef HENGE_CONVOLUTION_LEVELS_H
#define HENGE_CONVOLUTION_LEVELS_H

#include "henge_convolution.h"
#include "henge_direct.h"
#include "henge_normalization.h"
#include "henge_optimizer.h"
#include "henge_products.h"
#include "henge_winograd.h"

extern const hk_convolution_kernels hk_convolution_portable;
extern const hk_winograd_kernels hk_convolution_portable_winograd[2];
extern const hk_winograd_pass hk_convolution_portable_winograd_strided[2][2];
extern const hk_few_kernels hk_convolution_portable_few;
extern const hk_normalization_kernels hk_convolution_portable_normalization;
extern const hk_optimizer_kernels hk_convolution_portable_optimizer;
extern const hk_product_kernels hk_convolution_portable_products[2];
#if defined(__x86_64__)
extern const hk_convolution_kernels hk_convolution_avx2;
extern const hk_winograd_kernels hk_convolution_avx2_winograd[2];
extern const hk_winograd_pass hk_convolution_avx2_winograd_strided[2][2];
extern const hk_few_kernels hk_convolution_avx2_few;
extern const hk_normalization_kernels hk_convolution_avx2_normalization;
extern const hk_optimizer_kernels hk_convolution_avx2_optimizer;
extern const hk_product_kernels hk_convolution_avx2_products[2];
extern const hk_convolution_kernels hk_convolution_avx512;
extern const hk_winograd_kernels hk_convolution_avx512_winograd[2];
extern const hk_winograd_pass hk_convolution_avx512_winograd_strided[2][2];
extern const hk_few_kernels hk_convolution_avx512_few;
extern const hk_normalization_kernels hk_convolution_avx512_normalization;
extern const hk_optimizer_kernels hk_convolution_avx512_optimizer;
extern const hk_product_kernels hk_convolution_avx512_products[2];
#endif

#endif
