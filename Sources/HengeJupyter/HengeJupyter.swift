// SPDX-License-Identifier: MIT

// Jupyter's kernel: the session of entries behind Jupyter's messages.
//
// `Kernel` connects the parts and runs cells on the thread that serves it. Each socket has a thread of its
// own: `MessageChannel` receives the requests of shell and control and sends their replies, `Publisher`
// sends what cells produce. `KernelSink` makes messages of the session's events, `LiveDisplay` of
// progress, `Assistant` answers questions about the code that is typed, also while a cell runs.
