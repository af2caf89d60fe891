/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypervisor's state as `pal status` shows it. */
#ifndef TOOL_STATUS_H
#define TOOL_STATUS_H

#include "abi/ioctl.h"

struct status {
	struct palisade_info info;
	/* What Linux gave with the launch; size 0: none, or not known here. */
	uint8_t policy[POLICY_SIZE_MAX];
	uint32_t policy_size;
	struct hv_cpu_stats cpus[HV_MAX_CPUS]; /* info.cpu_count of them */
	uint32_t pal_count;
	struct palisade_slot_info pals[HV_MAX_PALS];
};

/* Ask it all.  Returns 0, or the status to exit with after a message. */
int status_read(struct status *status);

/* What enum hv_counter and enum hv_pal_state are called; static, not NULL. */
const char *status_counter_words(int kind);
const char *status_counter_key(int kind); /* in JSON */
const char *status_state_text(uint32_t state);

#define STATUS_OWNER_SIZE 40

/*
 * Process, user number and program of who opened a PAL, as far as /proc tells:
 * "1234 u1000 nginx", "1234", or "-" for pid 0.  Returns owner.
 */
const char *status_owner(uint32_t pid, char owner[STATUS_OWNER_SIZE]);

/* How long the PAL has run, all its threads together. */
double status_milliseconds(const struct status *status,
			   const struct hv_pal_info *pal);

/* Both print to standard output. */
void status_print_text(const struct status *status);
void status_print_json(const struct status *status);

/* The same without braces around it, and without the end of the line. */
void status_print_members(const struct status *status);

#endif /* TOOL_STATUS_H */
