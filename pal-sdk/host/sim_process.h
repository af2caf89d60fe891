/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting the simulator's process. */
#ifndef HOST_SIM_PROCESS_H
#define HOST_SIM_PROCESS_H

#include <stddef.h>

/* A file in memory, close-on-exec; a descriptor, or -1 and errno. */
int sim_process_memory(const char *name, const void *bytes, size_t size);

/*
 * Start the process with these files and no others (sim/protocol.h).  It is a
 * child of ours, to be waited for by the pid that it tells.  Returns the socket
 * to it, or -1 and errno.  Both files stay the caller's.
 */
int sim_process_start(int image, int shared);

#endif /* HOST_SIM_PROCESS_H */
