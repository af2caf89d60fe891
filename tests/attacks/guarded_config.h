/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI configuration of QEMU's chipset (q35) that a kernel can write on a bare
 * machine and not under the hypervisor: a bit that changes.  Linux has no use
 * for what it stands for at that moment.
 */
#ifndef GUARDED_CONFIG_H
#define GUARDED_CONFIG_H

#include <stdint.h>

#define HOST_BRIDGE	"0000:00:00.0"
#define SOUTH_BRIDGE	"0000:00:1f.0"
#define ECAM_OF(device)	((uint64_t)(device) << 15)
#define PCIEXBAR	0x60u
#define PMBASE		0x40u

static const struct {
	const char *device;
	uint32_t function;	/* its place in memory, from the start */
	uint32_t offset;
	uint32_t bit;
} guarded_config[] = {
	{HOST_BRIDGE, 0, PCIEXBAR, 1u << 29},	/* PCI configuration moves */
	{HOST_BRIDGE, 0, 0x9c, 1u << 14},	/* SMRAM: open to the OS */
	{HOST_BRIDGE, 0, 0x90, 1u << 8},	/* PAM: ROM or RAM */
	{SOUTH_BRIDGE, 0xf8000, PMBASE, 1u << 12}, /* ACPI's ports move */
	{SOUTH_BRIDGE, 0xf8000, 0xf0, 1u << 28},	/* RCBA */
};

#endif
