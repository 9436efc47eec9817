// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "henge_lapack.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// The last two arguments are the lengths of `jobz` and `uplo`, which Fortran passes unseen.
typedef void dsyevd(const char *jobz, const char *uplo, const int *n, double *a, const int *lda,
                    double *w, double *work, const int *lwork, int *iwork, const int *liwork,
                    int *info, size_t jobz_length, size_t uplo_length);

static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "liblapack.so.3"};
static const char threads[] = "OPENBLAS_NUM_THREADS";

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *reason;
static const char *version = "LAPACK";
static dsyevd *eigen;

static void open_library(void) {
  // It reads this once, while it is opened. Programs that henge starts must not inherit it.
  const char *set = getenv(threads);
  char *before = set ? strdup(set) : NULL;
  setenv(threads, "1", 1);
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && library == NULL; i++)
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (before != NULL)
    setenv(threads, before, 1);
  else
    unsetenv(threads);
  free(before);
  if (library == NULL) {
    reason = "OpenBLAS cannot be opened: apt-get install libopenblas0";
    return;
  }
  eigen = (dsyevd *)dlsym(library, "dsyevd_");
  if (eigen == NULL) reason = "OpenBLAS has no function dsyevd here";
  char *(*config)(void) = (char *(*)(void))dlsym(library, "openblas_get_config");
  if (config != NULL) version = config();
}

const char *henge_lapack_open(void) {
  pthread_once(&once, open_library);
  return reason;
}

const char *henge_lapack_version(void) { return version; }

int henge_lapack_eigen(int n, double *a, double *values, double *work, int length, int *integers,
                       int integer_length) {
  int info = 0;
  eigen("V", "U", &n, a, &n, values, work, &length, integers, &integer_length, &info, 1, 1);
  return info;
}
