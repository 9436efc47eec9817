// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "henge_ranks.h"

#include <dlfcn.h>
#include <sched.h>
#include <stdio.h>

int henge_ranks_processors(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

const henge_ranks *henge_ranks_open(const char *path, char *fault, size_t size) {
  // MPI libraries open parts of their own, which look for the library's names among all names.
  void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(fault, size, "%s", reason != NULL ? reason : "no reason given");
    return NULL;
  }
  const henge_ranks *(*table)(void) = NULL;
  *(void **)&table = dlsym(library, "henge_ranks_table");
  const henge_ranks *ranks = table != NULL ? table() : NULL;
  if (ranks == NULL || ranks->version != HENGE_RANKS_VERSION) {
    snprintf(fault, size, "it was compiled for another version of henge");
    return NULL;
  }
  return ranks;
}
