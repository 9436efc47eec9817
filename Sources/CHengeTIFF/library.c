// SPDX-License-Identifier: MIT
#include "library.h"
#include "henge_tiff.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static henge_tiff_library library;

// Writes a message into `to`, which keeps the first.
static void keep(char *to, size_t capacity, const char *format, va_list words) {
  if (to[0] == 0) vsnprintf(to, capacity, format, words);
}

static void on_error(thandle_t handle, const char *module, const char *format, va_list words) {
  (void)module;
  henge_tiff_source *source = (henge_tiff_source *)handle;
  if (source == NULL) return;
  henge_tiff_report *report = source->report;
  keep(report->error, sizeof report->error, format, words);
}

// Unknown tags and the like concern no pixel; a codec that makes up what is missing does.
static void on_warning(thandle_t handle, const char *module, const char *format, va_list words) {
  henge_tiff_source *source = (henge_tiff_source *)handle;
  if (source == NULL || module == NULL || strncmp(module, "JPEG", 4) != 0) return;
  henge_tiff_report *report = source->report;
  char text[sizeof report->warning] = "";
  keep(text, sizeof text, format, words);
  static const char *const serious[] = {"remature end", "Huffman code", "arithmetic code",
                                        "Improper JPEG"};
  for (size_t i = 0; i < sizeof serious / sizeof *serious; i++)
    if (report->warning[0] == 0 && strstr(text, serious[i]) != NULL)
      memcpy(report->warning, text, sizeof text);
}

static void open_library(void) {
  static const char *const names[] = {"libtiff.so.6", "libtiff.so.5", "libtiff.so"};
  void *handle = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && handle == NULL; i++)
    handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    library.fault = "libtiff, which reads it, is not installed: apt-get install libtiff-dev";
    return;
  }
#define HENGE_FIND(name)                                                        \
  if ((library.name = (__typeof__(library.name))dlsym(handle, #name)) == NULL) { \
    library.fault = "the libtiff here lacks the function " #name;               \
    return;                                                                     \
  }
  HENGE_TIFF_FUNCTIONS(HENGE_FIND)
#undef HENGE_FIND
  // The handlers are the process's; these find the report of the file concerned by its handle.
  library.TIFFSetErrorHandler(NULL);
  library.TIFFSetWarningHandler(NULL);
  library.TIFFSetErrorHandlerExt(on_error);
  library.TIFFSetWarningHandlerExt(on_warning);
}

const henge_tiff_library *henge_tiff_open(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return &library;
}
