// SPDX-License-Identifier: MIT
// A convolution, and the gradient at its input, as products over a padded picture.
#include "henge_direct.h"
#include "pictures.h"

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static size_t larger(size_t a, size_t b) { return a > b ? a : b; }
static size_t parts(size_t whole, size_t part) { return (whole + part - 1) / part; }

enum {
  PANEL_FLOATS = 1 << 16,  // of a packed panel in one product: what stays in the cache beside A
  FEW_BLOCKS = 16,         // fewer than these would leave threads idle
  OUTPUTS = 256,           // of one block, where every block reads all of the filter
  MANY_OUTPUTS = 1024,     // where a block reads one panel of it, once
  COPIED = 1 << 15         // floats that a block pads, folds or activates
};
static const double BLOCK_WORK = 1 << 26; // multiplications of a block: some milliseconds

// One axis of the phases of a gradient: the outputs i with (i + pad) % stride == remainder meet the
// filter's elements remainder + stride * t.
typedef struct {
  size_t first, count, taps, from;
} axis_phase;

static axis_phase axis(size_t remainder, size_t stride, size_t pad, size_t filter, size_t size) {
  axis_phase a = {0};
  a.first = (remainder + stride - pad % stride) % stride;
  a.count = a.first < size ? parts(size - a.first, stride) : 0;
  a.taps = remainder < filter ? parts(filter - remainder, stride) : 0;
  a.from = (a.first + pad) / stride; // of tap 0; tap t reads t before it
  return a;
}

// The number of zeros before and after the gradient.
static void margins(size_t stride, size_t pad, size_t filter, size_t size, size_t read,
                    size_t *before, size_t *padded) {
  size_t after = 0;
  *before = 0;
  for (size_t r = 0; r < stride; r++) {
    axis_phase a = axis(r, stride, pad, filter, size);
    if (a.count == 0 || a.taps == 0) continue;
    if (a.taps - 1 > a.from) *before = larger(*before, a.taps - 1 - a.from);
    if (a.from + a.count > read) after = larger(after, a.from + a.count - read);
  }
  *padded = *before + read + after;
}

static void plan_forward(hk_direct *p) {
  const hk_geometry *g = &p->geometry;
  p->inner = g->channels, p->outer = g->filters;
  p->height = g->height, p->width = g->width;
  p->before_y = g->top, p->before_x = g->left;
  p->padded_height = g->height + g->top + g->bottom;
  p->padded_width = g->width + g->left + g->right;
  p->reflect = g->reflect;
  p->step_y = g->stride_y, p->step_x = g->stride_x;
  p->out_height = g->out_height, p->out_width = g->out_width;
  p->out_step_y = p->out_step_x = 1;
  p->phases = 1;
  p->phase[0] = (hk_phase){.taps_y = g->filter_height,
                           .taps_x = g->filter_width,
                           .rows = g->out_height,
                           .columns = g->out_width,
                           .tap_step_y = 1,
                           .tap_step_x = 1};
}

static void plan_backward(hk_direct *p) {
  const hk_geometry *g = &p->geometry;
  p->inner = g->filters, p->outer = g->channels;
  p->height = g->out_height, p->width = g->out_width;
  p->step_y = p->step_x = 1;
  p->out_step_y = g->stride_y, p->out_step_x = g->stride_x;
  // Under a reflection the gradient is taken at the padded picture, then folded.
  size_t pad_y = g->reflect ? 0 : g->top, pad_x = g->reflect ? 0 : g->left;
  p->out_height = g->height + (g->reflect ? g->top + g->bottom : 0);
  p->out_width = g->width + (g->reflect ? g->left + g->right : 0);
  margins(g->stride_y, pad_y, g->filter_height, p->out_height, p->height, &p->before_y,
          &p->padded_height);
  margins(g->stride_x, pad_x, g->filter_width, p->out_width, p->width, &p->before_x,
          &p->padded_width);
  for (size_t y = 0; y < g->stride_y; y++)
    for (size_t x = 0; x < g->stride_x; x++) {
      axis_phase v = axis(y, g->stride_y, pad_y, g->filter_height, p->out_height);
      axis_phase h = axis(x, g->stride_x, pad_x, g->filter_width, p->out_width);
      if (v.count == 0 || h.count == 0) continue;
      // Without a tap in one direction there is none in the other either.
      if (v.taps == 0 || h.taps == 0) v.taps = h.taps = 0;
      hk_phase *f = &p->phase[p->phases++];
      *f = (hk_phase){.taps_y = v.taps, .taps_x = h.taps, .rows = v.count, .columns = h.count,
                      .out_y = v.first, .out_x = h.first,
                      .tap_step_y = -(ptrdiff_t)g->stride_y, .tap_step_x = -(ptrdiff_t)g->stride_x};
      if (v.taps == 0) continue;
      f->from_y = p->before_y + v.from - (v.taps - 1);
      f->from_x = p->before_x + h.from - (h.taps - 1);
      f->tap_y = (ptrdiff_t)(y + g->stride_y * (v.taps - 1));
      f->tap_x = (ptrdiff_t)(x + g->stride_x * (h.taps - 1));
    }
}

