// SPDX-License-Identifier: MIT
#ifndef HENGE_GIF_H
#define HENGE_GIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// giflib, opened by name when the first film is written: few sessions need it, and every start
// would wait for it.

typedef struct henge_gif henge_gif;

// Takes the next bytes of the file; `false` ends the call with an error.
typedef bool (*henge_gif_write)(void *context, const uint8_t *bytes, size_t count);

// Each returns NULL, or the reason why not; the reason is a constant text.

// Begins a film of `width` x `height` pixels that is shown again and again, or once. Its writer is
// called by this and the later calls.
const char *henge_gif_begin(int width, int height, bool loops, henge_gif_write write,
                            void *context, henge_gif **gif);

// Adds a frame of `width` x `height` indices into a palette of `colours` (1 to 256) RGB triples,
// shown for `hundredths` of a second.
const char *henge_gif_frame(henge_gif *gif, uint8_t *indices, const uint8_t *palette,
                            int colours, int hundredths);

// Ends the film and frees it; with `complete` its last bytes are written.
const char *henge_gif_end(henge_gif *gif, bool complete);

#endif
