// SPDX-License-Identifier: MIT
// The gradient at a filter: for each of its rows a product over all pixels of runs of the padded
// pictures and the gradients at the output.
#include "henge_direct.h"
#include "pictures.h"

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static size_t larger(size_t a, size_t b) { return a > b ? a : b; }
static size_t parts(size_t whole, size_t part) { return (whole + part - 1) / part; }

enum {
  PIXELS = 256,      // of one product: its packed panel stays in the first-level cache
  FEW_BLOCKS = 12,   // fewer than these would leave threads idle
  COPIED = 1 << 15   // floats that a block pads or packs
};
static const double BLOCK_WORK = 1 << 28;

static size_t pixels(const hk_geometry *g) { return g->images * g->out_height * g->out_width; }

int hk_direct_weights_plan(hk_direct_weights *p, const hk_geometry *g, hk_level level) {
  const hk_convolution_kernels *kernels = hk_convolution_kernels_of(level);
  if (!kernels || g->filter_height * g->filter_width > HK_TAPS) return 0;
  *p = (hk_direct_weights){.geometry = *g, .level = level};
  p->padded_height = g->height + g->top + g->bottom;
  p->padded_width = g->width + g->left + g->right;
  p->panel = g->filters <= HK_FEW ? 1 : kernels->panel;
  p->panels = parts(g->filters, p->panel);
  size_t run = g->filter_width * g->channels;
  // Parts no shorter than a tile: a block for each row of the filter, part of it and panel.
  size_t least = p->panel == 1 ? 4 * kernels->width : kernels->rows;
  size_t columns = p->panel == 1 ? 1 : p->panels;
  p->parts = larger(1, smaller(parts(FEW_BLOCKS, g->filter_height * columns), run / least));
  double work = (double)pixels(g) * (double)run * (double)p->panel;
  while (work / (double)p->parts > BLOCK_WORK && run / p->parts > least) p->parts++;
  p->part_length = parts(run, p->parts);
  if (p->panel > 1) p->part_length = parts(p->part_length, least) * least;
  p->parts = parts(run, p->part_length);
  p->chunk_rows = larger(1, PIXELS / larger(1, g->out_width));
  p->pad_rows = larger(1, COPIED / larger(1, p->padded_width * g->channels));
  if (p->padded_height != g->height || p->padded_width != g->width) {
    p->padded_count = g->images * p->padded_height * p->padded_width * g->channels;
    p->pad_blocks = g->images * parts(p->padded_height, p->pad_rows);
  }
  p->pack_pixels = larger(1, COPIED / g->filters);
  if (p->panel > 1) {
    p->packed_count = pixels(g) * p->panels * p->panel;
    p->pack_blocks = parts(pixels(g), p->pack_pixels);
  }
  p->sums_count = g->filter_height * run * p->panels * p->panel;
  p->prepare_blocks = p->pad_blocks + p->pack_blocks;
  p->run_blocks = g->filter_height * p->parts * columns;
  p->unpack_inner = larger(1, COPIED / 4 / (g->filter_height * g->filter_width * p->panel));
  p->finish_blocks = p->panels * parts(g->channels, p->unpack_inner);
  return 1;
}

void hk_direct_weights_prepare(const hk_direct_weights *p, const hk_direct_weights_operands *o,
                               size_t block) {
  const hk_geometry *g = &p->geometry;
  if (block < p->pad_blocks) {
    size_t blocks = parts(p->padded_height, p->pad_rows);
    size_t image = block / blocks, first = block % blocks * p->pad_rows;
    hk_border border = {g->height, g->width, g->channels, g->top, g->left,
                        p->padded_height, p->padded_width, g->reflect};
    hk_pad(&border, o->x + image * g->height * g->width * g->channels,
           o->padded + image * p->padded_height * p->padded_width * g->channels, first,
           smaller(p->pad_rows, p->padded_height - first));
    return;
  }
  size_t first = (block - p->pad_blocks) * p->pack_pixels;
  hk_convolution_kernels_of(p->level)->pack(
      o->dy + first * g->filters, (ptrdiff_t)g->filters,
      smaller(p->pack_pixels, pixels(g) - first), g->filters, o->packed + first * p->panel,
      (ptrdiff_t)(pixels(g) * p->panel));
}

void hk_direct_weights_run(const hk_direct_weights *p, const hk_direct_weights_operands *o,
                           size_t block) {
  const hk_geometry *g = &p->geometry;
  size_t columns = p->panel == 1 ? 1 : p->panels;
  size_t panel = block % columns, part = block / columns % p->parts * p->part_length;
  size_t row = block / columns / p->parts, run = g->filter_width * g->channels;
  size_t length = smaller(p->part_length, run - part), deep = g->filter_height * run;
  ptrdiff_t line = (ptrdiff_t)(p->padded_width * g->channels);
  ptrdiff_t step = (ptrdiff_t)(g->stride_x * g->channels), group = (ptrdiff_t)g->stride_y * line;
  const float *x = p->padded_count ? o->padded : o->x;
  int accumulate = 0;
  for (size_t image = 0; image < g->images; image++) {
    const float *picture =
        x + image * p->padded_height * (size_t)line + row * (size_t)line + part;
    for (size_t y = 0; y < g->out_height; y += p->chunk_rows, accumulate = 1) {
      size_t count = smaller(p->chunk_rows, g->out_height - y) * g->out_width;
      size_t pixel = (image * g->out_height + y) * g->out_width;
      const float *a = picture + y * (size_t)group;
      if (p->panel == 1) {
        hk_few_transposed product = {.m = g->filters, .n = length, .count = count,
                                     .group = g->out_width,
                                     .a = o->dy + pixel * g->filters,
                                     .a_step = (ptrdiff_t)g->filters,
                                     .a_group = (ptrdiff_t)(g->out_width * g->filters),
                                     .b = a, .b_step = step, .b_group = group,
                                     .c = o->sums + row * run + part,
                                     .c_step = (ptrdiff_t)deep, .accumulate = accumulate};
        hk_few_kernels_of(p->level)->transposed_product(&product);
      } else {
        hk_transposed_product product = {
            .m = length, .n = smaller(p->panel, g->filters - panel * p->panel), .count = count,
            .group = g->out_width, .a = a, .a_step = step, .a_group = group,
            .b = o->packed + (panel * pixels(g) + pixel) * p->panel,
            .c = o->sums + (panel * deep + row * run + part) * p->panel,
            .c_step = (ptrdiff_t)p->panel, .accumulate = accumulate};
        hk_convolution_kernels_of(p->level)->transposed_product(&product);
      }
    }
  }
}

void hk_direct_weights_finish(const hk_direct_weights *p, const hk_direct_weights_operands *o,
                              size_t block) {
  const hk_geometry *g = &p->geometry;
  size_t taps = g->filter_height * g->filter_width;
  size_t chunks = parts(g->channels, p->unpack_inner), first = block % chunks * p->unpack_inner;
  size_t to[HK_TAPS], to_panel[HK_TAPS];
  for (size_t t = 0; t < taps; t++) {
    to[t] = t * g->channels * p->panel;
    to_panel[t] = taps * g->channels * p->panel;
  }
  hk_filter_layout layout = {.taps = taps, .outer = g->filters, .panel = p->panel, .to = to,
                             .to_panel = to_panel, .inner_step = taps,
                             .outer_step = g->channels * taps};
  hk_unpack_filter(&layout, o->sums, o->dw, block / chunks, first,
                   smaller(p->unpack_inner, g->channels - first));
}
