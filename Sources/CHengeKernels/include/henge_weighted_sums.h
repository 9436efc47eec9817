// SPDX-License-Identifier: MIT
#ifndef HENGE_WEIGHTED_SUMS_H
#define HENGE_WEIGHTED_SUMS_H

#include <stddef.h>
#include <stdint.h>

// Adds weights[k * weight_step + i] * rows[i * row_step + p] to sums[k * sum_step + p], for each k
// below `groups` and p below `width`, over i below `row_count` in order.
void hk_weighted_sums_u8(const uint8_t *rows, size_t row_step, size_t row_count,
                         const double *weights, size_t weight_step, size_t groups, double *sums,
                         size_t sum_step, size_t width);
void hk_weighted_sums_f32(const float *rows, size_t row_step, size_t row_count,
                          const double *weights, size_t weight_step, size_t groups, double *sums,
                          size_t sum_step, size_t width);

#endif
