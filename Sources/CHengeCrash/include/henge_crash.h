// SPDX-License-Identifier: MIT
#ifndef HENGE_CRASH_H
#define HENGE_CRASH_H

/// Makes signals that end a process write one line on standard error and end it with code 70.
void henge_crash_install(void);

/// Names the entry that runs, from 1 on, for that line; 0 is none. With `kept` not 0 the line says
/// how to bring the session's entries back.
void henge_crash_entry(int number, int kept);

#endif
