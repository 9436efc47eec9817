// SPDX-License-Identifier: MIT
#include "henge_zmq.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

static henge_zmq_functions functions;
static const char *fault;
static char words[400];

static void open_library(void) {
  void *library = dlopen("libzmq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libzmq.so", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(words, sizeof words,
             "libzmq, by which Jupyter talks to kernels, cannot be loaded (apt-get install "
             "libzmq5): %s",
             reason != NULL ? reason : "no reason given");
    fault = words;
    return;
  }
#define FIND(name) \
  *(void **)&functions.name = dlsym(library, "zmq_" #name); \
  if (functions.name == NULL) fault = "the libzmq here is another than henge was built for";
  HENGE_ZMQ_FUNCTIONS(FIND)
}

const char *henge_zmq_fault(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return fault;
}

const henge_zmq_functions *henge_zmq(void) { return &functions; }
