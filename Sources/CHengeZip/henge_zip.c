// SPDX-License-Identifier: MIT
#include "henge_zip.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

#if LIBZIP_VERSION_MAJOR > 1 || LIBZIP_VERSION_MINOR >= 8
#define SONAME "libzip.so.5"
#else
#define SONAME "libzip.so.4"
#endif

static henge_zip_functions functions;
static const char *fault;
static char words[400];

static void open_library(void) {
  void *library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libzip.so", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(words, sizeof words,
             "libzip, which reads and writes archives, cannot be loaded (apt-get install "
             "libzip-dev): %s",
             reason != NULL ? reason : "no reason given");
    fault = words;
    return;
  }
#define FIND(name) \
  *(void **)&functions.name = dlsym(library, "zip_" #name); \
  if (functions.name == NULL) fault = "the libzip here is another than henge was built for";
  HENGE_ZIP_FUNCTIONS(FIND)
}

const char *henge_zip_fault(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return fault;
}

const henge_zip_functions *henge_zip(void) { return &functions; }
