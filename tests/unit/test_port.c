/* SPDX-License-Identifier: BSD-2-Clause */
/* core/port.c: secrets are wiped before the machine resets or sleeps. */
#include "core/port.h"

#include "abi/launch.h"
#include "core/exit.h"
#include "fake_machine.h"
#include "test.h"

#define SLEEP_PORT	0x604u
#define RESET_PORT	0x1234u
#define RESET_VALUE	0x0eu

static struct hv *hv;
static struct cpu *cpu;

static void setup(void)
{
	static const struct hv_power power = {
		.sleep_ports = { SLEEP_PORT, 0x704 },
		.reset_port = RESET_PORT,
		.reset_value = RESET_VALUE,
	};

	hv = fake_launched(&fake_default);
	cpu = hv->cpus[0];
	hv->power_row_count = access_power_rows(&power, hv->power_rows);
	fake_give_blocks(hv, 1, 1);
	CHECK(fake_pal_make(cpu, 0));
	fake_port_writes = 0;
	fake_on_pause = NULL;
}

static void handle(void *exit)
{
	os_handle_exit(cpu, exit);
}

static enum fake_end out_end(uint32_t port, unsigned int size, uint32_t value)
{
	struct vmexit exit = {
		.kind = VMEXIT_IO,
		.next_rip = 0x202,
		.io = { .port = (uint16_t)port, .size = (uint8_t)size },
	};

	cpu->os_regs.rip = 0x200;
	cpu->os_regs.rax = value | UINT64_C(0xabcd) << 32;
	return fake_catch(handle, &exit);
}

static bool is_wiped(void)
{
	unsigned int i;

	for (i = 0; i < BLOCK_PAGES; i++)
		if (!fake_is_zero(BLOCK_SIZE + i * PAGE_SIZE))
			return false;
	return true;
}

/* Something is written, and the OS goes on. */
static bool becomes(uint32_t port, unsigned int size, uint32_t value,
		    uint32_t written)
{
	unsigned int before = fake_port_writes;

	return out_end(port, size, value) == FAKE_RETURNED && !is_wiped() &&
	       cpu->os_regs.rip == 0x202 && fake_port_writes == before + 1 &&
	       fake_port == port && fake_port_size == size &&
	       fake_port_value == written;
}

static bool passes(uint32_t port, unsigned int size, uint32_t value)
{
	return becomes(port, size, value, value);
}

/* All is wiped when the write is done; then nobody comes back. */
static bool ends(uint32_t port, unsigned int size, uint32_t value)
{
	setup();
	return out_end(port, size, value) == FAKE_SCRIPT_END && is_wiped() &&
	       fake_port_writes == 1 && fake_port == port &&
	       fake_port_size == size && fake_port_value == value;
}

static void a_reset_by_the_chipset_wipes_first(void)
{
	CHECK(ends(0xcf9, 1, 0x6));
	CHECK(ends(0xcf9, 1, 0xe));
	CHECK(ends(0xcf9, 2, 0x6));
	CHECK(ends(0xcf8, 2, 0x600));
	CHECK(ends(0xcf6, 4, 0x06000000));
	setup();
	CHECK(passes(0xcf9, 1, 0x2));
}

static void pci_addresses_pass(void)
{
	setup();
	CHECK(passes(0xcf8, 4, 0x8000ff04));
	CHECK(passes(0xcf8, 4, 0xffffffff));
}

static void fast_reset_wipes_first(void)
{
	CHECK(ends(0x92, 1, 0x1));
	CHECK(ends(0x91, 2, 0x100));
	setup();
	CHECK(passes(0x92, 1, 0x2));
}

static void the_keyboard_s_pulses_wipe_first(void)
{
	CHECK(ends(0x64, 1, 0xfe));
	CHECK(ends(0x64, 1, 0xf0));
	CHECK(ends(0x63, 2, 0xfe00));
	setup();
	CHECK(passes(0x64, 1, 0xff));
	CHECK(passes(0x64, 1, 0xae));
	CHECK(passes(0x60, 1, 0xfe));
}

static void the_keyboard_s_output_port_wipes_first(void)
{
	setup();
	CHECK(passes(0x64, 1, 0xd1));
	CHECK(passes(0x60, 1, 0xdf));
	CHECK(passes(0x60, 1, 0xfe));	/* this is for the keyboard */
	CHECK(passes(0x64, 1, 0xd1));
	CHECK(passes(0x64, 1, 0x60));
	CHECK(passes(0x60, 1, 0x46));
	CHECK(passes(0x64, 1, 0xd1));
	CHECK_EQ(out_end(0x60, 1, 0xfe), FAKE_SCRIPT_END);
	CHECK(is_wiped());
}

/* QEMU's does not, and the reset came without a wipe. */
static void no_command_in_between_makes_the_keyboard_forget(void)
{
	static const uint8_t between[] = { 0x20, 0xae, 0xd0, 0xdd, 0xff };
	unsigned int i;

	for (i = 0; i < COUNT_OF(between); i++) {
		setup();
		CHECK(passes(0x64, 1, 0xd1));
		out_end(0x64, 1, between[i]);
		CHECK(!is_wiped());
		CHECK_EQ(out_end(0x60, 1, 0xfe), FAKE_SCRIPT_END);
		CHECK(is_wiped());
	}
}