static size_t depth(const hk_direct *p, const hk_phase *f) {
  return f->taps_y * f->taps_x * p->inner;
}

// Cuts the outputs: rows of all channels where the filter is small, whole panels where reading it
// again for every few rows would cost more than the products.
static void cut(hk_direct *p) {
  size_t rows = 0, columns = 1, deepest = 0;
  for (size_t i = 0; i < p->phases; i++) {
    rows = larger(rows, p->phase[i].rows);
    columns = larger(columns, p->phase[i].columns);
    deepest = larger(deepest, depth(p, &p->phase[i]));
  }
  int large = p->panel > 1 && deepest * p->outer > 3 * PANEL_FLOATS / 2;
  size_t outputs = large ? MANY_OUTPUTS : OUTPUTS;
  p->panels_per_block = large || p->panel == 1 ? p->panel == 1 ? p->panels : 1 : p->panels;
  size_t wide = smaller(p->outer, p->panels_per_block * p->panel);
  double row_work = (double)columns * (double)deepest * (double)wide;
  p->rows_per_block = larger(1, smaller(rows, outputs / columns));
  while (p->rows_per_block > 1 && row_work * (double)p->rows_per_block > BLOCK_WORK)
    p->rows_per_block = (p->rows_per_block + 1) / 2;
  for (;;) {
    p->row_blocks = parts(larger(rows, 1), p->rows_per_block);
    p->panel_blocks = parts(p->panels, p->panels_per_block);
    p->run_blocks = p->geometry.images * p->phases * p->row_blocks * p->panel_blocks;
    if (p->run_blocks >= FEW_BLOCKS) return;
    if (p->rows_per_block > 2 && p->rows_per_block * columns > OUTPUTS / 4)
      p->rows_per_block = (p->rows_per_block + 1) / 2;
    else if (p->panel > 1 && p->panels_per_block > 1)
      p->panels_per_block = (p->panels_per_block + 1) / 2;
    else
      return;
  }
}

