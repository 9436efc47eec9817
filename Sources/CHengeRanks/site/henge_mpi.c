// SPDX-License-Identifier: MIT
// henge's processes by MPI: it moves bytes, henge adds. Scripts/mpi compiles this with mpicc.
#include "henge_ranks.h"

#include <mpi.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int count, mine;
static MPI_Comm comm;
// For numbers that are told: they do not mix with the messages of exchanges.
static MPI_Comm aside;

static int start(int *all, int *own, int *has_threads) {
  int isStarted = 0, level = 0;
  MPI_Initialized(&isStarted);
  if (!isStarted) {
    int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &level);
    if (code != MPI_SUCCESS) return code;
  }
  MPI_Query_thread(&level);
  *has_threads = level >= MPI_THREAD_SERIALIZED;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  MPI_Comm_dup(MPI_COMM_WORLD, &aside);
  MPI_Comm_size(comm, &count);
  MPI_Comm_rank(comm, &mine);
  *all = count;
  *own = mine;
  return 0;
}

static void library(char *words, size_t size) {
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0, major = 0, minor = 0;
  MPI_Get_library_version(text, &length);
  // "MPICH Version:  4.0.2 ...", "Open MPI v4.1.4, package: ...": the name and the number.
  if (sscanf(text, "Open MPI v%d.%d", &major, &minor) == 2) {
    snprintf(words, size, "Open MPI %.*s", (int)strcspn(text + 10, ", "), text + 10);
  } else if (strncmp(text, "MPICH Version:", 14) == 0) {
    const char *number = text + 14 + strspn(text + 14, " \t");
    snprintf(words, size, "MPICH %.*s", (int)strcspn(number, " \t\n"), number);
  } else {
    snprintf(words, size, "%.*s", (int)strcspn(text, "\n,"), text);
  }
}

static void machine(char *words, size_t size) {
  char text[MPI_MAX_PROCESSOR_NAME];
  int length = 0;
  MPI_Get_processor_name(text, &length);
  snprintf(words, size, "%.*s", length, text);
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// Waits a little longer each time: other processes of this machine need its processors.
static void pause_after(int polls) {
  if (polls < 200) {
    sched_yield();
    return;
  }
  // About 50 microseconds, for the first tenth of a second; half a millisecond, for ten seconds.
  struct timespec time = {0, polls < 2000 ? 50000 : polls < 20000 ? 500000 : 5000000};
  nanosleep(&time, NULL);
}

// MPI counts in ints.
static const int64_t most = 1 << 30;

static int64_t pieces(int64_t size) { return (size + most - 1) / most; }

static int exchange(const void *const *out, const int64_t *out_sizes, void *const *in,
                    const int64_t *in_sizes, double limit, unsigned char *late) {
  int64_t all = 0;
  for (int rank = 0; rank < count; rank++) {
    late[rank] = 0;
    if (rank != mine) all += pieces(out_sizes[rank]) + pieces(in_sizes[rank]);
  }
  if (all == 0) return 0;
  MPI_Request *requests = malloc((size_t)all * sizeof *requests);
  int *owners = malloc((size_t)all * sizeof *owners);
  if (requests == NULL || owners == NULL) {
    fprintf(stderr, "henge: no memory for the messages of %d processes\n", count);
    MPI_Abort(comm, 1);
  }
  int64_t next = 0;
  for (int step = 1; step < count; step++) {
    int from = (mine + count - step) % count;
    for (int64_t done = 0; done < in_sizes[from]; done += most, next++) {
      int64_t size = in_sizes[from] - done < most ? in_sizes[from] - done : most;
      owners[next] = from;
      MPI_Irecv((char *)in[from] + done, (int)size, MPI_BYTE, from, 0, comm, &requests[next]);
    }
  }
  for (int step = 1; step < count; step++) {
    int to = (mine + step) % count;
    for (int64_t done = 0; done < out_sizes[to]; done += most, next++) {
      int64_t size = out_sizes[to] - done < most ? out_sizes[to] - done : most;
      owners[next] = to;
      MPI_Isend((const char *)out[to] + done, (int)size, MPI_BYTE, to, 0, comm, &requests[next]);
    }
  }
  double began = seconds();
  int isDone = 0, isLate = 0;
  for (int polls = 0; !isDone; polls += polls < 1 << 20) {
    MPI_Testall((int)all, requests, &isDone, MPI_STATUSES_IGNORE);
    if (isDone) break;
    if (seconds() - began > limit) {
      isLate = 1;
      for (int64_t index = 0; index < all; index++) {
        int isOne = 0;
        MPI_Test(&requests[index], &isOne, MPI_STATUS_IGNORE);
        if (!isOne) late[owners[index]] = 1;
      }
      break;
    }
    pause_after(polls);
  }
  free(requests);
  free(owners);
  return isLate;
}

static void tell(uint64_t number) {
  // Numbers that were not sent yet stay here; what has no room is not told.
  static uint64_t numbers[256];
  static MPI_Request requests[256];
  static int isUsed[256];
  for (int rank = 0; rank < count; rank++) {
    if (rank == mine) continue;
    for (int place = 0; place < 256; place++) {
      int isDone = 1;
      if (isUsed[place]) MPI_Test(&requests[place], &isDone, MPI_STATUS_IGNORE);
      if (!isDone) continue;
      isUsed[place] = 1;
      numbers[place] = number;
      MPI_Isend(&numbers[place], sizeof number, MPI_BYTE, rank, 0, aside, &requests[place]);
      break;
    }
  }
}

static int hear(uint64_t *number) {
  int isThere = 0;
  MPI_Status status;
  MPI_Iprobe(MPI_ANY_SOURCE, 0, aside, &isThere, &status);
  if (!isThere) return 0;
  MPI_Recv(number, sizeof *number, MPI_BYTE, status.MPI_SOURCE, 0, aside, MPI_STATUS_IGNORE);
  return 1;
}

static void finish(void) {
  // What nobody listens for any more, which MPI would warn of.
  uint64_t number;
  while (hear(&number)) {}
  MPI_Finalize();
}

// Ends this process where MPI_Abort does not, as MPICH's may wait for messages that nobody sends;
// then the launcher ends the others.
static void *end_anyway(void *code) {
  struct timespec time = {3, 0};
  nanosleep(&time, NULL);
  _Exit(*(int *)code);
}

static void abandon(int code) {
  static int kept;
  kept = code;
  pthread_t thread;
  pthread_create(&thread, NULL, end_anyway, &kept);
  MPI_Abort(MPI_COMM_WORLD, code);
  _Exit(code);
}

static const henge_ranks table = {HENGE_RANKS_VERSION, start, library, machine, exchange,
                                  tell,                hear,  finish,  abandon};

const henge_ranks *henge_ranks_table(void) { return &table; }
