// SPDX-License-Identifier: MIT
// Winograd's convolution alone, one thread: errors against sums in double, and the milliseconds of
// each stage. With arguments (level images channels out_channels size tiles taps): only that shape.
//   clang -O3 -ISources/CHengeKernels/include Sources/CHengeKernels/convolution/*.c \
//     Sources/CHengeKernels/normalization/*.c \
//     Scripts/benchmarks/kernels/winograd.c -o /tmp/winograd -lm && /tmp/winograd
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "henge_winograd.h"

typedef struct {
  const hk_convolution_kernels *kernels;
  const hk_winograd_kernels *transforms;
  hk_winograd shape;
  size_t images, chunk;
  float *x, *w, *y, *dy, *dx, *dw; // caller's
  float *v, *m, *u, *u_back, *du;  // workspaces
  ptrdiff_t v_plane, m_plane, u_plane, u_back_plane;
  size_t in_depth, out_depth, in_panels, out_panels;
} convolution;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

enum {
  FILTER,
  INPUT,
  PRODUCT,
  OUTPUT,
  FILTER_BACK,
  DY,
  X,
  DW_PRODUCT,
  FILTER_GRADIENT,
  DX_PRODUCT,
  ADD,
  STAGES
};
static const char *const stage_names[] = {"filter", "input", "product", "output",
                                          "filter'", "dy", "x", "dw-gemm",
                                          "dw", "dx-gemm", "add"};
static double least[STAGES], stage[STAGES], started;

static void begin(void) { started = now(); }
static void end(int which) {
  double t = now();
  stage[which] += t - started;
  started = t;
}

enum { FREQUENCIES = 36 };

// Of the filters, along each axis: 3 or 4.
static size_t taps = 3;