int hk_direct_plan(hk_direct *p, const hk_geometry *g, hk_level level, int backward,
                   hk_activation act) {
  const hk_convolution_kernels *kernels = hk_convolution_kernels_of(level);
  if (!kernels || g->stride_y * g->stride_x > HK_PHASES) return 0;
  if (g->filter_height * g->filter_width > HK_TAPS) return 0;
  *p = (hk_direct){.geometry = *g, .level = level, .backward = backward, .act = act};
  if (backward)
    plan_backward(p);
  else
    plan_forward(p);
  p->panel = p->outer <= HK_FEW ? 1 : kernels->panel;
  p->panels = parts(p->outer, p->panel);
  for (size_t i = 0; i < p->phases; i++) {
    p->phase[i].packed = p->packed_count;
    p->packed_count += p->panels * p->panel * depth(p, &p->phase[i]);
  }
  if (p->padded_height != p->height || p->padded_width != p->width)
    p->padded_count = g->images * p->padded_height * p->padded_width * p->inner;
  if (backward && g->reflect)
    p->unfolded_count = g->images * p->out_height * p->out_width * p->outer;
  cut(p);
  p->pack_inner = larger(1, COPIED / 4 / (g->filter_height * g->filter_width * p->panel));
  p->pack_blocks = p->panels * parts(p->inner, p->pack_inner);
  p->pad_rows = larger(1, COPIED / larger(1, p->padded_width * p->inner));
  p->pad_blocks = p->padded_count ? g->images * parts(p->padded_height, p->pad_rows) : 0;
  p->prepare_blocks = p->pack_blocks + p->pad_blocks;
  size_t width = p->unfolded_count ? g->width : p->out_width;
  size_t height = p->unfolded_count ? g->height : p->out_height;
  int later = act.kind == HK_TANH_ACTIVATION || act.kind == HK_SIGMOID_ACTIVATION ||
              (p->panel == 1 && act.kind != HK_NO_ACTIVATION);
  p->fold_rows = larger(1, COPIED / larger(1, width * p->outer));
  p->finish_blocks = p->unfolded_count || later ? g->images * parts(height, p->fold_rows) : 0;
  return 1;
}

static void pack(const hk_direct *p, const hk_direct_operands *o, size_t block) {
  const hk_geometry *g = &p->geometry;
  size_t taps = g->filter_height * g->filter_width;
  size_t chunks = parts(p->inner, p->pack_inner), first = block % chunks * p->pack_inner;
  // Each element of the filter belongs to one tap of one phase, unless that has no outputs.
  size_t to[HK_TAPS], to_panel[HK_TAPS];
  for (size_t t = 0; t < taps; t++) to[t] = HK_NOWHERE, to_panel[t] = 0;
  for (size_t i = 0; i < p->phases; i++) {
    const hk_phase *f = &p->phase[i];
    for (size_t y = 0; y < f->taps_y; y++)
      for (size_t x = 0; x < f->taps_x; x++) {
        size_t row = (size_t)(f->tap_y + (ptrdiff_t)y * f->tap_step_y);
        size_t t = row * g->filter_width + (size_t)(f->tap_x + (ptrdiff_t)x * f->tap_step_x);
        to[t] = f->packed + (y * f->taps_x + x) * p->inner * p->panel;
        to_panel[t] = depth(p, f) * p->panel;
      }
  }
  hk_filter_layout layout = {.taps = taps, .outer = p->outer, .panel = p->panel, .to = to,
                             .to_panel = to_panel,
                             .inner_step = p->backward ? g->channels * taps : taps,
                             .outer_step = p->backward ? taps : g->channels * taps};
  hk_pack_filter(&layout, o->w, o->packed, block / chunks, first,
                 smaller(p->pack_inner, p->inner - first));
}

void hk_direct_prepare(const hk_direct *p, const hk_direct_operands *o, size_t block) {
  if (block < p->pack_blocks) {
    pack(p, o, block);
    return;
  }
  block -= p->pack_blocks;
  size_t blocks = parts(p->padded_height, p->pad_rows);
  size_t image = block / blocks, first = block % blocks * p->pad_rows;
  hk_border border = {p->height, p->width, p->inner, p->before_y, p->before_x,
                      p->padded_height, p->padded_width, p->reflect};
  hk_pad(&border, o->x + image * p->height * p->width * p->inner,
         o->padded + image * p->padded_height * p->padded_width * p->inner, first,
         smaller(p->pad_rows, p->padded_height - first));
}

static hk_epilogue early(hk_activation act) {
  return act.kind == HK_RELU_ACTIVATION         ? HK_EPILOGUE_RELU
         : act.kind == HK_LEAKY_RELU ? HK_EPILOGUE_LEAKY_RELU
                                         : HK_EPILOGUE_NONE;
}

