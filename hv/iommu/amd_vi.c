/* SPDX-License-Identifier: BSD-2-Clause */
#include "iommu/amd_vi.h"

#include "abi/launch.h"
#include "core/platform.h"
#include "iommu/ivrs.h"

/* 48882, 3.4 "IOMMU MMIO Registers". */
#define DEVICE_TABLE		0x0000u	/* bits 8:0: 4 KiB pages, less one */
#define COMMAND_BASE		0x0008u
#define CONTROL			0x0018u
#define EXCLUSION_BASE		0x0020u	/* DMA there would not be translated */
#define EXTENDED_FEATURES	0x0030u
#define COMMAND_HEAD		0x2000u
#define COMMAND_TAIL		0x2008u
#define STATUS			0x2020u

#define CONTROL_ON		(UINT64_C(1) << 0)
#define CONTROL_HT_TUNNEL	(UINT64_C(1) << 1)
#define CONTROL_PASS_POSTED	(UINT64_C(1) << 8)
#define CONTROL_RESPONSE_PASS	(UINT64_C(1) << 9)
#define CONTROL_COHERENT	(UINT64_C(1) << 10)
#define CONTROL_ISOCHRONOUS	(UINT64_C(1) << 11)
#define CONTROL_COMMANDS	(UINT64_C(1) << 12)
#define STATUS_COMMANDS_RUN	(UINT64_C(1) << 4)
#define FEATURE_INVALIDATE_ALL	(UINT64_C(1) << 6)
#define FEATURE_LEVELS_SHIFT	10	/* 2 bits: 4 levels, 5, 6 */

#define COMMANDS_256		(UINT64_C(8) << 56)
#define COMMAND_WAIT		(UINT64_C(1) << 60)
#define COMMAND_WAIT_STORE	(UINT64_C(1) << 0)
#define COMMAND_FORGET_ALL	(UINT64_C(8) << 60)

#define STOP_TRIES		100000u

/* 48882, 2.2.2.1: interrupts pass as they are (IV is 0), ATS is refused (I). */
#define DEVICE_VALID		UINT64_C(3)	/* V and TV */
#define DEVICE_LEVELS_SHIFT	9
#define DEVICE_READ		(UINT64_C(1) << 61)
#define DEVICE_WRITE		(UINT64_C(1) << 62)
#define DEVICE_DOMAIN		UINT64_C(1)
#define DEVICE_WORDS		4u

/* What amd_vi_start() overwrites, the switch last. */
static const uint32_t overwritten[] = { DEVICE_TABLE, COMMAND_BASE,
					EXCLUSION_BASE, CONTROL };

const char *amd_vi_unusable(const struct unit *unit, int levels)
{
	uint64_t features = *unit_at(unit, EXTENDED_FEATURES);
	int levels_max = 4 + (int)(features >> FEATURE_LEVELS_SHIFT & 3);

	if (*unit_at(unit, CONTROL) & CONTROL_ON)
		return "is in use by the OS or the firmware";
	if (!(features & FEATURE_INVALIDATE_ALL))
		return "has no command to forget everything";
	return levels > levels_max ? "has page tables of too few levels" : NULL;
}

void amd_vi_fill_devices(uint64_t *table, hpa_t root, int levels)
{
	uint64_t first = root.v | (uint64_t)levels << DEVICE_LEVELS_SHIFT |
			 DEVICE_VALID | DEVICE_READ | DEVICE_WRITE;
	uint32_t i;

	for (i = 0; i < HV_DEVICE_TABLE_SIZE / 8; i += DEVICE_WORDS) {
		table[i] = first;
		table[i + 1] = DEVICE_DOMAIN;
	}
}

static uint64_t control(const struct unit *unit)
{
	uint8_t flags = unit->flags;

	return CONTROL_ON | CONTROL_COMMANDS | CONTROL_COHERENT |
	       (flags & IVRS_HT_TUNNEL ? CONTROL_HT_TUNNEL : 0) |
	       (flags & IVRS_PASS_POSTED ? CONTROL_PASS_POSTED : 0) |
	       (flags & IVRS_RESPONSE_PASS ? CONTROL_RESPONSE_PASS : 0) |
	       (flags & IVRS_ISOCHRONOUS ? CONTROL_ISOCHRONOUS : 0);
}

void amd_vi_start(struct unit *unit, hpa_t device_table)
{
	unsigned int i;

	for (i = 0; i < sizeof(overwritten) / sizeof(overwritten[0]); i++)
		unit->found[i] = *unit_at(unit, overwritten[i]);
	*unit_at(unit, EXCLUSION_BASE) = 0;
	*unit_at(unit, DEVICE_TABLE) =
		device_table.v | (HV_DEVICE_TABLE_SIZE / PAGE_SIZE - 1);
	*unit_at(unit, COMMAND_BASE) =
		ptr_to_hpa(unit->commands).v | COMMANDS_256;
	*unit_at(unit, COMMAND_HEAD) = 0;
	*unit_at(unit, COMMAND_TAIL) = 0;
	unit->tail = 0;
	*unit_at(unit, CONTROL) = control(unit);
}

/* The commands' memory is not read any more, or the unit has failed. */
static void wait_for_stop(const struct unit *unit)
{
	unsigned int tries = STOP_TRIES;

	while (*unit_at(unit, STATUS) & STATUS_COMMANDS_RUN && tries-- > 0)
		platform_pause();
}

void amd_vi_stop(struct unit *unit)
{
	unsigned int i;

	*unit_at(unit, CONTROL) = 0;
	wait_for_stop(unit);
	for (i = 0; i < sizeof(overwritten) / sizeof(overwritten[0]); i++)
		*unit_at(unit, overwritten[i]) = unit->found[i];
}

void amd_vi_forget(struct unit *unit, uint64_t number)
{
	unit_add_command(unit, COMMAND_FORGET_ALL, 0);
	unit_add_command(unit,
			 COMMAND_WAIT | COMMAND_WAIT_STORE |
				 ptr_to_hpa(unit->forgotten).v,
			 number);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	*unit_at(unit, COMMAND_TAIL) = unit->tail;
}

uint64_t amd_vi_forgotten(const struct unit *unit)
{
	return __atomic_load_n(unit->forgotten, __ATOMIC_ACQUIRE);
}
