// SPDX-License-Identifier: MIT
// Signals while an entry is edited. A signal may arrive on any thread, so a handler wakes the
// reader through an eventfd.
#define _GNU_SOURCE
#include "henge_editor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const struct {
  int number, meaning;
} caught[] = {
  {SIGINT, henge_signal_interrupt},   {SIGWINCH, henge_signal_resize},
  {SIGCONT, henge_signal_continue},   {SIGTERM, henge_signal_terminate},
  {SIGHUP, henge_signal_hangup},
};
enum { count = sizeof caught / sizeof *caught };
static struct sigaction before[count];
static atomic_int received;
static int waker = -1;

static void handle(int number) {
  int saved = errno;
  for (int i = 0; i < count; i++)
    if (caught[i].number == number) atomic_fetch_or(&received, caught[i].meaning);
  uint64_t one = 1;
  ssize_t written = write(waker, &one, sizeof one);
  (void)written;
  errno = saved;
}

bool henge_signals_begin(void) {
  if (waker < 0) waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (waker < 0) return false;
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  sigfillset(&action.sa_mask);
  for (int i = 0; i < count; i++) {
    sigaction(caught[i].number, NULL, &before[i]);
    // What is ignored stays ignored, as SIGHUP under nohup; the key Ctrl-C is always heard.
    bool isHeard = before[i].sa_handler != SIG_IGN || caught[i].number == SIGINT;
    if (isHeard) sigaction(caught[i].number, &action, NULL);
  }
  return true;
}

void henge_signals_end(void) {
  for (int i = 0; i < count; i++) sigaction(caught[i].number, &before[i], NULL);
}

int henge_wait(int milliseconds, bool *isReadable) {
  struct pollfd watched[2] = {
    {.fd = STDIN_FILENO, .events = POLLIN}, {.fd = waker, .events = POLLIN}};
  *isReadable = poll(watched, 2, milliseconds) > 0 && watched[0].revents != 0;
  if (watched[1].revents) {
    uint64_t woken;
    ssize_t taken = read(waker, &woken, sizeof woken);
    (void)taken;
  }
  return atomic_exchange(&received, 0);
}

void henge_terminal_size(int *columns, int *rows) {
  struct winsize size = {0};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) size.ws_col = 0;
  *columns = size.ws_col >= 2 ? size.ws_col : 80;
  *rows = size.ws_row >= 2 ? size.ws_row : 24;
}
