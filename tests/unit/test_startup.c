/* SPDX-License-Identifier: BSD-2-Clause */
/* core/startup.c: CPUs that the OS starts under the hypervisor. */
#include "core/startup.h"

#include <string.h>

#include "core/apic_guard.h"
#include "core/exit.h"
#include "core/msr.h"
#include "fake_machine.h"
#include "test.h"

#define INIT		0x4500u
#define INIT_RELEASE	0x8500u
#define STARTUP		0x4600u
#define TO_SELF		(1u << 18)
#define TO_ALL		(2u << 18)
#define TO_OTHERS	(3u << 18)
#define LOGICAL		(1u << 11)

static struct hv *hv;
static struct cpu *cpu, *other;

static void setup(void)
{
	struct fake_options options = fake_default;
	unsigned int i;

	options.has_apic_guard = true;
	options.cpu_count = 3;
	hv = fake_machine(&options);
	hv->starts_cpus = true;
	for (i = 0; i < 3; i++)
		hv->cpus[i]->apic_id = 10 + i;
	cpu = hv->cpus[0];
	other = hv->cpus[1];
	fake_nmis = 0;
	fake_on_pause = NULL;
}

static void follow(void *of)
{
	startup_follow(of);
}

/* Does this CPU go on with the OS, and not wait? */
static bool goes_on(struct cpu *of)
{
	return fake_catch(follow, of) == FAKE_RETURNED;
}

static bool begins_at(struct cpu *of, uint32_t vector)
{
	const struct guest_state *state = &fake_os(of)->loaded;

	return goes_on(of) && state->cs.base == vector << 12 &&
	       state->cs.selector == vector << 8 && of->os_regs.rip == 0 &&
	       !(state->cr0 & (CR0_PG | CR0_PE)) && state->efer == 0;
}

static void a_cpu_that_nobody_starts_goes_on(void)
{
	setup();
	CHECK(goes_on(cpu));
	CHECK_EQ(fake_os(cpu)->flush_count, 0);
}

static void a_startup_ipi_begins_a_waiting_cpu(void)
{
	setup();
	CHECK_EQ(startup_wait(other), HV_OK);
	CHECK(!goes_on(other));
	startup_send(cpu, STARTUP | 0x9a, 11);
	other->os_regs.rip = 0x1234;
	CHECK(begins_at(other, 0x9a));
	CHECK_EQ(other->os_regs.rflags, 2);
	CHECK_EQ(fake_os(other)->flush_count, 1);
	CHECK(goes_on(other));
	CHECK_EQ(fake_nmis, 0);
}

static void send_from_elsewhere(void)
{
	startup_send(cpu, STARTUP | 0x07, 11);
}

static void it_is_noticed_while_waiting(void)
{
	setup();
	hv->epoch = 7;
	CHECK_EQ(startup_wait(other), HV_OK);
	fake_on_pause = send_from_elsewhere;
	CHECK(begins_at(other, 0x07));
	CHECK_EQ(other->epoch, 7);
}

static void a_cpu_that_runs_ignores_a_startup_ipi(void)
{
	setup();
	startup_send(cpu, STARTUP | 0x9a, 11);
	CHECK(goes_on(other));
	CHECK_EQ(fake_os(other)->flush_count, 0);
}

static void only_the_first_startup_ipi_counts(void)
{
	setup();
	startup_wait(other);
	startup_send(cpu, STARTUP | 0x10, 11);
	startup_send(cpu, STARTUP | 0x20, 11);
	CHECK(begins_at(other, 0x10));
}

static void init_stops_a_cpu_with_an_nmi(void)
{
	setup();
	startup_send(cpu, INIT, 11);
	CHECK_EQ(fake_nmis, 1);
	CHECK_EQ(fake_nmi_to, 11);
	startup_take_nmi(other);
	CHECK_EQ(fake_os(other)->inject_count, 0);
	CHECK(!goes_on(other));
	CHECK(goes_on(cpu));
	startup_send(cpu, INIT, 11);		/* it waits already */
	CHECK_EQ(fake_nmis, 1);
	startup_send(cpu, STARTUP | 0x30, 11);
	CHECK(begins_at(other, 0x30));
}

static void a_startup_ipi_may_follow_at_once(void)
{
	setup();
	startup_send(cpu, INIT, 11);
	startup_send(cpu, STARTUP | 0x30, 11);
	CHECK(begins_at(other, 0x30));
}

static void init_again(void)
{
	startup_send(cpu, INIT, 11);
	startup_send(cpu, STARTUP | 0x77, 11);
	fake_on_pause = NULL;
}

