// SPDX-License-Identifier: MIT
#ifndef HENGE_OPTIMIZER_H
#define HENGE_OPTIMIZER_H

#include "henge_convolution.h"

// A step of Adam: with d = g + decay * p,
//   m' = m + (d - m) * (1 - beta1)
//   v' = beta2 * v + (1 - beta2) * d * d
//   p' = p - rate * m' / (sqrt(v') * root + epsilon)
// PyTorch's: rate = lr / (1 - beta1^t), root = 1 / sqrt(1 - beta2^t). Keras': root = 1 and
// rate = lr * sqrt(1 - beta2^t) / (1 - beta1^t).
typedef struct {
  double beta1, beta2, rate, root, epsilon, decay;
} hk_adam;

typedef struct {
  // n elements in one pass; each result may be its operand.
  void (*adam)(const hk_adam *step, const float *p, const float *g, const float *m, const float *v,
               float *new_p, float *new_m, float *new_v, size_t n);
} hk_optimizer_kernels;

// The kernels of a level, or null where this processor lacks it.
const hk_optimizer_kernels *hk_optimizer_kernels_of(hk_level level);

#endif