static float *array(size_t count) {
  float *a = aligned_alloc(64, (count * sizeof(float) + 127) / 64 * 64);
  memset(a, 0, count * sizeof(float));
  return a;
}
static float normal(void) {
  double u = (rand() + 1.0) / (RAND_MAX + 1.0), v = rand() / (double)RAND_MAX;
  return (float)(sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
}
static float *noise(size_t count, float scale) {
  float *a = array(count);
  for (size_t i = 0; i < count; i++) a[i] = scale * normal();
  return a;
}

// Planes an odd number of cache lines apart do not share sets of the caches.
static ptrdiff_t plane(size_t count) { return (ptrdiff_t)((count + 15) / 16 * 16 / 32 * 32 + 16); }

static size_t tiles_of(const convolution *c) {
  return c->images * c->shape.tiles_down * c->shape.tiles_across;
}

static convolution make(hk_level level, size_t images, size_t height, size_t width, size_t channels,
                        size_t out_channels, int pad, int reflects, size_t chunk) {
  convolution c = {0};
  c.kernels = hk_convolution_kernels_of(level);
  c.transforms = hk_winograd_kernels_of(level, taps);
  c.images = images;
  c.shape = (hk_winograd){height,
                          width,
                          channels,
                          height + 2 * (size_t)pad + 1 - taps,
                          width + 2 * (size_t)pad + 1 - taps,
                          out_channels,
                          pad,
                          pad,
                          reflects};
  size_t side = c.transforms->pass.outputs;
  c.shape.tiles_down = (c.shape.out_height + side - 1) / side;
  c.shape.tiles_across = (c.shape.out_width + side - 1) / side;
  c.chunk = chunk < tiles_of(&c) ? chunk : tiles_of(&c);
  size_t panel = c.kernels->panel, out = images * c.shape.out_height * c.shape.out_width;
  c.in_panels = (channels + panel - 1) / panel;
  c.out_panels = (out_channels + panel - 1) / panel;
  c.in_depth = channels <= panel ? channels : c.in_panels * panel;
  c.out_depth = out_channels <= panel ? out_channels : c.out_panels * panel;
  c.v_plane = plane(c.in_panels * panel * c.chunk) + 32;
  c.m_plane = plane(c.out_panels * panel * c.chunk) + 32;
  c.u_plane = plane(c.out_panels * panel * c.in_depth) + 32;
  c.u_back_plane = plane(c.in_panels * panel * c.out_depth) + 32;
  c.v = array(36 * (size_t)c.v_plane);
  c.m = array(36 * (size_t)c.m_plane);
  c.u = array(36 * (size_t)c.u_plane);
  c.u_back = array(36 * (size_t)c.u_back_plane);
  c.du = array(36 * (out_channels + panel) * (c.in_panels * panel + 64));
  c.x = noise(images * height * width * channels, 1);
  c.w = noise(out_channels * channels * taps * taps, 0.02f);
  c.dy = noise(out * out_channels, 1);
  c.y = array(out * out_channels);
  c.dx = array(images * height * width * channels);
  c.dw = array(out_channels * channels * taps * taps);
  return c;
}

static void discard(convolution *c) {
  float *all[] = {c->v, c->m, c->u, c->u_back, c->du, c->x, c->w, c->dy, c->y, c->dx, c->dw};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

static hk_tiles stretch(const convolution *c, size_t first, int output) {
  size_t panel = c->kernels->panel, left = tiles_of(c) - first;
  hk_tiles t = {first,
                left < c->chunk ? left : c->chunk,
                0,
                2 * (output ? c->out_panels : c->in_panels),
                output ? c->m_plane : c->v_plane,
                (ptrdiff_t)(c->chunk * panel)};
  return t;
}

static void multiply(const convolution *c, size_t m, size_t n, size_t depth, const float *a,
                     ptrdiff_t a_plane, const float *b, ptrdiff_t b_plane, float *out,
                     ptrdiff_t out_plane) {
  size_t panel = c->kernels->panel, length = depth < panel ? depth : panel;
  ptrdiff_t step = (ptrdiff_t)(c->chunk * panel);
  for (int f = 0; f < FREQUENCIES; f++) {
    hk_product p = {m,
                    n,
                    depth / length,
                    length,
                    m,
                    a + f * a_plane,
                    (ptrdiff_t)panel,
                    0,
                    step,
                    b + f * b_plane,
                    (ptrdiff_t)(depth * panel),
                    out + f * out_plane,
                    (ptrdiff_t)panel,
                    0,
                    step,
                    0,
                    0,
                    HK_EPILOGUE_NONE,
                    0};
    c->kernels->product(&p);
  }
}

static void forward(const convolution *c) {
  const hk_winograd *s = &c->shape;
  begin();
  size_t size = taps * taps;
  c->transforms->pass.filter(c->w, (ptrdiff_t)size, (ptrdiff_t)(s->channels * size), s->channels,
                             s->out_channels, 0, c->in_depth, c->u, c->u_plane,
                             (ptrdiff_t)(c->in_depth * c->kernels->panel), 0);
  end(FILTER);
  for (size_t first = 0; first < tiles_of(c); first += c->chunk) {
    hk_tiles in = stretch(c, first, 0), out = stretch(c, first, 1);
    c->transforms->pass.input(s, &in, c->x, c->v);
    end(INPUT);
    multiply(c, in.count, s->out_channels, c->in_depth, c->v, c->v_plane, c->u, c->u_plane, c->m,
             c->m_plane);
    end(PRODUCT);
    c->transforms->pass.output(s, &out, c->m, c->y, 0, HK_EPILOGUE_NONE, 0);
    end(OUTPUT);
  }
}

static void backward(const convolution *c) {
  const hk_winograd *s = &c->shape;
  size_t panel = c->kernels->panel, size = taps * taps;
  begin();
  c->transforms->pass.filter(c->w, (ptrdiff_t)(s->channels * size), (ptrdiff_t)size,
                             s->out_channels, s->channels, 0, c->out_depth, c->u_back,
                             c->u_back_plane, (ptrdiff_t)(c->out_depth * panel), 0);
  end(FILTER_BACK);
  memset(c->dx, 0, c->images * s->height * s->width * s->channels * sizeof(float));
  for (size_t first = 0; first < tiles_of(c); first += c->chunk) {
    hk_tiles in = stretch(c, first, 0), out = stretch(c, first, 1);
    begin();
    c->transforms->output_gradient(s, &out, c->dy, c->m);
    end(DY);
    c->transforms->pass.input(s, &in, c->x, c->v);
    end(X);
    // Strips of a panel of outputs, each with all its frequencies together: the last chunk's go on
    // to the filter while they are in the cache. Before it each frequency goes through all strips.
    size_t step = c->in_panels * panel, strips = (s->out_channels + panel - 1) / panel;
    ptrdiff_t du_plane = plane(panel * step);
    int is_last = first + in.count == tiles_of(c);
    for (size_t i = 0; i < strips * FREQUENCIES; i++) {
      size_t n = is_last ? i / FREQUENCIES : i % strips;
      size_t f = is_last ? i % FREQUENCIES : i / strips;
      size_t next = is_last ? (f + 1) % FREQUENCIES : f;
      size_t left = s->out_channels - n * panel, rows = left < panel ? left : panel;
      float *du = c->du + n * (size_t)(FREQUENCIES * du_plane);
      hk_transposed_product p = {
          .m = rows,
          .n = s->channels,
          .count = in.count,
          .group = in.count,
          .a = c->m + (ptrdiff_t)f * c->m_plane + n * (c->chunk * panel),
          .a_step = (ptrdiff_t)panel,
          .b = c->v + (ptrdiff_t)f * c->v_plane,
          .b_panel = (ptrdiff_t)(c->chunk * panel),
          .c = du + (ptrdiff_t)f * du_plane,
          .c_step = (ptrdiff_t)step,
          .c_panel = (ptrdiff_t)panel,
          .accumulate = first > 0,
          .ahead = c->v + (ptrdiff_t)next * c->v_plane};
      c->kernels->transposed_product(&p);
      if (!is_last || f + 1 < FREQUENCIES) continue;
      end(DW_PRODUCT);
      c->transforms->filter_gradient(du, du_plane, (ptrdiff_t)step, 0, rows, s->channels,
                                     c->dw + n * panel * s->channels * taps * taps);
      end(FILTER_GRADIENT);
    }
    end(DW_PRODUCT);
    multiply(c, in.count, s->channels, c->out_depth, c->m, c->m_plane, c->u_back, c->u_back_plane,
             c->v, c->v_plane);
    end(DX_PRODUCT);
    c->transforms->input_gradient(s, &in, c->v, c->dx);
    end(ADD);
  }
}

static ptrdiff_t map(ptrdiff_t i, size_t n, int reflects) {
  if (i >= 0 && i < (ptrdiff_t)n) return i;
  if (!reflects) return -1;
  return i < 0 ? -i : 2 * ((ptrdiff_t)n - 1) - i;
}

static double relative(const float *a, const double *b, size_t n) {
  double d = 0, s = 0;
  for (size_t i = 0; i < n; i++) d += (a[i] - b[i]) * (a[i] - b[i]), s += b[i] * b[i];
  return sqrt(d / s);
}

// The three results by the definition, in double.
static void errors(const convolution *c, double *e) {
  const hk_winograd *s = &c->shape;
  size_t C = s->channels, K = s->out_channels, in = c->images * s->height * s->width * C;
  size_t outs = c->images * s->out_height * s->out_width * K;
  double *y = calloc(outs, 8), *dx = calloc(in, 8), *dw = calloc(C * K * taps * taps, 8);
  for (size_t n = 0; n < c->images; n++)
    for (size_t i = 0; i < s->out_height; i++)
      for (size_t j = 0; j < s->out_width; j++)
        for (size_t r = 0; r < taps * taps; r++) {
          ptrdiff_t row = map((ptrdiff_t)(i + r / taps) - s->top, s->height, s->reflects);
          ptrdiff_t column = map((ptrdiff_t)(j + r % taps) - s->left, s->width, s->reflects);
          if (row < 0 || column < 0) continue;
          size_t at = ((n * s->height + (size_t)row) * s->width + (size_t)column) * C;
          size_t out = ((n * s->out_height + i) * s->out_width + j) * K;
          for (size_t k = 0; k < K; k++)
            for (size_t d = 0; d < C; d++) {
              size_t f = (k * C + d) * taps * taps + r;
              y[out + k] += (double)c->x[at + d] * c->w[f];
              dx[at + d] += (double)c->dy[out + k] * c->w[f];
              dw[f] += (double)c->x[at + d] * c->dy[out + k];
            }
        }
  e[0] = relative(c->y, y, outs), e[1] = relative(c->dx, dx, in),
  e[2] = relative(c->dw, dw, C * K * taps * taps);
  free(y), free(dx), free(dw);
}

static void check(hk_level level) {
  double worst[3] = {0};
  for (int i = 0; i < 150; i++) {
    size_t height = 4 + (size_t)rand() % 12, width = 4 + (size_t)rand() % 12;
    int pad = rand() % 3;
    convolution c = make(level, 1 + (size_t)rand() % 3, height, width, 1 + (size_t)rand() % 70,
                         1 + (size_t)rand() % 70, pad, rand() % 2, 1 + (size_t)rand() % 20);
    forward(&c);
    backward(&c);
    double e[3];
    errors(&c, e);
    for (int k = 0; k < 3; k++) worst[k] = fmax(worst[k], e[k]);
    discard(&c);
  }
  printf("  relative error, worst of 150 shapes: y %.1e  dx %.1e  dw %.1e\n", worst[0], worst[1],
         worst[2]);
}

// The operations of a stage, in 1e9, and the bytes that it reads and writes if it does each once.
static void counts(const convolution *c, int which, double *operations, double *bytes) {
  const hk_winograd *s = &c->shape;
  double C = (double)s->channels, K = (double)s->out_channels, T = (double)tiles_of(c);
  double x = (double)c->images * (double)(s->height * s->width) * C;
  double y = (double)c->images * (double)(s->out_height * s->out_width) * K;
  double w = C * K * (double)(taps * taps), u = FREQUENCIES * C * K;
  double v = FREQUENCIES * T * C, m = FREQUENCIES * T * K;
  double chunks = ceil(T / (double)c->chunk);
  *operations = 0;
  switch (which) {
  case FILTER:
  case FILTER_BACK:
  case FILTER_GRADIENT: *bytes = w + u; break;
  case INPUT:
  case X: *bytes = x + v; break;
  case OUTPUT:
  case DY: *bytes = y + m; break;
  case ADD: *bytes = v + 2 * x; break;
  default:
    *operations = 2e-9 * FREQUENCIES * T * C * K;
    // Each chunk reads the filter, or reads and writes the gradient.
    *bytes = v + m + u * (which == DW_PRODUCT ? 2 * chunks - 1 : chunks);
  }
  *bytes *= sizeof(float);
}

// Prints a line for each stage: name, milliseconds, 1e9 operations, 1e6 bytes.
static void measure(hk_level level, size_t images, size_t channels, size_t out_channels,
                    size_t size, size_t chunk) {
  convolution c = make(level, images, size, size, channels, out_channels, 1, 1, chunk);
  for (int i = 0; i < STAGES; i++) least[i] = 1e9;
  double flops = 2e-6 * (double)(taps * taps * images * c.shape.out_height * c.shape.out_width *
                                 channels * out_channels);
  int rounds = flops > 50000 ? 3 : flops > 3000 ? 25 : 300;
  for (int i = 0; i < rounds; i++) {
    memset(stage, 0, sizeof stage);
    forward(&c);
    backward(&c);
    for (int k = 0; k < STAGES; k++) least[k] = fmin(least[k], stage[k]);
  }
  printf("%zu x %zu->%zu @%zu, %zux%zu, chunk %zu\n", images, channels, out_channels, size, taps,
         taps, c.chunk);
  for (int k = 0; k < STAGES; k++) {
    double operations, bytes;
    counts(&c, k, &operations, &bytes);
    printf("%s %.4f %.4f %.3f\n", stage_names[k], least[k], operations, 1e-6 * bytes);
  }
  discard(&c);
}

int main(int count, char **words) {
  static const char *const names[] = {"portable", "AVX2", "AVX-512"};
  if (count == 8) {
    size_t n[6];
    for (int i = 0; i < 6; i++) n[i] = (size_t)atol(words[i + 1]);
    taps = (size_t)atol(words[7]);
    measure((hk_level)n[0], n[1], n[2], n[3], n[4], n[5]);
    return 0;
  }
  for (int level = HK_LEVEL_PORTABLE; level <= HK_LEVEL_AVX512; level++) {
    if (!hk_convolution_kernels_of((hk_level)level)) continue;
    printf("%s\n", names[level]);
    check((hk_level)level);
    measure((hk_level)level, 1, 256, 256, 64, 256);
    measure((hk_level)level, 1, 256, 256, 32, 256);
    measure((hk_level)level, 1, 128, 128, 16, 256);
    if (level == HK_LEVEL_AVX512) measure((hk_level)level, 10, 128, 256, 64, 256);
    taps = 4;
    check((hk_level)level);
    measure((hk_level)level, 1, 256, 512, 16, 256);
    measure((hk_level)level, 2, 256, 512, 32, 256);
    taps = 3;
  }
  return 0;
}
