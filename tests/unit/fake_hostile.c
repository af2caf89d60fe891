/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_hostile.h"

#include <string.h>

#include "core/exit.h"
#include "core/pal_peer.h"
#include "fake_iommu.h"
#include "svm/svm.h"
#include "test.h"

#define HANDLES		8u
#define DATA		(PAL_IMAGE_BASE + 0x200000)
#define SECRET		UINT64_C(0x5ec4e75ec4e75ec4)
#define STAY_EXITS	6u	/* after so many an interrupt comes */

uint64_t (*hostile_pick)(uint64_t count);
unsigned int hostile_answers[-HV_ELOOP + 1];

static struct hv *hv;
static struct vendor vendor;
static uint64_t handles[HANDLES];
static unsigned int exits_left;

static uint64_t pick(uint64_t count)
{
	return hostile_pick(count);
}

static uint64_t random_address(void)
{
	static const uint64_t bases[] = {
		0, FAKE_LOW_HOLE, BLOCK_SIZE, 2 * BLOCK_SIZE, OS_PAGE(0),
		OS_PAGE(0), OS_PAGE(200), FAKE_HV_BASE, 30 * BLOCK_SIZE,
		62 * MIB, 64 * MIB, FAKE_APIC_BASE, FAKE_HIGH_BASE,
		FAKE_HIGH_END, FAKE_PHYSICAL_END, PLATFORM_POOL_BASE,
		UINT64_C(1) << 52, UINT64_MAX & ~(PAGE_SIZE - 1),
	};
	uint64_t at = bases[pick(COUNT_OF(bases))] + pick(4) * PAGE_SIZE;

	switch (pick(8)) {
	case 0:
		return at + pick(PAGE_SIZE);
	case 1:
		return at & ~(BLOCK_SIZE - 1);
	case 2:
		return pick(0);
	default:
		return at;
	}
}

static uint64_t random_handle(void)
{
	uint64_t handle = handles[pick(HANDLES)];

	switch (pick(10)) {
	case 0:
		return pick(0);
	case 1:
		return handle ^ UINT64_C(1) << pick(64);
	case 2:
		return handle + pick(4);
	default:
		return handle;
	}
}

static uint64_t random_number(void)
{
	switch (pick(8)) {
	case 0:
		return pick(0);
	case 1:
		return pick(600);
	default:
		return pick(8);
	}
}

static uint64_t random_argument(void)
{
	switch (pick(3)) {
	case 0:
		return random_address();
	case 1:
		return random_handle();
	default:
		return random_number();
	}
}

/* Mostly an image that can be loaded, and a list of pages it may have. */
static void write_random_input(void)
{
	uint64_t *list = fake_ram(OS_LIST);
	struct pal_image_header header;
	unsigned int i;

	fake_header(&header);
	header.thread_count = 1 + (uint32_t)pick(3);
	header.flags = pick(2) ? PAL_FLAG_PEER : 0;
	if (pick(4) == 0)
		((uint8_t *)&header)[pick(200)] ^= (uint8_t)(1 << pick(8));
	memcpy(fake_ram(OS_HEADER), &header, sizeof(header));
	for (i = 0; i < 64; i++)
		list[i] = OS_WINDOW(i);
	for (i = (unsigned int)pick(4); i > 0; i--)
		list[pick(64)] = pick(2) ? OS_WINDOW(pick(64)) :
					   random_address();
}

static void check_answer(int64_t status)
{
	CHECK(status <= 0 && status >= HV_ELOOP);
	if (status <= 0 && status >= HV_ELOOP)
		hostile_answers[-status]++;
}

static bool takes_handle(uint64_t number)
{
	return (number >= HC_PAL_LOAD && number <= HC_PAL_DESTROY) ||
	       number == HC_PAL_SIGNATURE || number == HC_PAL_JUDGE;
}

static uint64_t first_argument(uint64_t number)
{
	if (takes_handle(number) && pick(8))
		return random_handle();
	if ((number == HC_POOL_ADD || number == HC_POOL_REMOVE) && pick(4))
		return (pick(2) ? 18 + pick(4) : pick(33)) * BLOCK_SIZE;
	if (number == HC_PAL_CREATE && pick(8))
		return OS_HEADER;
	return random_argument();
}

