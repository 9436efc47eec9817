// SPDX-License-Identifier: MIT
// The windows of one size, judged stage by stage. The arithmetic is OpenCV's, in its order: a stage
// adds leaves in double, a Haar feature is three products in float.
#include "../include/henge_vision.h"
#include "../clones.h"
#include <math.h>
#include <stddef.h>

#pragma STDC FP_CONTRACT OFF

// What is seen of one window.
typedef struct {
  const uint32_t *sums;
  const uint32_t *tilted;
  float scale; // of Haar features: one over the deviation of the window times its area
} view;

HK_INLINE int32_t block(const uint32_t *p, const int32_t *c, int a, int b, int d, int e) {
  return (int32_t)(p[c[a]] - p[c[b]] - p[c[d]] + p[c[e]]);
}

// Eight bits: which neighbors are at least as bright as the middle, clockwise from the top left.
HK_INLINE uint32_t lbp_code(const henge_lbp_feature *feature, const uint32_t *p) {
  const int32_t *c = feature->corners;
  int32_t middle = block(p, c, 5, 6, 9, 10);
  return (uint32_t)(block(p, c, 0, 1, 4, 5) >= middle) << 7 |
         (uint32_t)(block(p, c, 1, 2, 5, 6) >= middle) << 6 |
         (uint32_t)(block(p, c, 2, 3, 6, 7) >= middle) << 5 |
         (uint32_t)(block(p, c, 6, 7, 10, 11) >= middle) << 4 |
         (uint32_t)(block(p, c, 10, 11, 14, 15) >= middle) << 3 |
         (uint32_t)(block(p, c, 9, 10, 13, 14) >= middle) << 2 |
         (uint32_t)(block(p, c, 8, 9, 12, 13) >= middle) << 1 |
         (uint32_t)(block(p, c, 4, 5, 8, 9) >= middle);
}

HK_INLINE float haar_value(const henge_haar_feature *feature, const view *at) {
  const uint32_t *p = feature->is_tilted ? at->tilted : at->sums;
  float value = feature->weights[0] * (float)block(p, feature->corners[0], 0, 1, 2, 3) +
                feature->weights[1] * (float)block(p, feature->corners[1], 0, 1, 2, 3);
  if (feature->weights[2] != 0)
    value += feature->weights[2] * (float)block(p, feature->corners[2], 0, 1, 2, 3);
  return value * at->scale;
}

// Whether the answer to node `index` is left.
HK_INLINE int goes_left(const henge_cascade *c, int64_t index, const view *at, int is_lbp) {
  const henge_cascade_node *node = c->nodes + index;
  if (!is_lbp) return haar_value(c->haar + node->feature, at) < node->threshold;
  uint32_t code = lbp_code(c->lbp + node->feature, at->sums);
  return (c->subsets[index * 8 + (code >> 5)] >> (code & 31)) & 1;
}

// The number of stages passed.
HK_INLINE int32_t stages_passed(const henge_cascade *c, const view *at, int is_lbp, int is_stumps) {
  int64_t node = 0, leaf = 0, tree = 0;
  for (int32_t stage = 0; stage < c->stages; stage++) {
    double sum = 0;
    for (int32_t i = 0; i < c->trees[stage]; i++, tree++) {
      if (is_stumps) {
        sum += c->leaves[leaf + !goes_left(c, node, at, is_lbp)];
        node += 1;
        leaf += 2;
      } else {
        int32_t index = 0;
        do {
          const henge_cascade_node *asked = c->nodes + node + index;
          index = goes_left(c, node + index, at, is_lbp) ? asked->left : asked->right;
        } while (index > 0);
        sum += c->leaves[leaf - index];
        node += c->tree_nodes[tree];
        leaf += c->tree_nodes[tree] + 1;
      }
    }
    if (sum < c->thresholds[stage]) return stage;
  }
  return c->stages;
}

// The scale of Haar features in the window less a pixel on each side; 0 if it is too even to judge.
HK_INLINE float window_scale(const henge_cascade *c, const uint32_t *sums,
                             const uint32_t *squares) {
  int64_t top = c->pitch + 1, bottom = top + (int64_t)(c->window_height - 2) * c->pitch;
  int64_t across = c->window_width - 2;
  int32_t sum = (int32_t)(sums[top] - sums[top + across] - sums[bottom] + sums[bottom + across]);
  uint32_t square =
      squares[top] - squares[top + across] - squares[bottom] + squares[bottom + across];
  double area = (double)(c->window_width - 2) * (double)(c->window_height - 2);
  double spread = area * square - (double)sum * sum;
  if (!(spread > 0)) return 0;
  float scale = (float)(1 / sqrt(spread));
  return area * scale < 1e-1 ? scale : 0;
}

HK_INLINE int64_t scan(const henge_cascade *c, const uint32_t *sums, const uint32_t *squares,
                       const uint32_t *tilted, int32_t columns, int32_t first_row, int32_t end_row,
                       int32_t step, int32_t *found, int64_t capacity, int is_lbp, int is_stumps) {
  int64_t count = 0;
  for (int32_t y = first_row; y < end_row; y += step) {
    for (int32_t x = 0; x < columns; x += step) {
      int64_t at = y * c->pitch + x;
      view window = {sums + at, is_lbp ? NULL : tilted + at, 1};
      if (!is_lbp) {
        window.scale = window_scale(c, sums + at, squares + at);
        if (window.scale == 0) continue;
      }
      int32_t passed = stages_passed(c, &window, is_lbp, is_stumps);
      if (passed == c->stages) {
        if (count < capacity) {
          found[2 * count] = x;
          found[2 * count + 1] = y;
        }
        count += 1;
      } else if (passed == 0) {
        x += step; // what the first stage rejects is not looked at closely
      }
    }
  }
  return count;
}

int64_t henge_cascade_scan(const henge_cascade *c, const uint32_t *sums, const uint32_t *squares,
                           const uint32_t *tilted, int32_t columns, int32_t first_row,
                           int32_t end_row, int32_t step, int32_t *found, int64_t capacity) {
  const uint32_t *cones = tilted ? tilted : sums;
  if (c->lbp)
    return c->is_stumps ? scan(c, sums, NULL, NULL, columns, first_row, end_row, step, found,
                               capacity, 1, 1)
                        : scan(c, sums, NULL, NULL, columns, first_row, end_row, step, found,
                               capacity, 1, 0);
  return c->is_stumps ? scan(c, sums, squares, cones, columns, first_row, end_row, step, found,
                             capacity, 0, 1)
                      : scan(c, sums, squares, cones, columns, first_row, end_row, step, found,
                             capacity, 0, 0);
}
