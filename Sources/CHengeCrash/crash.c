// SPDX-License-Identifier: MIT

// The last line of defense: after a trap, or a fault in a library, the process cannot continue, but
// it can report the crash in one line, and the entries are on disk. Only async-signal-safe calls
// are made.

#include "henge_crash.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t running;
static volatile sig_atomic_t are_entries_kept;

// A stack overflow leaves no room on the thread's own stack.
static char handler_stack[64 * 1024];

static size_t append(char *line, size_t length, const char *text) {
  size_t count = strlen(text);
  memcpy(line + length, text, count);
  return length + count;
}

static void crashed(int signal_number) {
  (void)signal_number;
  char line[160];
  size_t length = append(line, 0, "\nhenge crashed");
  int number = running;
  if (number > 0) {
    char digits[12];
    size_t first = sizeof digits;
    digits[--first] = '\0';
    for (; number > 0; number /= 10) digits[--first] = (char)('0' + number % 10);
    length = append(line, length, " at [");
    length = append(line, length, digits + first);
    length = append(line, length, "]");
  }
  if (are_entries_kept)
    length = append(line, length, "; the session's entries are kept: henge --recover");
  length = append(line, length, "\n");
  ssize_t written = write(2, line, length);
  (void)written;
  _exit(70);
}

void henge_crash_install(void) {
  stack_t stack;
  memset(&stack, 0, sizeof stack);
  stack.ss_sp = handler_stack;
  stack.ss_size = sizeof handler_stack;
  sigaltstack(&stack, NULL);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = crashed;
  action.sa_flags = (int)(SA_ONSTACK | SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  static const int signals[] = {SIGSEGV, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGABRT};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    sigaction(signals[i], &action, NULL);
}

void henge_crash_entry(int number, int kept) {
  running = number;
  are_entries_kept = kept;
}
