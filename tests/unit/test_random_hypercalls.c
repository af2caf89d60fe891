/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An OS that makes random hypercalls with arguments that are often nearly
 * right, and PALs that do random things: after each step the invariants hold,
 * no answer is unknown, and what PALs had never shows up in the OS's memory.
 */
#include <string.h>

#include "core/exit.h"
#include "fake_machine.h"
#include "invariants.h"
#include "svm/svm.h"
#include "test.h"

#define STEPS		20000u
#define SLOW_CHECK	500u
#define HANDLES		8u
#define SECRET		UINT64_C(0x5ec4e75ec4e75ec4)

static struct hv *hv;
static uint64_t seed;
static uint64_t handles[HANDLES];
static unsigned int answers[13];

static uint64_t pick(uint64_t count)
{
	return fake_random(&seed) % count;
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
		return fake_random(&seed);
	default:
		return at;
	}
}

static uint64_t random_handle(void)
{
	uint64_t handle = handles[pick(HANDLES)];

	switch (pick(10)) {
	case 0:
		return fake_random(&seed);
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
		return fake_random(&seed);
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
	if (pick(4) == 0)
		((uint8_t *)&header)[pick(200)] ^= (uint8_t)(1 << pick(8));
	memcpy(fake_ram(OS_HEADER), &header, sizeof(header));
	for (i = 0; i < 64; i++)
		list[i] = pick(40) ? OS_WINDOW(pick(64)) : random_address();
}

static void check_answer(int64_t status)
{
	CHECK(status <= 0 && status >= HV_ENOTSUP);
	if (status <= 0 && status >= HV_ENOTSUP)
		answers[-status]++;
}

static uint64_t first_argument(uint64_t number)
{
	if (number >= HC_PAL_LOAD && number <= HC_PAL_DESTROY && pick(8))
		return random_handle();
	if ((number == HC_POOL_ADD || number == HC_POOL_REMOVE) && pick(4))
		return pick(33) * BLOCK_SIZE;
	if (number == HC_PAL_CREATE && pick(8))
		return OS_HEADER;
	return random_argument();
}

static void random_hypercall(struct cpu *cpu)
{
	uint64_t number = HC_INFO + pick(HC_LAUNCHED - HC_INFO + 2);
	uint64_t rdi, rsi, rdx = pick(3) ? 1 + pick(40) : random_argument();

	if (pick(50) == 0)
		number = fake_random(&seed);
	/* A pool that is empty now and then. */
	if (number == HC_POOL_ADD && pick(4))
		number = HC_POOL_REMOVE;
	/* Unloading now and then only: nothing comes after it. */
	if (number == HC_UNLOAD && pick(8))
		number = HC_PAL_LOAD;
	/* A CPU that has left is no more. */
	if (number == HC_CPU_LEAVE && hv->phase != HV_RUNNING)
		return;
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

/* The guest writes a secret to its data and its registers. */
static void keep_secret(struct vcpu *vcpu)
{
	const struct npt *npt = fake_pal(hv->cpus[0])->npt;
	hpa_t to;

	if (npt_translate(npt, gpa(PAL_IMAGE_BASE + 0x200000), &to, NULL))
		*(uint64_t *)fake_ram(to.v) = SECRET;
	vcpu->regs->rbx = vcpu->regs->r15 = SECRET;
	vcpu->regs->rax = pick(4) ? HC_PAL_RETURN : random_number();
	vcpu->regs->rdi = 1;
}

static void random_user_call(struct cpu *cpu)
{
	struct fake_step steps[] = {
		{ { .kind = VMEXIT_CPUID }, NULL },
		{ { .kind = (enum vmexit_kind)pick(VMEXIT_UNKNOWN + 1) },
		  keep_secret },
		{ { .kind = VMEXIT_HYPERCALL }, keep_secret },
		{ { .kind = VMEXIT_SHUTDOWN }, keep_secret },
	};
	uint64_t handle = random_handle();
	int64_t status;

	if (pick(2))
		steps[1].exit.kind = VMEXIT_INTERRUPT;
	PLAY(steps);
	cpu = hv->cpus[0];
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

/* No page that the OS can reach holds a PAL's secret. */
static bool is_secret_kept(void)
{
	uint64_t at;

	for (at = 0; at < FAKE_LOW_END - PAGE_SIZE; at += PAGE_SIZE)
		if (owner_is_os_page(&hv->owner, hpa(at)) &&
		    *(uint64_t *)fake_ram(at) == SECRET)
			return false;
	return true;
}

static void setup(uint64_t which)
{
	struct fake_options options = fake_default;

	options.levels = which & 1 ? 5 : 4;
	options.has_1g_pages = which & 2;
	options.has_apic_guard = which & 4;
	options.format = which & 8 ? &ept_like_format : &svm_npt_format;
	options.cpu_count = 1 + which % 3;
	hv = fake_launched(&options);
	fake_give_blocks(hv, 20, 1);
	memset(handles, 0, sizeof(handles));
	seed = which;
}

/* As a loader does it, so that there is something to act on. */
static void proper_pal(void)
{
	struct cpu *cpu = hv->cpus[0];
	unsigned int id;

	if (hv->phase != HV_RUNNING)
		return;
	for (id = 0; id < hv->cpu_count; id++)
		os_call(hv->cpus[id], HC_FLUSH, 0, 0, 0);
	handles[pick(HANDLES)] = fake_pal_make(cpu, pick(3));
}

static void step(void)
{
	struct cpu *cpu = hv->cpus[pick(hv->cpu_count)];

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

static void random_hypercalls_break_nothing(void)
{
	unsigned int i;

	for (i = 0; i < STEPS && test_is_good; i++) {
		if (i % (STEPS / 16) == 0)
			setup(i / (STEPS / 16));
		step();
		CHECK(i % SLOW_CHECK ? invariants_hold_quickly(hv) :
				       invariants_hold(hv) && is_secret_kept());
		if (!test_is_good)
			printf("# at step %u\n", i);
	}
}

/* If an answer never comes, the arguments above are not near enough. */
static void every_answer_was_reached(void)
{
	static const int wanted[] = {
		HV_OK, HV_EINVAL, HV_ENOSYS, HV_ENOMEM, HV_EPERM, HV_EBUSY,
		HV_EAGAIN, HV_EFAULT, HV_EDEAD, HV_ENOENT, HV_EIMAGE,
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(wanted); i++) {
		CHECK(answers[-wanted[i]] > 0);
		if (!answers[-wanted[i]])
			printf("# answer %d\n", wanted[i]);
	}
}

TESTS(
	RUN(random_hypercalls_break_nothing);
	RUN(every_answer_was_reached);
)
