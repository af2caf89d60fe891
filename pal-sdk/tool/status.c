/* SPDX-License-Identifier: BSD-2-Clause */
/* pal status: gather the hypervisor's state, then print it. */
#include "status.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "hypervisor.h"

static const struct usage usage = {
	.synopsis = "pal status [--json]",
	.text = "Show the hypervisor, its memory, what each CPU exited for, "
		"and all PALs.\nExit status 5 when it is not running.\n",
	.options = option_json_only,
	.operand_count = 0,
};

static int read_cpus(int device, struct status *status)
{
	for (uint32_t i = 0; i < status->info.cpu_count; i++) {
		struct palisade_cpu_stats request = {
			.size = sizeof(request),
			.cpu = i,
		};

		if (ioctl(device, PALISADE_CPU_STATS, &request)) {
			report("cannot read the counters of CPU %u: %s", i,
			       strerror(errno));
			return EXIT_FAILURE;
		}
		status->cpus[i] = request.stats;
	}
	return 0;
}

static int read_pals(int device, struct status *status)
{
	for (uint32_t slot = 0; slot < HV_MAX_PALS; slot++) {
		struct palisade_slot_info request = {
			.size = sizeof(request),
			.slot = slot,
		};

		if (!ioctl(device, PALISADE_SLOT_INFO, &request)) {
			status->pals[status->pal_count++] = request;
		} else if (errno == EINVAL) {
			break;
		} else if (errno != ENOENT) {
			report("cannot read PAL slot %u: %s", slot,
			       strerror(errno));
			return EXIT_FAILURE;
		}
	}
	return 0;
}

/* Not there: the policy came before Linux, or the module is an older one. */
static int read_policy(int device, struct status *status)
{
	struct palisade_policy request = {
		.size = sizeof(request),
		.policy = (uintptr_t)status->policy,
	};

	status->policy_size = 0;
	if (ioctl(device, PALISADE_POLICY, &request)) {
		if (errno == ENODATA || errno == ENOTTY)
			return 0;
		report("cannot read the policy: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	status->policy_size = request.policy_size;
	return 0;
}

int status_read(struct status *status)
{
	int result;
	int device = hypervisor_open_running(&status->info, &result);

	if (device < 0)
		return result;
	status->pal_count = 0;
	if (status->info.cpu_count > HV_MAX_CPUS)
		status->info.cpu_count = HV_MAX_CPUS;
	result = read_policy(device, status);
	if (!result)
		result = read_cpus(device, status);
	if (!result)
		result = read_pals(device, status);
	close(device);
	return result;
}

int command_status(int argc, char **argv)
{
	static struct status status;
	bool as_json;
	int option = option_json(argc, argv, &usage, &as_json);
	int result;

	if (option != OPTION_END)
		return option_exit(option);
	result = status_read(&status);
	if (result)
		return result;
	if (as_json)
		status_print_json(&status);
	else
		status_print_text(&status);
	return finish_output();
}
