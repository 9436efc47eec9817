// SPDX-License-Identifier: MIT
#ifndef HENGE_OPTIMIZER_H
#define HENGE_OPTIMIZER_H

#include "henge_convolution.h"
#include "henge_networks.h"

typedef struct {
  // As hk_adam_f64; each result may be its operand.
  void (*adam)(hk_adam_step step, const float *p, const float *g, const float *m, const float *v,
               float *new_p, float *new_m, float *new_v, size_t n);
} hk_optimizer_kernels;

// The kernels of a level, or null where this processor lacks it.
const hk_optimizer_kernels *hk_optimizer_kernels_of(hk_level level);

#endif
