/* SPDX-License-Identifier: BSD-2-Clause */
#include "iommu/vt_d.h"

#include "core/platform.h"

/* D51397, 10.4 "Register Descriptions". */
#define CAPABILITY		0x08u
#define EXTENDED_CAPABILITY	0x10u
#define COMMAND			0x18u	/* 32 bits */
#define STATUS			0x1cu	/* 32 bits */
#define ROOT_TABLE		0x20u
#define QUEUE_TAIL		0x88u
#define QUEUE_BASE		0x90u	/* 2:0 are 0: one page */

#define CAP_WRITE_BUFFER	(UINT64_C(1) << 4)
#define CAP_WIDTHS_SHIFT	8	/* bit n: n + 2 levels */
#define CAP_2M_PAGES		(UINT64_C(1) << 34)
#define CAP_1G_PAGES		(UINT64_C(1) << 35)
#define ECAP_COHERENT		(UINT64_C(1) << 0)
#define ECAP_QUEUE		(UINT64_C(1) << 1)

/* In COMMAND what is to be, in STATUS what is. */
#define TRANSLATION		(1u << 31)
#define SET_ROOT		(1u << 30)	/* once */
#define QUEUE			(1u << 26)
#define REMAPPING		(1u << 25)
#define LASTING			0x96800000u	/* stays until it is taken back */

/* 6.5.2 "Queued Invalidation Interface". */
#define FORGET_CONTEXTS		UINT64_C(0x11)	/* all of them */
#define FORGET_TABLES		UINT64_C(0xd2)	/* all; drain writes, reads */
#define WAIT			UINT64_C(0x25)	/* then write a number */
#define WAIT_NUMBER_SHIFT	32

/* 9.1, 9.3; requests that are translated already are refused (9.3, TT). */
#define ENTRY_PRESENT		UINT64_C(1)
#define CONTEXT_NO_FAULTS	UINT64_C(2)	/* nobody reads them */
#define CONTEXT_DOMAIN		(UINT64_C(1) << 8)
#define ENTRIES			256u

#define TRIES			100000u

static volatile uint32_t *at32(const struct unit *unit, uint32_t offset)
{
	return (volatile uint32_t *)((volatile char *)unit->registers + offset);
}

bool vt_d_is_past_caches(const struct unit *unit)
{
	return !(*unit_at(unit, EXTENDED_CAPABILITY) & ECAP_COHERENT);
}

const char *vt_d_unusable(const struct unit *unit, const struct npt *os,
			  bool has_1g_pages)
{
	uint64_t capability = *unit_at(unit, CAPABILITY);
	uint64_t pages = CAP_2M_PAGES | (has_1g_pages ? CAP_1G_PAGES : 0);

	if (*at32(unit, STATUS) & (TRANSLATION | QUEUE | REMAPPING))
		return "is in use by the OS or the firmware";
	if (!(*unit_at(unit, EXTENDED_CAPABILITY) & ECAP_QUEUE))
		return "has no queue of commands";
	if (capability & CAP_WRITE_BUFFER)
		return "has a write buffer that would have to be flushed";
	if (!(capability >> CAP_WIDTHS_SHIFT >> (os->levels - 2) & 1))
		return "has page tables of too few levels";
	return (capability & pages) != pages ? "has no large pages" : NULL;
}

void vt_d_fill_devices(uint64_t *root, uint64_t *context, const struct npt *os)
{
	unsigned int i;

	for (i = 0; i < ENTRIES; i++) {
		root[2 * i] = ptr_to_hpa(context).v | ENTRY_PRESENT;
		context[2 * i] = os->root.v | ENTRY_PRESENT | CONTEXT_NO_FAULTS;
		context[2 * i + 1] = CONTEXT_DOMAIN |
				     (uint64_t)(os->levels - 2);
	}
}

/* False if the unit does not follow in time. */
static bool command(const struct unit *unit, uint32_t off, uint32_t on)
{
	unsigned int tries = TRIES;

	*at32(unit, COMMAND) = (*at32(unit, STATUS) & LASTING & ~off) | on;
	while ((*at32(unit, STATUS) & (off | on)) != on)
		if (tries-- == 0)
			return false;
		else
			platform_pause();
	return true;
}

const char *vt_d_start(struct unit *unit, hpa_t root)
{
	unit->found[0] = *unit_at(unit, ROOT_TABLE);
	unit->found[1] = *unit_at(unit, QUEUE_BASE);
	*unit_at(unit, ROOT_TABLE) = root.v;
	*unit_at(unit, QUEUE_TAIL) = 0;
	*unit_at(unit, QUEUE_BASE) = ptr_to_hpa(unit->commands).v;
	unit->tail = 0;
	return command(unit, 0, SET_ROOT) && command(unit, 0, QUEUE) &&
			       command(unit, 0, TRANSLATION) ?
		       NULL :
		       "does not do what it is told";
}

void vt_d_stop(struct unit *unit)
{
	command(unit, TRANSLATION, 0);
	command(unit, QUEUE, 0);
	*unit_at(unit, ROOT_TABLE) = unit->found[0];
	*unit_at(unit, QUEUE_BASE) = unit->found[1];
}

void vt_d_forget(struct unit *unit, uint64_t number)
{
	unit_add_command(unit, FORGET_CONTEXTS, 0);
	unit_add_command(unit, FORGET_TABLES, 0);
	unit_add_command(unit, WAIT | number << WAIT_NUMBER_SHIFT,
			 ptr_to_hpa(unit->forgotten).v);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	*unit_at(unit, QUEUE_TAIL) = unit->tail;
}

uint32_t vt_d_forgotten(const struct unit *unit)
{
	return (uint32_t)__atomic_load_n(unit->forgotten, __ATOMIC_ACQUIRE);
}
