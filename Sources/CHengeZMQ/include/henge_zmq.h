// SPDX-License-Identifier: MIT
#ifndef HENGE_ZMQ_H
#define HENGE_ZMQ_H

#include <zmq.h>

// libzmq, opened by name when a kernel is served: no other command needs it.

// Its functions, without `zmq_`.
#define HENGE_ZMQ_FUNCTIONS(use) \
  use(bind) use(close) use(connect) use(ctx_new) use(ctx_shutdown) use(ctx_term) use(msg_close) \
  use(msg_data) use(msg_init) use(msg_init_size) use(msg_more) use(msg_recv) use(msg_send) \
  use(msg_size) use(poll) use(setsockopt) use(socket) use(strerror)

typedef struct {
#define HENGE_DECLARE(name) __typeof__(zmq_##name) *name;
  HENGE_ZMQ_FUNCTIONS(HENGE_DECLARE)
#undef HENGE_DECLARE
} henge_zmq_functions;

// Opens the library once; NULL, or why it cannot be used, a text that stays.
const char *henge_zmq_fault(void);

// The functions, all of them there where henge_zmq_fault() is NULL.
const henge_zmq_functions *henge_zmq(void);

#endif
