/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpu.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "case.h"

void cpu_pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		case_fail("cannot run on CPU %u", cpu);
}

uint64_t cpu_sum_counter(enum hv_counter counter)
{
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	struct palisade_cpu_stats stats = {.size = sizeof(stats)};
	uint64_t sum = 0;

	while (!ioctl(device, PALISADE_CPU_STATS, &stats)) {
		sum += stats.stats.count[counter];
		stats.cpu++;
	}
	close(device);
	return sum;
}
