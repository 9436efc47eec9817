// SPDX-License-Identifier: MIT
#include "henge_gif.h"

#include <dlfcn.h>
#include <gif_lib.h>
#include <pthread.h>
#include <stdlib.h>

static struct {
  GifFileType *(*open)(void *, OutputFunc, int *);
  int (*close)(GifFileType *, int *);
  int (*screen)(GifFileType *, int, int, int, int, const ColorMapObject *);
  int (*image)(GifFileType *, int, int, int, int, bool, const ColorMapObject *);
  int (*line)(GifFileType *, GifPixelType *, int);
  int (*leader)(GifFileType *, int);
  int (*block)(GifFileType *, int, const void *);
  int (*trailer)(GifFileType *);
  int (*extension)(GifFileType *, int, int, const void *);
  void (*version)(GifFileType *, bool);
  ColorMapObject *(*make_map)(int, const GifColorType *);
  void (*free_map)(ColorMapObject *);
  const char *fault;
} lib;

static void open_library(void) {
  void *library = dlopen("libgif.so.7", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libgif.so", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    lib.fault = "giflib, which writes it, is not installed: apt-get install libgif-dev";
    return;
  }
  const struct {
    void *place;
    const char *name;
  } wanted[] = {
      {&lib.open, "EGifOpen"},
      {&lib.close, "EGifCloseFile"},
      {&lib.screen, "EGifPutScreenDesc"},
      {&lib.image, "EGifPutImageDesc"},
      {&lib.line, "EGifPutLine"},
      {&lib.leader, "EGifPutExtensionLeader"},
      {&lib.block, "EGifPutExtensionBlock"},
      {&lib.trailer, "EGifPutExtensionTrailer"},
      {&lib.extension, "EGifPutExtension"},
      {&lib.version, "EGifSetGifVersion"},
      {&lib.make_map, "GifMakeMapObject"},
      {&lib.free_map, "GifFreeMapObject"},
  };
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
    void *found = dlsym(library, wanted[i].name);
    *(void **)wanted[i].place = found;
    if (found == NULL) lib.fault = "the giflib here is another than henge was built for";
  }
}

static const char *library_fault(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return lib.fault;
}

struct henge_gif {
  GifFileType *file;
  int width, height;
  henge_gif_write write;
  void *context;
  // Set during a call of giflib, which has no place of its own for the reason of a failed write.
  bool failed;
};

static const char *const not_written = "the file could not be written";

static int pass_on(GifFileType *file, const GifByteType *bytes, int count) {
  henge_gif *gif = file->UserData;
  if (gif->failed || !gif->write(gif->context, bytes, (size_t)count)) {
    gif->failed = true;
    return 0;
  }
  return count;
}

const char *henge_gif_begin(int width, int height, bool loops, henge_gif_write write,
                            void *context, henge_gif **result) {
  const char *fault = library_fault();
  if (fault != NULL) return fault;
  henge_gif *gif = calloc(1, sizeof *gif);
  if (gif == NULL) return "out of memory";
  gif->width = width;
  gif->height = height;
  gif->write = write;
  gif->context = context;
  int error = 0;
  gif->file = lib.open(gif, pass_on, &error);
  if (gif->file == NULL) {
    free(gif);
    return "out of memory";
  }
  // Films are of the newer version; giflib would find that out only from extensions that it keeps.
  lib.version(gif->file, true);
  bool ok = lib.screen(gif->file, width, height, 8, 0, NULL) == GIF_OK;
  if (ok && loops) {
    // Netscape's extension: a block of 1 and the number of repetitions, 0 for no end.
    static const unsigned char forever[3] = {1, 0, 0};
    ok = lib.leader(gif->file, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
         lib.block(gif->file, 11, "NETSCAPE2.0") == GIF_OK &&
         lib.block(gif->file, sizeof forever, forever) == GIF_OK &&
         lib.trailer(gif->file) == GIF_OK;
  }
  if (!ok) {
    henge_gif_end(gif, false);
    return not_written;
  }
  *result = gif;
  return NULL;
}

const char *henge_gif_frame(henge_gif *gif, uint8_t *indices, const uint8_t *palette,
                            int colours, int hundredths) {
  // The graphics control: nothing is kept of the frame before, no colour is transparent.
  const unsigned char control[4] = {
      DISPOSE_DO_NOT << 2, (unsigned char)(hundredths & 0xFF),
      (unsigned char)(hundredths >> 8 & 0xFF), 0};
  int size = 2;
  while (size < colours) size *= 2;
  GifColorType colors[256] = {{0, 0, 0}};
  for (int i = 0; i < colours; i++)
    colors[i] = (GifColorType){palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]};
  ColorMapObject *map = lib.make_map(size, colors);
  if (map == NULL) return "out of memory";
  bool ok = lib.extension(gif->file, GRAPHICS_EXT_FUNC_CODE, sizeof control, control) == GIF_OK &&
            lib.image(gif->file, 0, 0, gif->width, gif->height, false, map) == GIF_OK;
  lib.free_map(map);
  for (int row = 0; ok && row < gif->height; row++)
    // giflib masks the indices in place, which changes none that is a colour.
    ok = lib.line(gif->file, indices + (size_t)row * (size_t)gif->width,
                  gif->width) == GIF_OK;
  return ok && !gif->failed ? NULL : not_written;
}

const char *henge_gif_end(henge_gif *gif, bool complete) {
  // An incomplete film must write nothing more.
  if (!complete) gif->failed = true;
  int error = 0;
  bool ok = lib.close(gif->file, &error) == GIF_OK && !gif->failed;
  free(gif);
  return ok ? NULL : not_written;
}