static void load_and_init(struct vcpu *vcpu, const struct guest_state *from)
{
	fake_os(other)->loaded = *from;
	(void)vcpu;
	if (fake_on_pause)
		fake_on_pause();
}

static void an_init_while_it_begins_is_not_lost(void)
{
	struct vendor vendor;

	setup();
	vendor = *other->vendor;
	vendor.load = load_and_init;
	other->vendor = &vendor;
	startup_wait(other);
	startup_send(cpu, STARTUP | 0x10, 11);
	fake_on_pause = init_again;		/* in load() */
	CHECK(begins_at(other, 0x77));
}

static void an_nmi_of_ours_that_comes_late_is_not_the_os_s(void)
{
	setup();
	startup_send(cpu, INIT, 11);
	startup_send(cpu, STARTUP | 0x30, 11);
	CHECK(begins_at(other, 0x30));		/* noticed at another exit */
	startup_take_nmi(other);
	CHECK_EQ(fake_os(other)->inject_count, 0);
	startup_take_nmi(other);
	CHECK_EQ(fake_os(other)->inject_count, 1);
}

static void the_end_of_an_init_is_nothing(void)
{
	setup();
	startup_send(cpu, INIT_RELEASE, 11);
	CHECK(goes_on(other));
	CHECK_EQ(fake_nmis, 0);
}

static void init_to_oneself_needs_no_nmi(void)
{
	setup();
	startup_send(cpu, INIT | TO_SELF, 0);
	CHECK_EQ(fake_nmis, 0);
	CHECK(!goes_on(cpu));
	CHECK(goes_on(other));
}

static void shorthands_name_several(void)
{
	setup();
	startup_send(cpu, INIT | TO_OTHERS, 0);
	CHECK_EQ(fake_nmis, 2);
	CHECK(goes_on(cpu));
	CHECK(!goes_on(other));
	CHECK(!goes_on(hv->cpus[2]));
	startup_send(cpu, INIT | TO_ALL, 0);
	CHECK(!goes_on(cpu));
	setup();
	startup_send(cpu, INIT, STARTUP_ALL);
	CHECK(!goes_on(cpu) && !goes_on(other));
}

/* In x2APIC's 32 bits this is a CPU like any other. */
static void the_256th_cpu_is_not_all_of_them(void)
{
	setup();
	other->apic_id = 0xff;
	startup_send(cpu, INIT, 0xff);
	CHECK(goes_on(cpu) && goes_on(hv->cpus[2]));
	CHECK(!goes_on(other));
	setup();
	other->apic_id = 0x10b;
	startup_send(cpu, INIT, 0x0b);
	CHECK(goes_on(other));
}

static void nobody_else_is_meant(void)
{
	setup();
	startup_send(cpu, INIT, 99);
	startup_send(cpu, INIT | LOGICAL, 11);
	CHECK_EQ(fake_nmis, 0);
	CHECK(goes_on(other));
}

static void without_it_nothing_is_sent(void)
{
	setup();
	hv->starts_cpus = false;
	CHECK_EQ(startup_wait(other), HV_EPERM);
	startup_send(cpu, INIT, 11);
	CHECK_EQ(fake_nmis, 0);
	CHECK(goes_on(other));
	startup_take_nmi(cpu);
	CHECK_EQ(fake_os(cpu)->inject_count, 0);
}

static void nobody_waits_after_the_launch(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	CHECK_EQ(os_call(other, HC_CPU_WAIT, 0, 0, 0), HV_EPERM);
	CHECK(goes_on(other));
}

static void the_os_stops_a_cpu_that_it_gave_up(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_CPU_STOP, 11, 0, 0), HV_OK);
	CHECK_EQ(fake_nmi_to, 11);
	CHECK(!goes_on(other));
	startup_send(cpu, STARTUP | 0x08, 11);
	CHECK(begins_at(other, 0x08));
	hv->starts_cpus = false;
	CHECK_EQ(os_call(cpu, HC_CPU_STOP, 11, 0, 0), HV_EPERM);
}

static void leave(void *arg)
{
	CHECK_EQ(os_call(arg, HC_CPU_LEAVE, 0, 0, 0), HV_EPERM);
}