void hk_direct_run(const hk_direct *p, const hk_direct_operands *o, size_t block) {
  size_t panel = block % p->panel_blocks * p->panels_per_block;
  block /= p->panel_blocks;
  size_t row = block % p->row_blocks * p->rows_per_block;
  block /= p->row_blocks;
  const hk_phase *f = &p->phase[block % p->phases];
  size_t image = block / p->phases;
  if (row >= f->rows) return;
  size_t rows = smaller(p->rows_per_block, f->rows - row), deep = depth(p, f);
  const float *source = p->padded_count ? o->padded : o->x;
  float *out = p->unfolded_count ? o->unfolded : o->out;
  const float *bias = p->unfolded_count ? 0 : o->bias;
  ptrdiff_t line = (ptrdiff_t)(p->padded_width * p->inner);
  hk_product product = {
      .m = rows * f->columns,
      .segments = f->taps_y,
      .length = f->taps_x * p->inner,
      .group = f->columns,
      .a = source + ((image * p->padded_height + f->from_y + row * p->step_y) * p->padded_width +
                     f->from_x) *
                        p->inner,
      .a_step = (ptrdiff_t)(p->step_x * p->inner),
      .a_group = (ptrdiff_t)p->step_y * line,
      .a_segment = line,
      .c_step = (ptrdiff_t)(p->out_step_x * p->outer),
      .c_group = (ptrdiff_t)(p->out_step_y * p->out_width * p->outer),
      .c_panel = (ptrdiff_t)p->panel,
      .slope = p->act.slope};
  float *c = out + ((image * p->out_height + f->out_y + row * p->out_step_y) * p->out_width +
                    f->out_x) *
                       p->outer;
  const float *b = o->packed + f->packed;
  if (p->panel == 1) {
    product.n = p->outer, product.b = b, product.b_panel = (ptrdiff_t)deep;
    product.c = c, product.bias = bias;
    hk_few_kernels_of(p->level)->product(&product);
    return;
  }
  const hk_convolution_kernels *kernels = hk_convolution_kernels_of(p->level);
  // A deep panel is taken in pieces that stay in the cache from one tile of rows to the next.
  size_t fit = larger(1, PANEL_FLOATS / larger(1, product.length * p->panel));
  size_t pieces = larger(1, parts(f->taps_y, fit)), last = panel + p->panels_per_block;
  for (size_t j = panel; j < smaller(last, p->panels); j++) {
    hk_product part = product;
    part.n = smaller(p->panel, p->outer - j * p->panel);
    part.c = c + j * p->panel;
    for (size_t i = 0; i < pieces; i++) {
      size_t first = f->taps_y * i / pieces, end = f->taps_y * (i + 1) / pieces;
      part.segments = end - first;
      part.a = product.a + (ptrdiff_t)first * line;
      part.b = b + (j * deep + first * product.length) * p->panel;
      part.accumulate = i > 0;
      part.bias = i + 1 == pieces && bias ? bias + j * p->panel : 0;
      part.activation =
          i + 1 == pieces && !p->unfolded_count ? early(p->act) : HK_EPILOGUE_NONE;
      kernels->product(&part);
    }
  }
}

void hk_direct_finish(const hk_direct *p, const hk_direct_operands *o, size_t block) {
  const hk_geometry *g = &p->geometry;
  const hk_normalization_kernels *kernels = hk_normalization_kernels_of(p->level);
  size_t height = p->unfolded_count ? g->height : p->out_height;
  size_t width = p->unfolded_count ? g->width : p->out_width;
  size_t blocks = parts(height, p->fold_rows);
  size_t image = block / blocks, first = block % blocks * p->fold_rows;
  size_t rows = smaller(p->fold_rows, height - first);
  float *picture = o->out + image * height * width * p->outer;
  float *at = picture + first * width * p->outer;
  if (p->unfolded_count) {
    hk_border border = {g->height, g->width, p->outer, g->top, g->left,
                        p->out_height, p->out_width, 1};
    hk_fold(&border, o->unfolded + image * p->out_height * p->out_width * p->outer, picture, first,
            rows);
    if (!o->bias && p->act.kind == HK_NO_ACTIVATION) return;
    kernels->activate(at, rows * width, p->outer, o->bias, p->act, at);
  } else {
    kernels->activate(at, rows * width, p->outer, 0, p->act, at);
  }
}
