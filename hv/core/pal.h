/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PAL: its memory, its threads, its life.
 *
 *	PAL_FREE -create-> PAL_LOADING -start-> PAL_WAITING -judged-> PAL_READY
 *	    ^                   |                  |                     |
 *	    |                destroy            destroy           fault, destroy
 *	    |                   v                  v                     |
 *	    +---- destroy --- PAL_DEAD <--wiped-- PAL_DYING <------------+
 *
 * The gate is one atomic word: generation, state, and how many CPUs are inside.
 * A call enters by adding one to it while it says PAL_READY; who ends the PAL
 * changes the state; memory is wiped only when the state is PAL_DYING and no
 * CPU is inside.  So calls need no lock, and nobody waits for anybody.
 *
 * Everything but pal_enter() and pal_exit() needs hv->lock.
 */
#ifndef CORE_PAL_H
#define CORE_PAL_H

#include <stdatomic.h>

#include "abi/hypercall.h"
#include "abi/pal_image.h"
#include "core/guest_state.h"
#include "core/npt.h"
#include "core/platform.h"

struct hv;
struct cpu;

/*
 * A handle: bits 63:32 the generation, 15:8 the slot, 5:0 the thread.  They are
 * cut out, not compared with limits, so that also a CPU that runs ahead finds
 * nothing beyond the arrays.
 */
#define PAL_HANDLE(generation, slot) \
	((uint64_t)(generation) << 32 | (uint64_t)(slot) << 8)
#define PAL_HANDLE_SLOT(handle)		((handle) >> 8 & (HV_MAX_PALS - 1))
#define PAL_HANDLE_THREAD(handle)	((handle) & (PAL_MAX_THREADS - 1))
#define PAL_HANDLE_UNUSED		UINT64_C(0xffff00c0)
#define PAL_HANDLE_GENERATION(handle)	((handle) >> 32)
_Static_assert((PAL_HANDLE_UNUSED | (HV_MAX_PALS - 1) << 8 |
		(PAL_MAX_THREADS - 1)) == UINT32_MAX, "all bits are known");

/* The gate: bits 63:32 generation, 31:24 enum hv_pal_state, 23:0 CPUs inside. */
#define PAL_GATE(generation, state) \
	((uint64_t)(generation) << 32 | (uint64_t)(state) << 24)
#define PAL_GATE_STATE(gate)	((enum hv_pal_state)((gate) >> 24 & 0xff))
#define PAL_GATE_INSIDE(gate)	((gate) & 0xffffff)

/*
 * The guest page tables of all PALs: 4 GiB of identity in 2 MiB pages, present,
 * writable, user.  They are the same pages for every PAL and lie, in its nested
 * table, where no address that they translate can reach.  They are mapped
 * writable because the CPU's own walk counts as a write (APM Vol. 2, 15.25.6);
 * accessed and dirty bits are set beforehand, so nothing ever changes.
 */
#define PAL_TABLE_PAGES		6u
#define PAL_TABLE_GPA		PAL_SPACE_END

/*
 * What a thread's state says.  Any other value is the handle of the thread
 * where the suspended chain begins that it is a part of (core/pal_peer.h).
 */
enum pal_thread_state {
	THREAD_IDLE,
	THREAD_RUNNING,		/* some CPU has it */
	THREAD_INTERRUPTED,	/* in a call that began here, on no CPU */
	THREAD_STATES
};

/* How many PALs may wait for each other below the first one. */
#define PAL_CHAIN_MAX	4

/* A thread of a PAL that another PAL calls. */
struct pal_link {
	uint32_t slot;
	uint32_t generation;
	uint32_t thread;
};

/* Who calls from user mode: exactly this instruction, on exactly this stack. */
struct pal_caller {
	uint64_t rip;
	uint64_t rsp;
};

/* One page of the PAL's own memory each. */
struct pal_thread {
	uint8_t fpu[FPU_STATE_SIZE] __attribute__((aligned(64)));
	struct guest_regs regs;
	_Atomic uint64_t state;		/* see enum pal_thread_state */
	_Atomic uint64_t suspended_at;	/* ticks, while in a suspended chain */
	_Atomic uint64_t caller_rip;	/* who may go on with the call: */
	_Atomic uint64_t caller_rsp;	/* others look before they touch it */
	bool is_resumed;		/* it was interrupted: not at its start */
	uint64_t call_count;
	uint64_t ticks;			/* spent in stays that began here */
	void *caller_identity;		/* page at PAL_CALLER_BASE + i pages;
					 * NULL unless PAL_FLAG_PEER */
	uint64_t peer_out;		/* where the peer's output is wanted */
	uint64_t peer_out_capacity;
	uint32_t chain_count;		/* of a stay that began here: */
	struct pal_link chain[PAL_CHAIN_MAX];	/* who runs in its place */
};

