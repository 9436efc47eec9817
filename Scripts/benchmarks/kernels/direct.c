// SPDX-License-Identifier: MIT
// The direct convolutions alone, one thread: errors against sums in double (relative, in the norm
// of all elements) and the least thread time of a run, packing and padding included. Build and run:
//   clang -O3 -ISources/CHengeKernels/include Sources/CHengeKernels/convolution/*.c \
//     Sources/CHengeKernels/normalization/*.c Scripts/benchmarks/kernels/direct.c -o /tmp/direct \
//     -lm -lpthread
//   /tmp/direct check | /tmp/direct bench [ROUNDS] [LEVEL 0-2] [THREADS 1-2]
// With two threads the times are of a clock on the wall, and blocks are claimed as the pool does.
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "henge_direct.h"

static int threads = 1;

static double now(void) {
  struct timespec t;
  clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *array(size_t count) {
  float *a = aligned_alloc(64, (count * sizeof(float) + 127) / 64 * 64);
  for (size_t i = 0; i < count; i++) a[i] = (float)(rand() % 2001 - 1000) / 1000;
  return a;
}

// A workspace full of NaN: what is read before it is written shows.
static float *dirty(size_t count) {
  float *a = aligned_alloc(64, (count * sizeof(float) + 127) / 64 * 64);
  memset(a, 0xff, count * sizeof(float));
  return a;
}

static hk_geometry make(size_t n, size_t c, size_t h, size_t w, size_t k, size_t r, size_t s,
                        size_t sy, size_t sx, size_t top, size_t bottom, size_t left, size_t right,
                        int reflect) {
  hk_geometry g = {n, c, h, w, k, r, s, 0, 0, sy, sx, top, bottom, left, right, reflect};
  g.out_height = (h + top + bottom - r) / sy + 1;
  g.out_width = (w + left + right - s) / sx + 1;
  return g;
}

static long place(long at, long size, int reflect) {
  if (at >= 0 && at < size) return at;
  return reflect ? (at < 0 ? -at : 2 * (size - 1) - at) : -1;
}

// All three results at once in double: y of x, dx and dw of dy.
static void truth(const hk_geometry *g, const float *x, const float *w, const float *dy, double *y,
                  double *dx, double *dw) {
  for (size_t n = 0; n < g->images; n++)
    for (size_t p = 0; p < g->out_height; p++)
      for (size_t q = 0; q < g->out_width; q++)
        for (size_t r = 0; r < g->filter_height; r++)
          for (size_t s = 0; s < g->filter_width; s++) {
            long row = (long)(p * g->stride_y + r) - (long)g->top;
            long column = (long)(q * g->stride_x + s) - (long)g->left;
            long iy = place(row, (long)g->height, g->reflect);
            long ix = place(column, (long)g->width, g->reflect);
            if (iy < 0 || ix < 0) continue;
            size_t at = ((n * g->height + (size_t)iy) * g->width + (size_t)ix) * g->channels;
            size_t out = ((n * g->out_height + p) * g->out_width + q) * g->filters;
            for (size_t k = 0; k < g->filters; k++)
              for (size_t c = 0; c < g->channels; c++) {
                size_t f = ((k * g->channels + c) * g->filter_height + r) * g->filter_width + s;
                y[out + k] += (double)x[at + c] * w[f];
                dx[at + c] += (double)dy[out + k] * w[f];
                dw[f] += (double)dy[out + k] * x[at + c];
              }
          }
}

static double distance(const float *a, const double *b, size_t count) {
  double error = 0, norm = 0;
  for (size_t i = 0; i < count; i++) {
    error += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return sqrt(error) / (sqrt(norm) + 1e-30);
}

typedef struct {
  hk_direct plan;
  hk_direct_operands o;
} convolution;

static int open_convolution(convolution *c, const hk_geometry *g, hk_level level, int backward,
                            hk_activation act, const float *x, const float *w, const float *bias,
                            float *out) {
  if (!hk_direct_plan(&c->plan, g, level, backward, act)) return 0;
  c->o = (hk_direct_operands){x, w, bias, out, dirty(c->plan.packed_count),
                              dirty(c->plan.padded_count), dirty(c->plan.unfolded_count)};
  return 1;
}

static void close_convolution(convolution *c) {
  free(c->o.packed), free(c->o.padded), free(c->o.unfolded);
}

typedef void (*stage)(const void *plan, const void *operands, size_t block);

static struct {
  stage run;
  const void *plan, *operands;
  size_t blocks;
  atomic_long next, posted, done;
} desk;

static void claim(void) {
  for (long i; (i = atomic_fetch_sub(&desk.next, 1)) >= 0;)
    desk.run(desk.plan, desk.operands, (size_t)i);
}

static void *help(void *nothing) {
  for (long seen = 0;; seen++) {
    while (atomic_load(&desk.posted) == seen) __builtin_ia32_pause();
    claim();
    atomic_fetch_add(&desk.done, 1);
  }
  return nothing;
}

// Backwards through the blocks: their order must not matter.
static void each(size_t blocks, stage run, const void *plan, const void *operands) {
  desk.run = run, desk.plan = plan, desk.operands = operands;
  atomic_store(&desk.next, (long)blocks - 1);
  if (threads > 1) atomic_fetch_add(&desk.posted, 1);
  claim();
  while (threads > 1 && atomic_load(&desk.done) < atomic_load(&desk.posted)) __builtin_ia32_pause();
}

static void convolve(const convolution *c) {
  each(c->plan.prepare_blocks, (stage)(void *)hk_direct_prepare, &c->plan, &c->o);
  each(c->plan.run_blocks, (stage)(void *)hk_direct_run, &c->plan, &c->o);
  each(c->plan.finish_blocks, (stage)(void *)hk_direct_finish, &c->plan, &c->o);
}

typedef struct {
  hk_direct_weights plan;
  hk_direct_weights_operands o;
} weights;

static int open_weights(weights *c, const hk_geometry *g, hk_level level, const float *x,
                        const float *dy, float *dw) {
  if (!hk_direct_weights_plan(&c->plan, g, level)) return 0;
  c->o = (hk_direct_weights_operands){x, dy, dw, dirty(c->plan.padded_count),
                                      dirty(c->plan.packed_count), dirty(c->plan.sums_count)};
  return 1;
}

static void close_weights(weights *c) { free(c->o.padded), free(c->o.packed), free(c->o.sums); }

static void gradient(const weights *c) {
  each(c->plan.prepare_blocks, (stage)(void *)hk_direct_weights_prepare, &c->plan, &c->o);
  each(c->plan.run_blocks, (stage)(void *)hk_direct_weights_run, &c->plan, &c->o);
  each(c->plan.finish_blocks, (stage)(void *)hk_direct_weights_finish, &c->plan, &c->o);
}

static size_t draw(size_t least, size_t most) {
  return least + (size_t)rand() % (most - least + 1);
}

static float acted(double z, hk_activation act) {
  switch (act.kind) {
  case HK_RELU_ACTIVATION: return z > 0 ? (float)z : 0;
  case HK_LEAKY_RELU: return (float)(z > 0 ? z : z * (double)act.slope);
  case HK_TANH_ACTIVATION: return tanhf((float)z);
  case HK_SIGMOID_ACTIVATION: return 1 / (1 + expf(-(float)z));
  default: return (float)z;
  }
}

static int check(void) {
  double worst[3][3] = {{0}};
  int cases = 0;
  for (int round = 0; round < 400; round++) {
    size_t r = draw(1, 7), s = draw(1, 7);
    int reflect = rand() % 3 == 0;
    size_t h = draw(reflect ? 4 : 1, 20), w = draw(reflect ? 4 : 1, 20);
    size_t c = rand() % 2 ? draw(1, 6) : draw(7, 70), k = rand() % 2 ? draw(1, 6) : draw(7, 70);
    hk_geometry g = make(draw(1, 3), c, h, w, k, r, s, draw(1, 3), draw(1, 3), draw(0, 3),
                         draw(0, 3), draw(0, 3), draw(0, 3), reflect);
    if (h + g.top + g.bottom < r || w + g.left + g.right < s) continue;
    size_t xs = g.images * h * w * c, ys = g.images * g.out_height * g.out_width * k,
           ws = k * c * r * s;
    float *x = array(xs), *f = array(ws), *dy = array(ys), *bias = array(128);
    double *y = calloc(ys, 8), *dx = calloc(xs, 8), *dw = calloc(ws, 8);
    truth(&g, x, f, dy, y, dx, dw);
    hk_activation act = {(hk_activation_kind)(rand() % 5), 0.2f};
    for (size_t i = 0; i < ys; i++) y[i] = (double)acted(y[i] + (double)bias[i % k], act);
    for (size_t i = 0; i < xs; i++) dx[i] = (double)acted(dx[i] + (double)bias[i % c], act);
    for (int level = 0; level < 3; level++) {
      float *out = dirty(ys), *in = dirty(xs), *df = dirty(ws);
      convolution forward, backward;
      weights back;
      if (!open_convolution(&forward, &g, (hk_level)level, 0, act, x, f, bias, out)) continue;
      open_convolution(&backward, &g, (hk_level)level, 1, act, dy, f, bias, in);
      open_weights(&back, &g, (hk_level)level, x, dy, df);
      convolve(&forward), convolve(&backward), gradient(&back);
      double e[3] = {distance(out, y, ys), distance(in, dx, xs), distance(df, dw, ws)};
      for (int i = 0; i < 3; i++) {
        if (!(e[i] < 3e-6)) {
          printf("FAULT level %d result %d error %g: n%zu c%zu %zux%zu k%zu %zux%zu s%zu,%zu pad "
                 "%zu %zu %zu %zu reflect %d act %d\n",
                 level, i, e[i], g.images, c, h, w, k, r, s, g.stride_y, g.stride_x, g.top,
                 g.bottom, g.left, g.right, reflect, act.kind);
          return 1;
        }
        if (e[i] > worst[level][i]) worst[level][i] = e[i];
      }
      close_convolution(&forward), close_convolution(&backward), close_weights(&back);
      free(out), free(in), free(df);
      cases++;
    }
    free(x), free(f), free(dy), free(bias), free(y), free(dx), free(dw);
  }
  printf("%d cases; largest relative errors of y, dx, dw:\n", cases);
  for (int level = 0; level < 3; level++)
    printf("  level %d: %.2g %.2g %.2g\n", level, worst[level][0], worst[level][1],
           worst[level][2]);
  return 0;
}

static double least_time(void (*run)(const void *), const void *with, int rounds) {
  double least = 1e9;
  for (int round = 0; round < rounds; round++) {
    double start = now();
    run(with);
    double took = now() - start;
    if (took < least) least = took;
  }
  return least;
}

static void bench(const char *name, hk_geometry g, int rounds, hk_level level) {
  size_t xs = g.images * g.height * g.width * g.channels;
  size_t ys = g.images * g.out_height * g.out_width * g.filters;
  size_t ws = g.filters * g.channels * g.filter_height * g.filter_width;
  float *x = array(xs), *w = array(ws), *dy = array(ys), *y = array(ys), *dx = array(xs),
        *dw = array(ws);
  convolution forward, backward;
  weights back;
  hk_activation none = {HK_NO_ACTIVATION, 0};
  open_convolution(&forward, &g, level, 0, none, x, w, 0, y);
  open_convolution(&backward, &g, level, 1, none, dy, w, 0, dx);
  open_weights(&back, &g, level, x, dy, dw);
  double flops = 2e-9 * (double)ys * (double)ws / (double)g.filters;
  double a = least_time((void (*)(const void *))convolve, &forward, rounds);
  double b = least_time((void (*)(const void *))convolve, &backward, rounds);
  double c = least_time((void (*)(const void *))gradient, &back, rounds);
  printf("%-24s y %7.3f ms %4.0f GF/s   dx %7.3f ms %4.0f   dw %7.3f ms %4.0f\n", name, a * 1e3,
         flops / a, b * 1e3, flops / b, c * 1e3, flops / c);
  fflush(stdout);
  close_convolution(&forward), close_convolution(&backward), close_weights(&back);
  free(x), free(w), free(dy), free(y), free(dx), free(dw);
}

#define SQUARE(c, size, k, r, stride, pad, reflect)                                                \
  make(1, c, size, size, k, r, r, stride, stride, pad, pad, pad, pad, reflect), rounds, level

int main(int count, char **arguments) {
  if (count < 2 || strcmp(arguments[1], "check") == 0) return check();
  int rounds = count > 2 ? atoi(arguments[2]) : 20;
  hk_level level = count > 3 ? (hk_level)atoi(arguments[3]) : hk_convolution_level();
  threads = count > 4 ? atoi(arguments[4]) : 1;
  pthread_t helper;
  if (threads > 1) pthread_create(&helper, NULL, help, NULL);
  bench("7x7 3->64 @128", SQUARE(3, 128, 64, 7, 1, 3, 1));
  bench("3x3 s2 64->128 @128", SQUARE(64, 128, 128, 3, 2, 1, 0));
  bench("3x3 s2 128->256 @64", SQUARE(128, 64, 256, 3, 2, 1, 0));
  bench("3x3 s2 32->64 @64", SQUARE(32, 64, 64, 3, 2, 1, 0));
  bench("7x7 64->3 @128", SQUARE(64, 128, 3, 7, 1, 3, 1));
  bench("4x4 s2 3->64 @128", SQUARE(3, 128, 64, 4, 2, 1, 0));
  bench("4x4 s2 64->128 @64", SQUARE(64, 64, 128, 4, 2, 1, 0));
  bench("4x4 s2 128->256 @32", SQUARE(128, 32, 256, 4, 2, 1, 0));
  bench("4x4 s1 256->512 @16", SQUARE(256, 16, 512, 4, 1, 1, 0));
  bench("4x4 s1 512->1 @15", SQUARE(512, 15, 1, 4, 1, 1, 0));
  return 0;
}
