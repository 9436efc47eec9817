// SPDX-License-Identifier: MIT
// What the direct convolutions do to pictures and filters before and after the products.
#ifndef HENGE_CONVOLUTION_PICTURES_H
#define HENGE_CONVOLUTION_PICTURES_H

#include <stddef.h>

// A picture [height, width, channels] and the border around it.
typedef struct {
  size_t height, width, channels;
  size_t top, left;
  size_t padded_height, padded_width;
  int reflect;
} hk_border;

// Writes rows first..<first + count of the padded image to their place in `padded`.
void hk_pad(const hk_border *border, const float *picture, float *padded, size_t first,
            size_t count);

// The adjoint of a reflecting hk_pad: rows first..<first + count of `picture` become the sums of
// the places of `padded` that show them.
void hk_fold(const hk_border *border, const float *padded, float *picture, size_t first,
             size_t count);

#define HK_NOWHERE ((size_t)-1)

// A filter of `taps` elements for each inner and outer channel, as panels of `panel` outer ones:
//   element (i, j, t) at filter[i * inner_step + j * outer_step + t], panel by panel at
//   packed[to[t] + (j / panel) * to_panel[t] + i * panel + j % panel]
// A tap whose `to` is HK_NOWHERE is left out.
typedef struct {
  size_t taps, outer, panel;
  size_t inner_step, outer_step;
  const size_t *to, *to_panel;
} hk_filter_layout;

// Packs inner channels first..<first + count of one panel, filling it with zeros beyond `outer`.
void hk_pack_filter(const hk_filter_layout *layout, const float *filter, float *packed,
                    size_t panel, size_t first, size_t count);
// The inverse of hk_pack_filter.
void hk_unpack_filter(const hk_filter_layout *layout, const float *packed, float *filter,
                      size_t panel, size_t first, size_t count);

#endif
