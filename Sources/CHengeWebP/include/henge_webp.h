// SPDX-License-Identifier: MIT
#ifndef HENGE_WEBP_H
#define HENGE_WEBP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libwebp, opened by name when the first WebP file is read: few sessions need it, and every start
// would wait for it. It decodes one still image in memory; animations are taken apart in Swift.

typedef struct {
  uint32_t width;
  uint32_t height;
  bool has_alpha;
  bool is_animated;
} henge_webp_header;

// Each returns NULL, or the reason why not; the reason is a constant text.

// What the headers of a WebP file say; allocates nothing.
const char *henge_webp_read_header(const uint8_t *bytes, size_t count, henge_webp_header *header);

// Decodes a still image, a file or the chunks of an animation's frame, into `pixels`: rows of
// `stride` bytes, of which `size` are there in all, as RGBA, or as RGB without `has_alpha`.
// Between parts of the file `goes_on(context)` is called; `false` ends the call with an error.
const char *henge_webp_read_pixels(const uint8_t *bytes, size_t count, bool has_alpha,
                                   uint8_t *pixels, size_t stride, size_t size,
                                   bool (*goes_on)(void *), void *context);

#endif