static void the_a20_gate_stays_open(void)
{
	setup();
	CHECK(becomes(0x92, 1, 0x0, 0x2));
	CHECK(becomes(0x91, 2, 0x0055, 0x0255));
	CHECK(becomes(0x64, 1, 0xdd, 0xdf));
	CHECK(becomes(0x64, 1, 0xfd, 0xff));
	CHECK(passes(0x64, 1, 0xd1));
	CHECK(becomes(0x60, 1, 0xdd, 0xdf));
	CHECK(passes(0x60, 1, 0xdd));	/* this is for the keyboard */
	CHECK(passes(0x64, 1, 0xad));
	CHECK(passes(0x64, 1, 0xd1));
	CHECK(passes(0x64, 1, 0xae));
	CHECK(becomes(0x60, 1, 0xdd, 0xdf));
}

static void acpi_s_sleep_and_reset_wipe_first(void)
{
	CHECK(ends(SLEEP_PORT, 2, 0x2400));
	CHECK(ends(SLEEP_PORT + 1, 1, 0x20));
	CHECK(ends(SLEEP_PORT - 2, 4, 0x20000000));
	CHECK(ends(0x704, 4, 0x3c01));
	CHECK(ends(RESET_PORT, 1, RESET_VALUE));
	setup();
	CHECK(passes(SLEEP_PORT, 2, 0x1c01));
	CHECK(passes(RESET_PORT, 1, RESET_VALUE + 1));
}

static void a_machine_without_those_ports_has_no_rows_for_them(void)
{
	static const struct hv_power none;

	CHECK_EQ(access_power_rows(&none, hv->power_rows), 0);
}

static unsigned int pauses;

static void pause(void)
{
	pauses++;
}

static void what_neither_resets_nor_sleeps_is_reset_in_the_end(void)
{
	setup();
	fake_on_pause = pause;
	CHECK_EQ(out_end(SLEEP_PORT, 2, 0x3c00), FAKE_RESET);
	CHECK(pauses > 1000);
	CHECK(is_wiped());
}

static uint64_t in(unsigned int size)
{
	const struct vmexit exit = {
		.kind = VMEXIT_IO,
		.next_rip = 0x202,
		.io = { .port = 0x64, .size = (uint8_t)size, .is_in = true },
	};

	fake_port_value = 0x89abcdef;
	cpu->os_regs.rax = UINT64_C(0x1122334455667788);
	os_handle_exit(cpu, &exit);
	CHECK_EQ(cpu->os_regs.rip, 0x202);
	return cpu->os_regs.rax;
}

static void reading_changes_as_much_as_is_read(void)
{
	setup();
	CHECK_EQ(in(1), UINT64_C(0x11223344556677ef));
	CHECK_EQ(in(2), UINT64_C(0x112233445566cdef));
	CHECK_EQ(in(4), 0x89abcdef);
	CHECK_EQ(fake_port_writes, 0);
}

static void strings_are_refused(void)
{
	const struct vmexit exit = {
		.kind = VMEXIT_IO,
		.io = { .port = 0xcf9, .size = 1, .is_string = true },
	};

	setup();
	cpu->os_regs.rip = 0x200;
	os_handle_exit(cpu, &exit);
	CHECK_EQ(cpu->os_regs.rip, 0x200);
	CHECK_EQ(fake_os(cpu)->vector, 13);
	CHECK_EQ(fake_port_writes, 0);
	CHECK(!is_wiped());
}

static struct pal *hold_pal(void)
{
	struct pal *pal = &hv->pals[0];

	setup();
	CHECK_EQ(pal_hold(pal, atomic_load(&pal->gate) >> 32), HV_OK);
	fake_nmis = 0;
	pauses = 0;
	return pal;
}

static void come_out(void)
{
	if (++pauses == 3)
		pal_exit(&hv->pals[0]);
}

/* Whoever is inside a PAL is told to come out, by whatever id. */
static void other_cpus_are_interrupted(void)
{
	setup();
	fake_nmis = 0;
	CHECK_EQ(out_end(0xcf9, 1, 6), FAKE_SCRIPT_END);
	CHECK_EQ(fake_nmis, 0);
	hold_pal();
	fake_on_pause = come_out;
	CHECK_EQ(out_end(0xcf9, 1, 6), FAKE_RESET);
	CHECK_EQ(fake_nmis, 1);
	CHECK_EQ(fake_nmi_to, FAKE_OTHERS);
	CHECK(is_wiped());
}

static uint8_t *left;

/* A CPU that runs on in what was wiped writes to it. */
static void write_once_more(void)
{
	if (*left == 0 && pauses < 2) {
		*left = 1;
		pauses++;
	}
}

static void who_takes_no_nmi_is_wiped_once_more(void)
{
	left = (uint8_t *)hold_pal()->header;
	CHECK(*left != 0);
	pauses = 1;
	fake_on_pause = write_once_more;
	CHECK_EQ(out_end(0xcf9, 1, 6), FAKE_RESET);
	CHECK_EQ(pauses, 2);
	CHECK(is_wiped());
}

TESTS(
	RUN(a_reset_by_the_chipset_wipes_first);
	RUN(pci_addresses_pass);
	RUN(fast_reset_wipes_first);
	RUN(the_keyboard_s_pulses_wipe_first);
	RUN(the_keyboard_s_output_port_wipes_first);
	RUN(no_command_in_between_makes_the_keyboard_forget);
	RUN(the_a20_gate_stays_open);
	RUN(acpi_s_sleep_and_reset_wipe_first);
	RUN(a_machine_without_those_ports_has_no_rows_for_them);
	RUN(what_neither_resets_nor_sleeps_is_reset_in_the_end);
	RUN(reading_changes_as_much_as_is_read);
	RUN(strings_are_refused);
	RUN(other_cpus_are_interrupted);
	RUN(who_takes_no_nmi_is_wiped_once_more);
)
