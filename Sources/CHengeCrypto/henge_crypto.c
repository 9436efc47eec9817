// SPDX-License-Identifier: MIT
#include "henge_crypto.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
#define SONAME "libcrypto.so.3"
#else
#define SONAME "libcrypto.so.1.1"
#endif

static henge_crypto_functions functions;
static __typeof__(OpenSSL_version) *version;
static const char *fault;
static char words[400];

static void open_library(void) {
  void *library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libcrypto.so", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(words, sizeof words,
             "libcrypto, which hashes, cannot be loaded (apt-get install libssl-dev): %s",
             reason != NULL ? reason : "no reason given");
    fault = words;
    return;
  }
#define FIND(prefix, name) \
  *(void **)&functions.name = dlsym(library, #prefix #name); \
  if (functions.name == NULL) fault = "the libcrypto here is another than henge was built for";
  HENGE_CRYPTO_FUNCTIONS(FIND)
  *(void **)&version = dlsym(library, "OpenSSL_version");
  if (version == NULL) fault = "the libcrypto here is another than henge was built for";
}

const char *henge_crypto_fault(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return fault;
}

const henge_crypto_functions *henge_crypto(void) { return &functions; }

const char *henge_crypto_version(void) { return version(OPENSSL_VERSION); }
