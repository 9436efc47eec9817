// SPDX-License-Identifier: MIT
// libedit for Swift, which can call no variadic function and touch no stream: key maps, the line
// being edited, vi and emacs, ~/.editrc. Characters are code points; libedit draws nothing, its
// output goes to /dev/null, and each key is asked for from `read`.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct henge_editor henge_editor;

// What the editor asks of its owner.
typedef struct {
  void *context;
  // The next character: 1 with `*character`, 0 at the end of the input, -1 to cancel the line.
  int (*read)(void *context, uint32_t *character);
  // An own command; the answer is one of henge_answer.
  int (*act)(void *context, int command, uint32_t key);
} henge_editor_calls;

enum henge_answer { henge_answer_refresh, henge_answer_newline, henge_answer_end };

// How many own commands there can be.
enum { henge_commands = 32 };

// The signals that wake a reader.
enum henge_signal {
  henge_signal_interrupt = 1,
  henge_signal_resize = 2,
  henge_signal_continue = 4,
  henge_signal_terminate = 8,
  henge_signal_hangup = 16,
};

// Opens an editor on standard input with emacs's keys. NULL where there is no memory or the
// terminal cannot move its cursor.
henge_editor *henge_editor_open(henge_editor_calls calls);
// Runs ~/.editrc; returns whether it left editing on.
bool henge_editor_source(henge_editor *editor);
void henge_editor_close(henge_editor *editor);
// Whether the keys are vi's.
bool henge_editor_is_vi(henge_editor *editor);
// Binds `key`, as in `bind`, to own command `number`, or to libedit's `name` where that is not
// NULL; `alternative` is vi's command mode.
void henge_editor_bind(
  henge_editor *editor, const char *key, int number, const char *name, bool alternative);
// Reads one line with the calls; it ends when a command requests it or `read` has no more input.
void henge_editor_run(henge_editor *editor);

// The line: `*length` characters, and the cursor's offset.
const int32_t *henge_editor_line(henge_editor *editor, size_t *length, size_t *cursor);
// Replaces the line by `count` characters, none of them 0.
void henge_editor_replace(
  henge_editor *editor, const uint32_t *characters, size_t count, size_t cursor);
void henge_editor_move(henge_editor *editor, size_t cursor);

// The terminal's mode: as it was found, or as an editor needs it.
void henge_editor_prepare(henge_editor *editor, bool isEditing);
// The terminal's size; 80x24 if unknown.
void henge_terminal_size(int *columns, int *rows);

// Chooses a locale of UTF-8, without which libedit takes no letter beyond ASCII; whether there is
// one.
bool henge_choose_locale(void);

// Catches the signals that concern an editor; false where it cannot.
bool henge_signals_begin(void);
void henge_signals_end(void);
// Waits for input or a signal for `milliseconds` (-1: for ever): the signals since the last call
// as a set of henge_signal, and whether a read would not block.
int henge_wait(int milliseconds, bool *isReadable);

// Whether an open file is on a network file system, where a lock may hang.
bool henge_is_networked(int descriptor);