struct pal {
	_Atomic uint64_t gate;
	struct hv *hv;
	uint64_t caller_cr3;
	struct npt npt;
	uint32_t thread_count;
	uint64_t window_size;		/* bytes */
	struct pal_thread *threads[PAL_MAX_THREADS];
	struct page_list tables;	/* spare pages for npt, the PAL's own */
	struct pal_image_header *header;	/* a private copy */
	void *identity;			/* page at PAL_IDENTITY_BASE: first
					 * the signature, then the identity */
	bool has_signature;
	bool is_own;			/* the hypervisor's: the OS has no say */
	uint64_t refusal;		/* judged by who helped, not told yet */
	uint32_t rule;			/* of the policy, or NOTARY_NO_RULE */
	uint64_t may_call;		/* bit i: PALs of rule i */
	uint64_t entry;
	uint64_t arg_size;
	uint32_t flags;
	uint32_t security_version;
	char name[HV_PAL_NAME_SIZE];
	uint32_t part;			/* where building stands: which part */
	uint64_t part_offset;		/* and how far in it */
	bool is_loaded;			/* all image pages are there */
	uint64_t wipe_cursor;
	uint64_t page_count;
	uint32_t measured_count;	/* see struct hv_pal_info */
	uint64_t fault_word;
	uint64_t fault_offset;
	uint64_t fault_address;
	const struct pal_thread *fault_thread;	/* that ended it, or NULL */
	struct pal_caller fault_caller;	/* whose call did, until told; or 0 */
	uint32_t backtrace_count;	/* of a debug PAL */
	uint64_t backtrace[PAL_BACKTRACE_MAX];
};

_Static_assert(sizeof(struct pal_thread) <= PAGE_SIZE, "one page");

/* HC_PAL_CREATE, HC_PAL_DESTROY, HC_PAL_INFO: see abi/hypercall.h. */
int pal_create(struct cpu *cpu, gpa_t header, uint64_t cr3, uint64_t *handle,
	       int *reason);
int pal_take_signature(struct cpu *cpu, uint64_t handle, gpa_t page);
int pal_destroy(struct hv *hv, uint64_t handle);
int pal_info(struct hv *hv, uint64_t slot, struct hv_pal_info *info);

/*
 * A PAL of the hypervisor's own, from an image that is part of it: no process
 * can call it, no hypercall names it.  HV_OK or the errors of memory.
 */
int pal_create_own(struct hv *hv, const struct pal_image_header *image,
		   struct pal **pal);
int pal_destroy_own(struct hv *hv, struct pal *pal);

/*
 * The PAL of the OS's that this handle names, in whatever state; NULL if there
 * is none.
 */
struct pal *pal_find(struct hv *hv, uint64_t handle);
unsigned int pal_slot(const struct hv *hv, const struct pal *pal);
enum hv_pal_state pal_state(const struct pal *pal);

/* Does this page belong to the PAL, which is held? */
bool pal_owns(const struct pal *pal, hpa_t page);

/* Change the state, whatever CPUs are inside. */
void pal_set_state(struct pal *pal, enum hv_pal_state state);

/* How many PALs of the OS's there are, dead ones included. */
unsigned int pal_live_count(struct hv *hv);

/*
 * A step of ending and wiping every PAL of the OS's: HV_OK when none is left,
 * HV_EAGAIN while there is more to do.
 */
int pal_destroy_all(struct hv *hv);

/*
 * From here to pal_exit(), the PAL's memory stays.  HV_ENOENT: there is no such
 * PAL for this address space.  HV_EDEAD: it is ending or has ended; *pal is
 * set.
 */
int pal_enter(struct hv *hv, uint64_t handle, uint64_t cr3, struct pal **pal);
void pal_exit(struct pal *pal);

/* The same, for the PAL's generation, whoever asks.  HV_ENOENT, HV_EDEAD. */
int pal_hold(struct pal *pal, uint64_t generation);

/*
 * End the PAL for what this thread did; the first reason stays.  Without
 * hv->lock.
 */
void pal_kill(struct hv *hv, struct pal *pal, const struct pal_thread *thread,
	      uint64_t fault_word, uint64_t address);

/* A step of wiping: true when all is wiped and the state is PAL_DEAD. */
bool pal_wipe_step(struct hv *hv, struct pal *pal);

/*
 * The machine is about to be reset: let nobody enter a PAL, have CPUs that are
 * inside one come out, wait a little for them, then wipe all at once.  With
 * hv->lock.
 */
void pal_wipe_for_reset(struct cpu *cpu);

#endif
