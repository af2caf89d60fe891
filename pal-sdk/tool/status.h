/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypervisor's state as `pal status` shows it. */
#ifndef TOOL_STATUS_H
#define TOOL_STATUS_H

#include "abi/ioctl.h"

struct status {
	struct palisade_info info;
	struct hv_cpu_stats cpus[HV_MAX_CPUS]; /* info.cpu_count of them */
	uint32_t pal_count;
	struct palisade_slot_info pals[HV_MAX_PALS];
};

/* Both print to standard output. */
void status_print_text(const struct status *status);
void status_print_json(const struct status *status);

#endif /* TOOL_STATUS_H */
