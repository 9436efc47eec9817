// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "henge_editor.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <wchar.h>

struct henge_editor {
  EditLine *line;
  FILE *input, *nowhere;
  henge_editor_calls calls;
};

static henge_editor *of(EditLine *line) {
  henge_editor *editor = NULL;
  el_wget(line, EL_CLIENTDATA, &editor);
  return editor;
}

static int read_character(EditLine *line, wchar_t *character) {
  henge_editor *editor = of(line);
  uint32_t value = 0;
  int count = editor->calls.read(editor->calls.context, &value);
  *character = (wchar_t)value;
  // libedit asks again after EINTR alone.
  if (count < 0) errno = EIO;
  return count;
}

static unsigned char act(EditLine *line, int command, wint_t key) {
  henge_editor *editor = of(line);
  switch (editor->calls.act(editor->calls.context, command, (uint32_t)key)) {
  case henge_answer_newline: return CC_NEWLINE;
  case henge_answer_end: return CC_EOF;
  default: return CC_REFRESH;
  }
}

// libedit does not pass a function the key it was bound to, so each command is its own function.
typedef unsigned char (*command)(EditLine *, wint_t);
#define COMMAND(n) \
  static unsigned char act_##n(EditLine *line, wint_t key) { return act(line, n, key); }
#define EACH(X) \
  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) \
  X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
EACH(COMMAND)
#define NAME(n) act_##n,
static const command commands[henge_commands] = {EACH(NAME)};

static void command_name(int number, wchar_t name[static 16]) {
  swprintf(name, 16, L"henge-%d", number);
}

static wchar_t *no_prompt(EditLine *line) {
  (void)line;
  static wchar_t empty[] = L"";
  return empty;
}

// The history is the owner's. Some of vi's commands call this without asking whether it is there.
static int no_history(void *history, HistEventW *event, int operation, ...) {
  (void)history, (void)event, (void)operation;
  return -1;
}

// Creates the line editor, unless the terminal cannot move its cursor by ANSI codes. Some
// terminals, such as screen and tmux, declare another code for one row up, and support the usual
// one too.
static void open_line(henge_editor *editor) {
  EditLine *line = el_init_fd(
    "henge", editor->input, editor->nowhere, editor->nowhere, STDIN_FILENO, STDOUT_FILENO,
    fileno(editor->nowhere));
  char *up = NULL, *clear = NULL;
  if (!line) return;
  el_wget(line, EL_GETTC, "up", &up);
  el_wget(line, EL_GETTC, "ce", &clear);
  if (up && *up && clear && !strncmp(clear, "\033[", 2))
    editor->line = line;
  else
    el_end(line);
}

henge_editor *henge_editor_open(henge_editor_calls calls) {
  henge_editor *editor = calloc(1, sizeof *editor);
  if (!editor) return NULL;
  editor->calls = calls;
  editor->input = fdopen(dup(STDIN_FILENO), "r");
  editor->nowhere = fopen("/dev/null", "we");
  if (editor->input && editor->nowhere) {
    open_line(editor);
    // What calls itself a kind of xterm is one, also where no data base knows it, as xterm-kitty
    // on a machine reached by ssh.
    const char *term = getenv("TERM");
    if (!editor->line && term && !strncmp(term, "xterm-", 6)) {
      char *name = strdup(term);
      setenv("TERM", "xterm-256color", 1);
      open_line(editor);
      if (name) setenv("TERM", name, 1);
      free(name);
    }
  }
  if (!editor->line) {
    henge_editor_close(editor);
    return NULL;
  }
  EditLine *line = editor->line;
  el_wset(line, EL_CLIENTDATA, editor);
  el_wset(line, EL_PROMPT, no_prompt);
  el_wset(line, EL_HIST, no_history, editor);
  el_wset(line, EL_SIGNAL, 0);
  el_wset(line, EL_GETCFN, read_character);
  el_wset(line, EL_EDITOR, L"emacs");
  for (int i = 0; i < henge_commands; i++) {
    // libedit keeps the pointer to the name.
    static wchar_t names[henge_commands][16];
    command_name(i, names[i]);
    el_wset(line, EL_ADDFN, names[i], L"", commands[i]);
  }
  // Every key arrives as a character, in order: Ctrl-C and Ctrl-Z too, and CR unchanged.
  el_wset(line, EL_SETTY, L"-d", L"-isig", L"-ixon", L"-icrnl", L"-inlcr", NULL);
  return editor;
}

bool henge_editor_source(henge_editor *editor) {
  el_source(editor->line, NULL);
  int isEditing = 0;
  el_wget(editor->line, EL_EDITMODE, &isEditing);
  return isEditing;
}

void henge_editor_close(henge_editor *editor) {
  if (!editor) return;
  if (editor->line) el_end(editor->line);
  if (editor->input) fclose(editor->input);
  if (editor->nowhere) fclose(editor->nowhere);
  free(editor);
}

bool henge_editor_is_vi(henge_editor *editor) {
  const wchar_t *name = NULL;
  el_wget(editor->line, EL_EDITOR, &name);
  return name && !wcscmp(name, L"vi");
}

void henge_editor_bind(
    henge_editor *editor, const char *key, int number, const char *name, bool alternative) {
  wchar_t keys[32], own[64];
  if (mbstowcs(keys, key, 31) == (size_t)-1) return;
  keys[31] = 0;
  if (name)
    swprintf(own, 64, L"%s", name);
  else
    command_name(number, own);
  if (alternative)
    el_wset(editor->line, EL_BIND, L"-a", keys, own, NULL);
  else
    el_wset(editor->line, EL_BIND, keys, own, NULL);
}

void henge_editor_run(henge_editor *editor) {
  int count;
  el_wgets(editor->line, &count);
}

const int32_t *henge_editor_line(henge_editor *editor, size_t *length, size_t *cursor) {
  const LineInfoW *info = el_wline(editor->line);
  *length = (size_t)(info->lastchar - info->buffer);
  *cursor = (size_t)(info->cursor - info->buffer);
  return (const int32_t *)info->buffer;
}

void henge_editor_move(henge_editor *editor, size_t cursor) {
  int now = el_cursor(editor->line, 0);
  el_cursor(editor->line, (int)cursor - now);
}

void henge_editor_replace(
    henge_editor *editor, const uint32_t *characters, size_t count, size_t cursor) {
  const LineInfoW *info = el_wline(editor->line);
  el_cursor(editor->line, (int)(info->lastchar - info->cursor));
  if (count == 0) {
    el_deletestr(editor->line, (int)(info->lastchar - info->buffer));
    return;
  }
  wchar_t *text = calloc(count + 1, sizeof *text);
  if (!text) return;
  for (size_t i = 0; i < count; i++) text[i] = (wchar_t)characters[i];
  el_wreplacestr(editor->line, text);
  free(text);
  henge_editor_move(editor, cursor);
}

void henge_editor_prepare(henge_editor *editor, bool isEditing) {
  el_wset(editor->line, EL_PREP_TERM, isEditing ? 1 : 0);
}

bool henge_choose_locale(void) {
  setlocale(LC_CTYPE, "");
  if (!strcmp(nl_langinfo(CODESET), "UTF-8")) return true;
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

bool henge_is_networked(int descriptor) {
  struct statfs system;
  const long nfs = 0x6969, smb = (long)0xff534d42, smb2 = (long)0xfe534d42;
  return fstatfs(descriptor, &system) == 0 &&
    (system.f_type == nfs || system.f_type == smb || system.f_type == smb2);
}
