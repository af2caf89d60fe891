/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Be the OS that uses the IOMMU, or stops to: helper_iommu REGISTERS CONTROL
 * writes the control register of the one at that address.
 */
#include <stdio.h>
#include <stdlib.h>
#include "common_hostile.h"

#define CONTROL 0x18u

int main(int argc, char **argv)
{
	struct attack_device order = {.width = 8};

	if (argc != 3) {
		fputs("usage: helper_iommu REGISTERS CONTROL\n", stderr);
		return 2;
	}
	order.address = strtoull(argv[1], NULL, 0) + CONTROL;
	order.value = strtoull(argv[2], NULL, 0);
	return hostile_order(ATTACK_DEVICE_WRITE, &order) ||
	       order.result != ATTACK_WORKED;
}
