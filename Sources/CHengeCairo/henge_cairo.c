// SPDX-License-Identifier: MIT
#include "henge_cairo.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

static henge_cairo_functions functions;
static const char *fault;
static char words[400];

static void open_library(void) {
  void *library = dlopen("libcairo.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libcairo.so", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(words, sizeof words,
             "cairo, which draws, cannot be loaded (apt-get install libcairo2-dev): %s",
             reason != NULL ? reason : "no reason given");
    fault = words;
    return;
  }
#define FIND(name) \
  *(void **)&functions.name = dlsym(library, "cairo_" #name); \
  if (functions.name == NULL) fault = "the cairo here is another than henge was built for";
  HENGE_CAIRO_FUNCTIONS(FIND)
}

const char *henge_cairo_fault(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return fault;
}

const henge_cairo_functions *henge_cairo(void) { return &functions; }
