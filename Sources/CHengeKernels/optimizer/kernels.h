// SPDX-License-Identifier: MIT
// The kernels of henge_optimizer.h at one level.
#ifndef HENGE_OPTIMIZER_KERNELS_H
#define HENGE_OPTIMIZER_KERNELS_H

#include "../normalization/kernels.h"
#include "henge_optimizer.h"

HK_INLINE void adam_some(hk_adam_step s, const float *p, const float *g, const float *m,
                         const float *v, float *new_p, float *new_m, float *new_v, size_t some) {
  vector x = load_some(p, some), y = load_some(m, some), z = load_some(v, some);
  vector d = load_some(g, some) + x * (float)s.decay;
  y = y + (d - y) * (float)(1 - s.beta1);
  z = z * (float)s.beta2 + d * d * (float)(1 - s.beta2);
  vector root = __builtin_elementwise_sqrt(z);
  x = x - y * (float)s.rate / (root * (float)s.root + (float)s.epsilon);
  vector least = (vector){0} + (float)s.least, most = (vector){0} + (float)s.most;
  // NaN is neither below nor above: it stays.
  x = choose(x < least, least, choose(x > most, most, x));
  store_some(new_m, y, some);
  store_some(new_v, z, some);
  store_some(new_p, x, some);
}

static void adam(hk_adam_step s, const float *p, const float *g, const float *m, const float *v,
                 float *new_p, float *new_m, float *new_v, size_t n) {
  size_t i = 0;
  for (; i + WIDTH <= n; i += WIDTH)
    adam_some(s, p + i, g + i, m + i, v + i, new_p + i, new_m + i, new_v + i, WIDTH);
  if (i < n) adam_some(s, p + i, g + i, m + i, v + i, new_p + i, new_m + i, new_v + i, n - i);
}

#define HK_OPTIMIZER_TABLE(name) const hk_optimizer_kernels name = {.adam = adam};

#endif