/* Each of them, with those that end everything seldom. */
static uint64_t random_hypercall_number(void)
{
	uint64_t number = HC_INFO + pick(HC_CPU_STOP - HC_INFO + 2);

	if (pick(50) == 0)
		return pick(0);
	/* A pool that is empty now and then. */
	if (number == HC_POOL_ADD && pick(4))
		return HC_POOL_REMOVE;
	/* Unloading now and then only: nothing comes after it. */
	if (number == HC_UNLOAD && pick(8))
		return HC_PAL_LOAD;
	/* A CPU that has left is no more. */
	if (number == HC_CPU_LEAVE && hv->phase != HV_RUNNING)
		return HC_INFO;
	return number;
}

static void random_hypercall(struct cpu *cpu)
{
	uint64_t number = random_hypercall_number();
	uint64_t rdi, rsi, rdx = pick(3) ? 1 + pick(40) : random_argument();

	write_random_input();
	rdi = first_argument(number);
	rsi = pick(4) ? OS_LIST : random_argument();
	if (number == HC_PAL_CREATE && pick(8))
		rsi = FAKE_CR3;
	if (number == HC_UNLOAD && pick(4))
		rdi = pick(2);
	check_answer(os_call(cpu, number, rdi, rsi, rdx));
	if (number == HC_PAL_CREATE && cpu->os_regs.rax == HV_OK)
		handles[pick(HANDLES)] = cpu->os_regs.rdx;
}

static void write_request(uint64_t *at)
{
	const struct pal_peer_call request = {
		.name = "unit",
		.entry = pick(3),
		.in = DATA + 8 * pick(40),
		.in_size = pick(8) ? pick(64) : random_number(),
		.out = pick(8) ? DATA + 512 : random_argument(),
		.out_capacity = pick(8) ? pick(64) : random_number(),
	};

	memcpy(at, &request, sizeof(request));
}

/* The guest writes its secret to its data and its registers. */
static void act(struct vcpu *vcpu)
{
	const struct fake_vcpu *fake = vcpu->hw;
	static const uint64_t calls[] = {
		HC_PAL_RETURN, HC_PAL_RETURN, HC_PAL_CALL_PEER, 0,
	};
	hpa_t to;

	vcpu->regs->rbx = vcpu->regs->r15 = SECRET;
	vcpu->regs->rax = calls[pick(COUNT_OF(calls))];
	vcpu->regs->rdi = pick(4) ? DATA + 1024 : random_argument();
	if (vcpu->regs->rax == HC_PAL_RETURN)
		vcpu->regs->rdi = pick(3) ? 0 : random_number();
	if (!npt_translate(fake->npt, gpa(DATA), &to, NULL))
		return;
	*(uint64_t *)fake_ram(to.v) = SECRET;
	if (vcpu->regs->rax == HC_PAL_CALL_PEER)
		write_request((uint64_t *)fake_ram(to.v) + 128);
}

/* vendor->run(): what a PAL's stay comes to next. */
static void run(struct vcpu *vcpu, struct vmexit *exit)
{
	static const enum vmexit_kind kinds[] = {
		VMEXIT_HYPERCALL, VMEXIT_HYPERCALL, VMEXIT_HYPERCALL,
		VMEXIT_INTERRUPT, VMEXIT_NMI, VMEXIT_CPUID,
	};

	act(vcpu);
	*exit = (struct vmexit){ .kind = VMEXIT_INTERRUPT };
	if (!exits_left)
		return;
	exits_left--;
	exit->next_rip = vcpu->regs->rip + 3;
	exit->kind = kinds[pick(COUNT_OF(kinds))];
	if (pick(8) == 0)
		exit->kind = (enum vmexit_kind)pick(VMEXIT_UNKNOWN + 1);
}

