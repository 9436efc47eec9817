// SPDX-License-Identifier: MIT
// The micro-kernels alone, one thread: correctness against a sum in double, and speed in GFLOP/s of
// thread time. Build and run:
//   clang -O3 -ISources/CHengeKernels/include Sources/CHengeKernels/convolution/*.c \
//     Sources/CHengeKernels/normalization/*.c \
//     Scripts/benchmarks/kernels/product.c -o /tmp/product -lm && /tmp/product
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "henge_convolution.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *array(size_t count) {
  float *a = aligned_alloc(64, (count * sizeof(float) + 127) / 64 * 64);
  for (size_t i = 0; i < count; i++) a[i] = (float)(rand() % 2001 - 1000) / 1000;
  return a;
}

static double best(void (*run)(const void *), const void *with, double flops) {
  double least = 1e9;
  for (int round = 0; round < 60; round++) {
    double start = now();
    run(with);
    double took = now() - start;
    if (took < least) least = took;
  }
  return flops / least * 1e-9;
}

typedef struct {
  const hk_convolution_kernels *kernels;
  hk_product product;
  hk_transposed_product transposed;
} job;

static void run_product(const void *with) {
  const job *j = with;
  for (int i = 0; i < 4; i++) j->kernels->product(&j->product);
}
static void run_transposed(const void *with) {
  const job *j = with;
  for (int i = 0; i < 4; i++) j->kernels->transposed_product(&j->transposed);
}

// Rows in groups, segments, a tail in every direction; bias and activation.
static double check(const hk_convolution_kernels *k, size_t m, size_t n, size_t segments,
                    size_t length, size_t group, int accumulate, hk_epilogue activation) {
  size_t groups = (m + group - 1) / group, depth = segments * length;
  size_t step = length + 3, group_step = group * step + 5, segment_step = groups * group_step;
  float *a = array(segments * segment_step), *b = array(depth * n), *bias = array(n);
  size_t panels = (n + k->panel - 1) / k->panel;
  float *packed = array(panels * depth * k->panel), *c = array(m * n), *out = array(m * n);
  for (size_t i = 0; i < m * n; i++) out[i] = c[i];
  k->pack(b, (ptrdiff_t)n, depth, n, packed, (ptrdiff_t)(depth * k->panel));
  hk_product p = {m,
                  n,
                  segments,
                  length,
                  group,
                  a,
                  (ptrdiff_t)step,
                  (ptrdiff_t)group_step,
                  (ptrdiff_t)segment_step,
                  packed,
                  (ptrdiff_t)(depth * k->panel),
                  out,
                  (ptrdiff_t)n,
                  (ptrdiff_t)(group * n),
                  (ptrdiff_t)k->panel,
                  accumulate,
                  activation ? bias : 0,
                  activation,
                  0.2f};
  k->product(&p);
  double worst = 0;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = accumulate ? c[i * n + j] : 0;
      const float *row = a + i / group * group_step + i % group * step;
      for (size_t s = 0; s < segments; s++)
        for (size_t l = 0; l < length; l++)
          sum += (double)row[s * segment_step + l] * b[(s * length + l) * n + j];
      if (activation) sum += bias[j];
      if (activation == HK_EPILOGUE_RELU && sum < 0) sum = 0;
      if (activation == HK_EPILOGUE_LEAKY_RELU && sum < 0) sum *= 0.2f;
      worst = fmax(worst, fabs(sum - out[i * n + j]) / sqrt((double)depth));
    }
  free(a), free(b), free(bias), free(packed), free(c), free(out);
  return worst;
}

static double check_transposed(const hk_convolution_kernels *k, size_t m, size_t n, size_t count,
                               size_t group, int accumulate) {
  size_t groups = (count + group - 1) / group, step = m + 3, group_step = group * step + 5;
  float *a = array(groups * group_step), *b = array(count * n), *c = array(m * n);
  size_t panels = (n + k->panel - 1) / k->panel;
  float *packed = array(panels * count * k->panel), *out = array(m * n);
  for (size_t i = 0; i < m * n; i++) out[i] = c[i];
  k->pack(b, (ptrdiff_t)n, count, n, packed, (ptrdiff_t)(count * k->panel));
  hk_transposed_product t = {m,
                             n,
                             count,
                             group,
                             a,
                             (ptrdiff_t)step,
                             (ptrdiff_t)group_step,
                             packed,
                             (ptrdiff_t)(count * k->panel),
                             out,
                             (ptrdiff_t)n,
                             (ptrdiff_t)k->panel,
                             accumulate,
                             0};
  k->transposed_product(&t);
  double worst = 0;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = accumulate ? c[i * n + j] : 0;
      for (size_t p = 0; p < count; p++)
        sum += (double)a[p / group * group_step + p % group * step + i] * b[p * n + j];
      worst = fmax(worst, fabs(sum - out[i * n + j]) / sqrt((double)count));
    }
  free(a), free(b), free(c), free(packed), free(out);
  return worst;
}

static void measure(const hk_convolution_kernels *k, size_t m, size_t n, size_t depth) {
  size_t panels = (n + k->panel - 1) / k->panel;
  float *a = array(m * depth), *b = array(panels * k->panel * depth), *c = array(m * n);
  hk_product p = {m,
                  n,
                  1,
                  depth,
                  m,
                  a,
                  (ptrdiff_t)depth,
                  0,
                  0,
                  b,
                  (ptrdiff_t)(depth * k->panel),
                  c,
                  (ptrdiff_t)n,
                  0,
                  (ptrdiff_t)k->panel,
                  0,
                  0,
                  HK_EPILOGUE_NONE,
                  0};
  hk_transposed_product t = {m,
                             n,
                             depth,
                             depth,
                             a,
                             (ptrdiff_t)m,
                             0,
                             b,
                             (ptrdiff_t)(depth * k->panel),
                             c,
                             (ptrdiff_t)n,
                             (ptrdiff_t)k->panel,
                             0,
                             0};
  job j = {k, p, t};
  double flops = 8.0 * (double)m * (double)n * (double)depth;
  printf("  %5zu x %4zu x %4zu  product %6.1f  transposed %6.1f GFLOP/s\n", m, n, depth,
         best(run_product, &j, flops), best(run_transposed, &j, flops));
  free(a), free(b), free(c);
}

int main(void) {
  static const char *const names[] = {"portable", "AVX2", "AVX-512"};
  for (int level = HK_LEVEL_PORTABLE; level <= HK_LEVEL_AVX512; level++) {
    const hk_convolution_kernels *k = hk_convolution_kernels_of((hk_level)level);
    if (!k) continue;
    double worst = 0;
    for (int i = 0; i < 400; i++) {
      size_t m = 1 + (size_t)rand() % 40, n = 1 + (size_t)rand() % 80;
      size_t group = 1 + (size_t)rand() % m;
      worst = fmax(worst, check(k, m, n, 1 + (size_t)rand() % 3, 1 + (size_t)rand() % 40, group,
                                rand() % 2, (hk_epilogue)(rand() % 3)));
      worst = fmax(worst, check_transposed(k, m, n, 1 + (size_t)rand() % 90,
                                           1 + (size_t)rand() % 90, rand() % 2));
    }
    printf("%s: largest error %.1e\n", names[level], worst);
    measure(k, 256, 256, 256);
    measure(k, 64, 256, 256);
    measure(k, 16, 128, 128);
    measure(k, 64, 64, 576);
    measure(k, 15, 512, 1024);
    measure(k, 256, 16, 128);
  }
  return 0;
}
