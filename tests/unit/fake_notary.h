/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine whose notary notes what it is shown and says what it is told. */
#ifndef UNIT_FAKE_NOTARY_H
#define UNIT_FAKE_NOTARY_H

#include "fake_scene.h"

#define ARG_PAGES	(NOTARY_ARG_SIZE / PAGE_SIZE)
#define TRIES_MAX	1000u
#define OS_SIGNATURE	OS_PAGE(3)
#define OS_POLICY(i)	OS_PAGE(8 + (i))

/* The PAL that is judged. */
extern struct pal_image_header header;
extern uint64_t handle;

/* What the notary saw when it ran last. */
struct notary_sight {
	struct guest_regs regs;
	uint64_t tag;
	unsigned int runs;
	unsigned int page_count;	/* shown, from the first on */
	hpa_t pages[ARG_PAGES + 1];
	unsigned int access[ARG_PAGES + 1];
	uint8_t first[PAGE_SIZE];	/* the first page's bytes */
};
extern struct notary_sight sight;

/* What it answers to each entry, what else it does. */
extern int64_t answers[NOTARY_JUDGE + 1];
extern struct notary_record record;
extern uint64_t entry_in_call;
extern void (*in_between)(void);

/* One run of it, to PLAY: it returns, is interrupted, breaks a rule. */
extern const struct fake_step answering[1], working[1], failing[1];

/* Forget what was seen; from now on it admits whom it sees. */
void expect_good_answers(void);

/* A launched machine with a pool, with no notary; the same, with a subject. */
void setup_unstarted(void);
void setup_judging(void);

/* A machine that is not launched, with policy and list in the OS's memory. */
void setup_policy(uint32_t flags);
int64_t give_policy(uint64_t list, uint64_t size);

/* A PAL with image `header` that waits to be judged. */
uint64_t make_subject(void);

/* HC_PAL_JUDGE once with a run that answers, and until it is over. */
int64_t judge_step(uint64_t which);
int64_t judge(uint64_t which);

/* setup_judging(), then judge up to before this entry; or be interrupted in it. */
void judge_up_to(unsigned int entry);
void judge_into(unsigned int entry);

struct pal *subject(void);
struct pal *notary(void);

/* The window is empty; besides, nobody is being judged or in the notary. */
void check_nothing_is_shown(void);
void check_quiet(void);

/* It is built as its image says. */
void check_notary(void);

#endif