static void unloading_ends_pals_and_frees_no_cpu(void)
{
	const uint64_t stay = HC_UNLOAD_FORCE | HC_UNLOAD_STAY;

	setup();
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	fake_give_blocks(hv, 1, 1);
	CHECK(fake_pal_make(cpu, 0));
	CHECK_EQ(os_call(cpu, HC_UNLOAD, HC_UNLOAD_FORCE, 0, 0), HV_EPERM);
	CHECK_EQ(pal_live_count(hv), 1);
	while (os_call(cpu, HC_UNLOAD, stay, 0, 0) == HV_EAGAIN) {
		CHECK_EQ(hv->phase, HV_CLOSING);
		CHECK_EQ(fake_catch(leave, cpu), FAKE_RETURNED);
	}
	CHECK_EQ(pal_live_count(hv), 0);
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(fake_catch(leave, cpu), FAKE_RETURNED);
	CHECK_EQ(hv->phase, HV_RUNNING);
	CHECK_EQ(cpu->entered, 1);
}

static void the_os_gets_its_nmis_one_by_one(void)
{
	struct fake_vcpu *os;
	struct vmexit nmi = { .kind = VMEXIT_NMI };
	struct vmexit end = { .kind = VMEXIT_NMI_END };

	setup();
	os = fake_os(cpu);
	os_handle_exit(cpu, &nmi);
	CHECK_EQ(os->inject_count, 1);
	CHECK_EQ(os->vector, 2);
	os_handle_exit(cpu, &nmi);
	os_handle_exit(cpu, &nmi);
	CHECK_EQ(os->inject_count, 1);
	os_handle_exit(cpu, &end);
	CHECK_EQ(os->inject_count, 2);
	os_handle_exit(cpu, &end);
	CHECK_EQ(os->inject_count, 2);
	os_handle_exit(cpu, &nmi);
	CHECK_EQ(os->inject_count, 3);
}

static void a_reset_forgets_nmis(void)
{
	setup();
	startup_take_nmi(other);
	startup_take_nmi(other);
	startup_send(cpu, INIT, 11);
	startup_send(cpu, STARTUP, 11);
	CHECK(begins_at(other, 0));
	startup_end_nmi(other);
	CHECK_EQ(fake_os(other)->inject_count, 1);
}

static bool refuse_from_x2apic_to_xapic(uint64_t old, uint64_t value)
{
	return !(old & 0x400 && value & 0x800 && !(value & 0x400));
}

/* WRMSR of APIC_BASE; false: #GP. */
static bool write_base(uint64_t value)
{
	cpu->os_regs.rcx = 0x1b;
	cpu->os_regs.rax = (uint32_t)value;
	cpu->os_regs.rdx = value >> 32;
	return msr_write(cpu);
}

/* Off, it lets no NMI in; a CPU leaves its x2APIC mode only through off. */
static void the_apic_stays_on(void)
{
	setup();
	memset(fake_msrs, 0, sizeof(fake_msrs));
	fake_msrs[0] = (struct fake_msr){ 0x1b, FAKE_APIC_BASE | 0x900,
					  UINT64_MAX };
	CHECK(write_base(FAKE_APIC_BASE | 0x100));
	CHECK(!write_base(FAKE_APIC_BASE | 0x400));
	CHECK_EQ(fake_msrs[0].value, FAKE_APIC_BASE | 0x900);
	CHECK(write_base(FAKE_APIC_BASE | 0xd00));
	fake_on_msr_write = refuse_from_x2apic_to_xapic;
	CHECK(write_base(FAKE_APIC_BASE | 0x900));
	CHECK_EQ(fake_msrs[0].value, FAKE_APIC_BASE | 0x900);
	fake_on_msr_write = NULL;
}

TESTS(
	RUN(the_apic_stays_on);
	RUN(a_cpu_that_nobody_starts_goes_on);
	RUN(a_startup_ipi_begins_a_waiting_cpu);
	RUN(it_is_noticed_while_waiting);
	RUN(a_cpu_that_runs_ignores_a_startup_ipi);
	RUN(only_the_first_startup_ipi_counts);
	RUN(init_stops_a_cpu_with_an_nmi);
	RUN(a_startup_ipi_may_follow_at_once);
	RUN(an_init_while_it_begins_is_not_lost);
	RUN(an_nmi_of_ours_that_comes_late_is_not_the_os_s);
	RUN(the_end_of_an_init_is_nothing);
	RUN(init_to_oneself_needs_no_nmi);
	RUN(shorthands_name_several);
	RUN(the_256th_cpu_is_not_all_of_them);
	RUN(nobody_else_is_meant);
	RUN(without_it_nothing_is_sent);
	RUN(nobody_waits_after_the_launch);
	RUN(the_os_stops_a_cpu_that_it_gave_up);
	RUN(unloading_ends_pals_and_frees_no_cpu);
	RUN(the_os_gets_its_nmis_one_by_one);
	RUN(a_reset_forgets_nmis);
)
