// SPDX-License-Identifier: MIT
// What this processor can do: fused multiplications and additions a second with each kind of
// vector, and the bytes a second that it reads, writes and copies in buffers of several sizes.
//   clang -O2 -pthread Scripts/benchmarks/kernels/roofline.c -o /tmp/roofline && /tmp/roofline 2
// Prints a line for each: what, threads, bytes of a thread's buffer, 1e9 operations or bytes a
// second.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPEATS = 7, MOST_THREADS = 256 };
static const double LEAST_SECONDS = 0.02;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// A kind of work: what one call does, in operations or bytes.
typedef double (*work)(float *buffer, size_t count);

#pragma clang fp contract(fast)

// Twelve sums fit in any register file and are more than are under way at once; clang keeps more of
// them in memory. The factors come from memory, so that nothing is computed ahead.
#define FMA(name, width, sums, set)                                                                \
  __attribute__((target(set))) static double fma_##name(float *buffer, size_t count) {             \
    typedef float vector __attribute__((vector_size(4 * width)));                                  \
    vector x[sums], factor = (vector){0} + buffer[0], more = (vector){0} + buffer[1];              \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < sums; i++) x[i] = factor * (float)i;    \
    for (size_t k = 0; k < count; k++)                                                             \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < sums; i++) x[i] =                     \
          x[i] * factor + more;                                                                    \
    _Pragma("clang loop unroll(full)") for (int i = 1; i < sums; i++) x[0] += x[i];                \
    memcpy(buffer + 2, &x[0], sizeof(float));                                                      \
    return 2.0 * width * sums * (double)count;                                                     \
  }
#if defined(__x86_64__)
FMA(portable, 4, 12, "sse2")
FMA(avx2, 8, 12, "avx2,fma")
FMA(avx512, 16, 12, "avx512f")
#endif

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
static double reads(float *buffer, size_t count) {
  typedef float vector __attribute__((vector_size(32)));
  vector sums[8] = {{0}};
  for (size_t i = 0; i + 64 <= count; i += 64)
    for (int j = 0; j < 8; j++) sums[j] += *(const vector *)(buffer + i + 8 * j);
  for (int j = 1; j < 8; j++) sums[0] += sums[j];
  volatile float kept = sums[0][0] + sums[0][7];
  (void)kept;
  return sizeof(float) * (double)count;
}

static double writes(float *buffer, size_t count) {
  memset(buffer, (int)count, count * sizeof(float));
  __asm__ volatile("" : : "r"(buffer) : "memory");
  return sizeof(float) * (double)count;
}

// Half of the buffer to the other half.
static double copies(float *buffer, size_t count) {
  memcpy(buffer, buffer + count / 2, count / 2 * sizeof(float));
  __asm__ volatile("" : : "r"(buffer) : "memory");
  return sizeof(float) * (double)count;
}

typedef struct {
  work does;
  size_t count, floats; // what it is called with, and what it needs
  pthread_barrier_t *start;
  double rates[REPEATS];
} job;

static void *run(void *argument) {
  job *j = argument;
  float *buffer = aligned_alloc(4096, (j->floats * sizeof(float) + 4095) / 4096 * 4096);
  memset(buffer, 0, j->floats * sizeof(float));
  for (int i = 0; i < REPEATS; i++) {
    pthread_barrier_wait(j->start);
    double begin = now(), done = 0;
    while (now() - begin < LEAST_SECONDS) done += j->does(buffer, j->count);
    j->rates[i] = done / (now() - begin) * 1e-9;
  }
  free(buffer);
  return 0;
}

// The most that all threads did together in one of the repeats.
static void measure(const char *name, work does, size_t count, size_t floats, int threads) {
  pthread_t ids[MOST_THREADS];
  static job jobs[MOST_THREADS];
  pthread_barrier_t start;
  pthread_barrier_init(&start, 0, (unsigned)threads);
  for (int i = 0; i < threads; i++) {
    jobs[i] = (job){.does = does, .count = count, .floats = floats, .start = &start};
    pthread_create(&ids[i], 0, run, &jobs[i]);
  }
  for (int i = 0; i < threads; i++) pthread_join(ids[i], 0);
  double best = 0;
  for (int r = 0; r < REPEATS; r++) {
    double sum = 0;
    for (int i = 0; i < threads; i++) sum += jobs[i].rates[r];
    if (sum > best) best = sum;
  }
  printf("%s %d %zu %.2f\n", name, threads, floats * sizeof(float), best);
  pthread_barrier_destroy(&start);
}

int main(int count, char **words) {
  int most = count > 1 ? atoi(words[1]) : 1;
  if (most < 1 || most > MOST_THREADS) return 2;
  for (int threads = 1; threads <= most; threads += most > 1 ? most - 1 : 1) {
#if defined(__x86_64__)
    measure("portable", fma_portable, 20000, 16, threads);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
      measure("AVX2", fma_avx2, 20000, 16, threads);
    if (__builtin_cpu_supports("avx512f")) measure("AVX-512", fma_avx512, 20000, 16, threads);
#endif
    // A part of the first cache, of the second, of the third, and more than any holds.
    for (size_t bytes = 16 << 10; bytes <= 256 << 20; bytes *= bytes < 1 << 20 ? 4 : 16) {
      size_t floats = bytes / sizeof(float);
      measure("read", reads, floats, floats, threads);
      measure("write", writes, floats, floats, threads);
      measure("copy", copies, floats, floats, threads);
    }
  }
  return 0;
}