static void random_user_call(struct cpu *cpu)
{
	uint64_t handle = random_handle();
	int64_t status;

	if (pick(6) == 0)
		cpu->os_regs.rsp += 8;
	if (user_call(cpu, handle, random_number(), &status))
		check_answer(status);
	CHECK(cpu->os_regs.rbx != SECRET && cpu->os_regs.r15 != SECRET);
}

static void random_exit(struct cpu *cpu)
{
	static const enum vmexit_kind kinds[] = {
		VMEXIT_CPUID, VMEXIT_RDMSR, VMEXIT_WRMSR, VMEXIT_NPT_FAULT,
		VMEXIT_EXCEPTION, VMEXIT_VIRT_INSN, VMEXIT_PRIVILEGED,
		VMEXIT_INIT, VMEXIT_INVD,
	};
	struct vmexit exit = { .kind = kinds[pick(COUNT_OF(kinds))] };

	if (exit.kind == VMEXIT_NPT_FAULT) {
		exit.npt.at = gpa(random_address());
		exit.npt.access = 1 + (unsigned int)pick(7);
	}
	cpu->os_regs.rcx = pick(2) ? 0xc0010110 + pick(16) : random_argument();
	exit.next_rip = cpu->os_regs.rip;
	os_handle_exit(cpu, &exit);
}

bool hostile_secret_is_kept(void)
{
	uint64_t at;

	for (at = fake_written(0); at < FAKE_LOW_END - PAGE_SIZE;
	     at = fake_written(at + PAGE_SIZE))
		if (owner_is_os_page(&hv->owner, hpa(at)) &&
		    *(uint64_t *)fake_ram(at) == SECRET)
			return false;
	return true;
}

struct hv *hostile_machine(uint64_t which)
{
	struct fake_options options = fake_default;
	unsigned int id;

	options.levels = which & 1 ? 5 : 4;
	options.has_1g_pages = which & 2;
	options.has_apic_guard = which & 4;
	options.format = which & 8 ? &ept_like_format : &svm_npt_format;
	options.has_iommu = which & 16;
	options.cpu_count = 1 + which % FAKE_CPUS;
	hv = fake_launched(&options);
	vendor = *hv->vendor;
	vendor.run = run;
	hv->vendor = &vendor;
	for (id = 0; id < hv->cpu_count; id++)
		hv->cpus[id]->vendor = &vendor;
	if (which % 8 != 7)
		fake_give_blocks(hv, 20, 1);
	memset(handles, 0, sizeof(handles));
	return hv;
}

/*
 * As a loader does it, so that there is something to act on; but it may forget
 * to have some CPUs flush.
 */
static void proper_pal(void)
{
	uint64_t forgotten = pick(2) ? pick(16) : 0;
	struct pal *pal;
	unsigned int id;
	uint64_t handle;

	if (hv->phase != HV_RUNNING)
		return;
	if (pick(4) == 0)
		os_call(hv->cpus[0], HC_POOL_ADD, (21 + pick(2)) * BLOCK_SIZE,
			0, 0);
	for (id = 0; id < hv->cpu_count; id++)
		if (!(forgotten >> id & 1))
			os_call(hv->cpus[id], HC_FLUSH, 0, 0, 0);
	handle = fake_pal_make(hv->cpus[0], pick(3));
	pal = pal_find(hv, handle);
	if (!pal)
		return;
	handles[pick(HANDLES)] = handle;
	pal->rule = 0;
	pal->may_call = UINT64_MAX;
}

void hostile_step(void)
{
	struct cpu *cpu = hv->cpus[pick(hv->cpu_count)];

	exits_left = STAY_EXITS;
	if (pick(32) == 0)
		fake_iommu.is_slow = !fake_iommu.is_slow;
	if (!fake_iommu.is_slow)
		fake_iommu.passed_epoch = fake_iommu.asked_epoch;
	switch (pick(16)) {
	case 0:
	case 1:
	case 2:
		random_user_call(cpu);
		break;
	case 3:
		random_exit(cpu);
		break;
	case 4:
		if (pick(8) == 0)
			proper_pal();
		break;
	default:
		random_hypercall(cpu);
		break;
	}
}
