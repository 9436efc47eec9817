// SPDX-License-Identifier: MIT
// Preloaded: refuses with EDQUOT what is written below $QUOTA_FOLDER, from the call of write or
// fsync on that $QUOTA_AFTER says, and lets a few through later, as where somebody makes room.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int calls;

static int is_refused(int descriptor) {
  const char *folder = getenv("QUOTA_FOLDER"), *after = getenv("QUOTA_AFTER");
  char link[64], path[4096];
  if (!folder || !after) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (strncmp(path, folder, strlen(folder)) != 0) return 0;
  int call = calls++, first = atoi(after);
  return call >= first && (call - first) % 7 != 6;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  if (!is_refused(descriptor)) return real(descriptor, bytes, count);
  errno = EDQUOT;
  return -1;
}

int fsync(int descriptor) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  if (!is_refused(descriptor)) return real(descriptor);
  errno = EDQUOT;
  return -1;
}
