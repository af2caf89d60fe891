/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_peer.h"

#include <string.h>

#include "invariants.h"
#include "test.h"

struct visit visits[16];
unsigned int visit_count;
int64_t status;

uint64_t handles[PALS];

struct pal *pal(unsigned int i)
{
	return pal_find(hv, handles[i]);
}

uint8_t *byte(const struct pal *which, uint64_t at)
{
	hpa_t to;

	if (!npt_translate(&which->npt, gpa(at), &to, NULL))
		return NULL;
	return fake_ram(to.v);
}

uint64_t make(const char *name, uint32_t flags)
{
	struct pal_image_header header;
	uint64_t handle = 0;

	fake_header(&header);
	memset(header.name, 0, sizeof(header.name));
	strcpy(header.name, name);
	header.flags = flags;
	header.arg_size = ARG_SIZE;
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(fake_load(cpu, handle, FAKE_IMAGE_PAGES), HV_OK);
	CHECK_EQ(fake_window(cpu, handle, 1), HV_OK);
	CHECK_EQ(fake_start(cpu, handle), HV_OK);
	return handle;
}

const char *const names[PALS] = { "a", "b", "c", "d", "e", "f" };

/* As the notary does it: PAL i has rule i and may call everybody. */
void rule(uint64_t handle, unsigned int i)
{
	struct pal *which = pal_find(hv, handle);

	which->rule = i;
	which->may_call = UINT64_MAX;
	memset(which->identity, (int)(0xd0 + i), sizeof(struct pal_identity));
}

struct pal_peer_call request;
uint64_t request_at;
uint64_t result;

void setup_peers(void)
{
	unsigned int i;

	hv = fake_launched(&fake_default);
	cpu = hv->cpus[0];
	fake_give_blocks(hv, 1, 2);
	for (i = 0; i < PALS; i++) {
		handles[i] = make(names[i], PAL_FLAG_PEER);
		rule(handles[i], i);
	}
	request = (struct pal_peer_call){
		.entry = ENTRY,
		.in = DATA + 8,
		.in_size = 16,
		.out = DATA + 64,
		.out_capacity = 32,
	};
	request_at = DATA + 4 * PAGE_SIZE;
	result = 4;
	memset(fake_fpu, 0x0a, sizeof(fake_fpu));
}

struct pal *running(const struct vcpu *vcpu)
{
	const struct fake_vcpu *fake = vcpu->hw;
	unsigned int i;

	for (i = 0; i < HV_MAX_PALS; i++)
		if (fake->npt == &hv->pals[i].npt)
			return &hv->pals[i];
	return NULL;
}

unsigned int slot_of(const struct pal *which)
{
	return pal_slot(hv, which);
}

void note(struct vcpu *vcpu)
{
	struct pal *which = running(vcpu);

	CHECK(which && visit_count < COUNT_OF(visits));
	visits[visit_count++] = (struct visit){
		.pal = which,
		.regs = *vcpu->regs,
		.fpu = fake_fpu[200],
	};
	CHECK(PAL_GATE_INSIDE(which->gate) > 0);
	memset(fake_fpu, (int)(0xc0 + slot_of(which)), sizeof(fake_fpu));
	vcpu->regs->rbx = 0xb0 + slot_of(which);
}

void call(struct vcpu *vcpu, const char *name)
{
	struct pal *which = running(vcpu);
	const uint8_t *from = (const uint8_t *)&request;
	unsigned int i;

	note(vcpu);
	memset(request.name, 0, sizeof(request.name));
	strcpy(request.name, name);
	for (i = 0; i < sizeof(request); i++)
		if (byte(which, request_at + i))
			*byte(which, request_at + i) = from[i];
	vcpu->regs->rax = HC_PAL_CALL_PEER;
	vcpu->regs->rdi = request_at;
	vcpu->regs->rdx = 0x99;
}

void call_next(struct vcpu *vcpu)
{
	call(vcpu, names[slot_of(running(vcpu)) + 1]);
}

/* With 0x90 + slot in all of the area for peers. */
void give_back(struct vcpu *vcpu)
{
	struct pal *which = running(vcpu);
	uint64_t at = PAL_PEER_BASE + vcpu->regs->rsi * ARG_SIZE, i;

	note(vcpu);
	for (i = 0; vcpu->regs->r9 && i < ARG_SIZE; i++)
		*byte(which, at + i) = (uint8_t)(0x90 + slot_of(which));
	vcpu->regs->rax = HC_PAL_RETURN;
	vcpu->regs->rdi = result;
}

bool nobody_is_inside(void)
{
	unsigned int i;

	for (i = 0; i < HV_MAX_PALS; i++)
		if (PAL_GATE_INSIDE(hv->pals[i].gate))
			return false;
	return true;
}

bool is_idle(unsigned int i)
{
	uint32_t thread;

	for (thread = 0; thread < pal(i)->thread_count; thread++)
		if (pal(i)->threads[thread]->state != THREAD_IDLE)
			return false;
	return true;
}

bool all_are_idle(void)
{
	unsigned int i;

	for (i = 0; i < PALS; i++)
		if (pal(i) && !is_idle(i))
			return false;
	return true;
}

bool go(const struct fake_step *steps, unsigned int count)
{
	bool is_over;

	visit_count = 0;
	fake_play(steps, count);
	is_over = user_call(cpu, handles[0], 5, &status);
	CHECK_EQ(fake_steps_left(), 0);
	CHECK_EQ(fake_fpu[200], 0x0a);
	CHECK(nobody_is_inside());
	CHECK(invariants_hold_quickly(hv));
	return is_over;
}

void check_answer(unsigned int i, unsigned int caller, int64_t rax,
			 uint64_t rdx)
{
	CHECK(i < visit_count);
	CHECK(visits[i].pal == pal(caller));
	CHECK_EQ(visits[i].regs.rax, rax);
	CHECK_EQ(visits[i].regs.rdx, rdx);
	CHECK_EQ(visits[i].regs.rbx, 0xb0 + caller);
	CHECK_EQ(visits[i].regs.rip, CALLED_RIP);
	CHECK_EQ(visits[i].fpu, 0xc0 + caller);
}
