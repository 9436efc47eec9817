// SPDX-License-Identifier: MIT
// Regression trees that move the points of a face.
#include "../include/henge_vision.h"
#include "../clones.h"

#pragma STDC FP_CONTRACT OFF

HK_CLONES void henge_landmark_trees(const henge_landmark_split *splits, const float *leaves,
                                    int64_t count, int64_t inner, const float *pixels,
                                    float *shape, int64_t length) {
  for (int64_t tree = 0; tree < count; tree++) {
    const henge_landmark_split *split = splits + tree * inner;
    int64_t node = 0;
    while (node < inner) {
      const henge_landmark_split *asked = split + node;
      int left = pixels[asked->first] - pixels[asked->second] > asked->threshold;
      node = 2 * node + (left ? 1 : 2);
    }
    const float *restrict leaf = leaves + (tree * (inner + 1) + (node - inner)) * length;
    float *restrict to = shape;
    for (int64_t i = 0; i < length; i++) to[i] += leaf[i];
  }
}
