/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine with PALs that call each other as a script says. */
#ifndef UNIT_FAKE_PEER_H
#define UNIT_FAKE_PEER_H

#include "fake_scene.h"

#define PALS		6u		/* one more than a chain holds */
#define DATA		(PAL_IMAGE_BASE + 0x200000)
#define DATA_SIZE	(5 * PAGE_SIZE)
#define CONSTANTS	(PAL_IMAGE_BASE + 3 * PAGE_SIZE)
#define ARG_SIZE	(2 * PAGE_SIZE)
#define CALLED_RIP	UINT64_C(0x30)
#define ENTRY		UINT64_C(0x1234)

/* A machine with PALs: PAL i has slot i, rule i and may call everybody. */
extern uint64_t handles[PALS];
extern const char *const names[PALS];
void setup_peers(void);

/* A PAL like those, with two threads; what the notary would say of it. */
uint64_t make(const char *name, uint32_t flags);
void rule(uint64_t handle, unsigned int i);

struct pal *pal(unsigned int i);
unsigned int slot_of(const struct pal *which);

/* The PAL's own byte at this address; NULL if there is none. */
uint8_t *byte(const struct pal *which, uint64_t at);

/* What callers ask for, where they put it, what peers return. */
extern struct pal_peer_call request;
extern uint64_t request_at, result;

/* Each run of a PAL: what it found when it went on. */
struct visit {
	struct pal *pal;
	struct guest_regs regs;
	uint8_t fpu;
};
extern struct visit visits[16];
extern unsigned int visit_count;

/*
 * What PALs do.  Each notes its visit and leaves 0xb0 + slot in RBX and 0xc0 +
 * slot in the FPU; who gives back fills its area for peers with 0x90 + slot.
 */
struct pal *running(const struct vcpu *vcpu);
void note(struct vcpu *vcpu);
void call(struct vcpu *vcpu, const char *name);
void call_next(struct vcpu *vcpu);
void give_back(struct vcpu *vcpu);

#define CALLED(act)	{ { .kind = VMEXIT_HYPERCALL, \
			    .next_rip = CALLED_RIP }, act }
#define CALLS		CALLED(call_next)
#define RETURNS		{ { .kind = VMEXIT_HYPERCALL }, give_back }
#define STOPS		{ { .kind = VMEXIT_INTERRUPT }, note }
#define BREAKS		{ { .kind = VMEXIT_SHUTDOWN }, note }

/* Are the threads of PAL i, of all PALs that live, on no CPU and in no call? */
bool is_idle(unsigned int i);
bool all_are_idle(void);
bool nobody_is_inside(void);

/* Thread 0 of PAL 0 is called, or goes on; true when its call is over. */
bool go(const struct fake_step *steps, unsigned int count);
extern int64_t status;

#define GO(...)								\
	go((const struct fake_step[]){ __VA_ARGS__ },			\
	   COUNT_OF(((const struct fake_step[]){ __VA_ARGS__ })))

/* The call is over, well, and left nothing behind. */
#define GO_OVER(...)							\
	do {								\
		CHECK(GO(__VA_ARGS__));					\
		CHECK_EQ(status, HV_OK);				\
		CHECK(all_are_idle());					\
	} while (0)

/* In visit i, this PAL went on after its call with this answer. */
void check_answer(unsigned int i, unsigned int caller, int64_t rax,
		  uint64_t rdx);

#endif
