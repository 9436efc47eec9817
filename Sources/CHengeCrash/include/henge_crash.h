// SPDX-License-Identifier: MIT
#ifndef HENGE_CRASH_H
#define HENGE_CRASH_H

/// Makes signals that end a process write one line on standard error and end it with code 70.
void henge_crash_install(void);

/// Sets the number of the running entry for that line, from 1 on; 0 is none.
///
/// If `kept` is not 0, the line also shows how to recover the session's entries.
void henge_crash_entry(int number, int kept);

#endif
