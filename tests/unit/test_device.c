/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core/device.c: secrets are wiped before the machine resets or sleeps; the
 * chipset's configuration stays.
 */
#include "core/device.h"

#include <string.h>

#include "abi/launch.h"
#include "core/exit.h"
#include "core/os_space.h"
#include "fake_iommu.h"
#include "fake_machine.h"
#include "test.h"

#define SLEEP_PORT	0x604u
#define RESET_PORT	0x1234u
#define RESET_VALUE	0x0eu
#define SLEEP_MEMORY	UINT64_C(0xfe001020)
#define ECAM		UINT64_C(0xb0000000)

static struct hv *hv;
static struct cpu *cpu;

static void setup(void)
{
	struct fake_options options = fake_default;
	const struct hv_end ends[HV_LAUNCH_ENDS] = {
		{ .at = SLEEP_PORT + 1, .is_port = 1, .byte = 0x20 },
		{ .at = 0x705, .is_port = 1, .byte = 0x20 },
		{ .at = SLEEP_MEMORY, .byte = 0x20 },
		{ .at = RESET_PORT, .is_port = 1, .is_value = 1,
		  .byte = RESET_VALUE },
	};

	memcpy(options.launch.ends, ends, sizeof(ends));
	options.launch.ecams[0] = (struct hv_ram_range){ ECAM, 256 * MIB };
	hv = fake_launched(&options);
	cpu = hv->cpus[0];
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
static bool ends_as(uint32_t port, unsigned int size, uint32_t value,
		    uint32_t written)
{
	setup();
	return out_end(port, size, value) == FAKE_SCRIPT_END && is_wiped() &&
	       fake_port_writes == 1 && fake_port == port &&
	       fake_port_size == size && fake_port_value == written;
}

static bool ends(uint32_t port, unsigned int size, uint32_t value)
{
	return ends_as(port, size, value, value);
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
	CHECK(ends_as(0x92, 1, 0x1, 0x3));	/* A20 stays open */
	CHECK(ends_as(0x91, 2, 0x100, 0x300));
	setup();
	CHECK(passes(0x92, 1, 0x2));
}

static void the_keyboard_s_pulses_wipe_first(void)
{
	CHECK(ends(0x64, 1, 0xfe));
	CHECK(ends_as(0x64, 1, 0xf0, 0xf2));
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

static void a_machine_without_those_has_no_rows_for_them(void)
{
	static struct hv_launch launch;
	struct access_row rows[ACCESS_MACHINE_ROWS];

	memset(&launch, 0, sizeof(launch));
	CHECK_EQ(access_machine_rows(&launch, rows), 0);
	/* What the table guards already stays as strict as it is. */
	launch.ends[3] = (struct hv_end){ .at = 0xcf9, .is_port = 1,
					  .is_value = 1, .byte = 0xf };
	CHECK_EQ(access_machine_rows(&launch, rows), 0);
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

/* Functions of bus 0, as CF8 names them. */
#define HOST_BRIDGE	0x80000000u
#define SOUTH_BRIDGE	0x8000f800u
#define DISK		0x80001800u
#define NOBODY		0x80002000u
#define AN_IOMMU	0x80001000u
#define PIIX4_POWER	0x80000b00u
#define PMC		0x8000fa00u
#define AMD_HOST_BRIDGE	0x8000c000u

static const struct {
	uint32_t function, id, class;
} functions[] = {
	{ HOST_BRIDGE, 0x29c08086, 0x06000000 },
	{ SOUTH_BRIDGE, 0x29188086, 0x06010002 },
	{ DISK, 0x10411af4, 0x01000001 },
	{ AN_IOMMU, 0x00051022, 0x08060001 },
	{ PIIX4_POWER, 0x71138086, 0x06800003 },
	{ PMC, 0xa1218086, 0x05800021 },
	{ AMD_HOST_BRIDGE, 0x14501022, 0x06000000 },
};

static uint32_t config_address;

static uint32_t config_word(uint32_t function, uint32_t offset)
{
	unsigned int i;

	for (i = 0; i < COUNT_OF(functions); i++)
		if (functions[i].function == function)
			return offset == 0 ? functions[i].id :
			       offset == 8 ? functions[i].class : 0;
	return UINT32_MAX;
}

static uint32_t read_config_port(uint16_t port)
{
	if (port == 0xcf8)
		return config_address;
	return config_word(config_address & 0xf0ffff00, config_address & 0xfc);
}

static void write_config_port(uint16_t port, uint32_t value)
{
	if (port == 0xcf8)
		config_address = value;
}

/* By ports: what is written to the data is told by the last write. */
static bool is_written(uint32_t address, uint32_t port, unsigned int size)
{
	fake_on_port_read = read_config_port;
	fake_on_port_write = write_config_port;
	config_address = address;
	fake_port = 0;
	fake_port_value = 0;
	CHECK_EQ(out_end(port, size, 0x55aa55aa), FAKE_RETURNED);
	CHECK_EQ(cpu->os_regs.rip, 0x202);
	CHECK_EQ(config_address, address);
	fake_on_port_read = NULL;
	fake_on_port_write = NULL;
	return fake_port == port && fake_port_size == size;
}

static bool is_configured(uint32_t function, uint32_t offset)
{
	return is_written(function | (offset & 0xfc) | (offset & 0xf00) << 16,
			  0xcfc + offset % 4, 1);
}

static void the_chipset_s_configuration_stays(void)
{
	setup();
	CHECK(!is_configured(HOST_BRIDGE, 0x60));	/* PCIEXBAR */
	CHECK(!is_configured(HOST_BRIDGE, 0x9d));	/* SMRAM */
	CHECK(!is_configured(HOST_BRIDGE, 0x04));
	CHECK(!is_configured(HOST_BRIDGE, 0xffc));
	CHECK(!is_configured(SOUTH_BRIDGE, 0x40));	/* PMBASE */
	CHECK(!is_configured(SOUTH_BRIDGE, 0xf0));	/* RCBA */
	CHECK(is_configured(SOUTH_BRIDGE, 0x60));	/* PIRQ */
	CHECK(!is_configured(SOUTH_BRIDGE, 0x160));
	CHECK(!is_configured(PIIX4_POWER, 0x40));
	CHECK(!is_configured(PMC, 0x40));
	CHECK(is_configured(AMD_HOST_BRIDGE, 0x60));	/* SMN's index */
	CHECK(!is_configured(AMD_HOST_BRIDGE, 0x64));
	CHECK(!is_configured(AMD_HOST_BRIDGE, 0x160));
	CHECK(is_configured(DISK, 0x10) && is_configured(DISK, 0x47));
	CHECK(is_configured(NOBODY, 0x10));
	CHECK(is_written(HOST_BRIDGE & ~0x80000000u, 0xcfc, 4));
	CHECK(is_written(DISK, 0xcfc, 4) && is_written(DISK, 0xcfe, 2));
	CHECK(!is_written(HOST_BRIDGE, 0xcfe, 2));
	CHECK(!is_written(HOST_BRIDGE, 0xcfa, 4));
	CHECK(!is_written(HOST_BRIDGE, 0xcff, 2));
}

static void an_iommu_is_the_os_s_while_we_do_not_have_it(void)
{
	setup();
	CHECK(is_configured(AN_IOMMU, 0x44));
	fake_iommu.is_there = fake_iommu.is_on = true;
	CHECK(!is_configured(AN_IOMMU, 0x44));
	fake_iommu.is_there = fake_iommu.is_on = false;
}

static uint32_t read_config_memory(uint64_t at)
{
	return config_word(0x80000000 | (uint32_t)((at - ECAM) >> 4 &
						   0xffff00),
			   at & 0xfff);
}

static const char *const stores[] = {
	"\x88\x07", "\x66\x89\x07", "", "\x89\x07",	/* [rdi], al to eax */
};

/* A store of the OS's of 1 to 4 bytes that its nested table refused. */
static enum fake_end store_end(uint64_t at, unsigned int size, uint32_t value)
{
	struct vmexit exit = {
		.kind = VMEXIT_NPT_FAULT,
		.npt = {
			.at = gpa(at),
			.access = NPT_W,
			.insn = (const uint8_t *)stores[size - 1],
			.insn_count = (uint8_t)strlen(stores[size - 1]),
		},
	};

	cpu->os_regs.rip = 0x200;
	cpu->os_regs.rax = value;
	fake_register_writes = 0;
	fake_on_register_read = read_config_memory;
	return fake_catch(handle, &exit);
}

static bool is_stored(uint64_t at, unsigned int size)
{
	uint32_t value = 0x44331211 & UINT32_MAX >> (32 - size * 8);

	CHECK_EQ(store_end(at, size, 0x44331211), FAKE_RETURNED);
	CHECK_EQ(cpu->os_regs.rip, 0x200 + strlen(stores[size - 1]));
	CHECK(fake_register_writes <= 1);
	return fake_register_writes == 1 && fake_register == at &&
	       fake_register_size == size && fake_register_value == value;
}

static void configuration_in_memory_has_the_same_rows(void)
{
	setup();
	CHECK(!is_stored(ECAM + 0x60, 4));
	CHECK(!is_stored(ECAM + 0x9d, 1));
	CHECK(!is_stored(ECAM + 0xf8040, 2));
	CHECK(is_stored(ECAM + 0xf8060, 1));
	CHECK(!is_stored(ECAM + 0xf8160, 1));
	CHECK(is_stored(ECAM + 0x18000 + 0x10, 4));
	CHECK(is_stored(ECAM + 0x18000 + 0x104, 2));
	CHECK(is_stored(ECAM + (256 * MIB - PAGE_SIZE), 4));
}

static bool is_refused(uint64_t at, unsigned int size)
{
	unsigned int injected = fake_os(cpu)->inject_count;

	CHECK_EQ(store_end(at, size, 0), FAKE_RETURNED);
	return fake_os(cpu)->inject_count == injected + 1 &&
	       cpu->os_regs.rip == 0x200 && fake_register_writes == 0;
}

static void odd_stores_to_it_are_refused(void)
{
	setup();
	CHECK(is_refused(ECAM + 0x62, 4));
	CHECK(is_refused(ECAM + 0x61, 2));
	CHECK(is_refused(ECAM + 0x60, 3));	/* no such store */
	CHECK_EQ(os_space_hide(hv, (struct gpa_range){
		gpa(SLEEP_MEMORY & ~(PAGE_SIZE - 1)), PAGE_SIZE }, NPT_4K),
		 HV_OK);
	CHECK(is_refused(SLEEP_MEMORY + 4, 4));	/* an IOMMU's, say */
}

static bool store_ends(uint64_t at, unsigned int size, uint32_t value)
{
	setup();
	return store_end(at, size, value) == FAKE_SCRIPT_END && is_wiped() &&
	       fake_register_writes == 1 && fake_register == at &&
	       fake_register_value == value;
}

static void sleep_by_memory_wipes_first(void)
{
	CHECK(store_ends(SLEEP_MEMORY, 1, 0x34));
	CHECK(store_ends(SLEEP_MEMORY, 4, 0x00000020));
	CHECK(store_ends(SLEEP_MEMORY - 2, 2, 0x2000) == false);
	setup();
	CHECK(is_stored(SLEEP_MEMORY, 1));
	CHECK(is_stored(SLEEP_MEMORY + 8, 4));
	CHECK(!is_wiped());
}

/* The last ports that an access can name have rows, too. */
static void the_last_ports_are_the_os_s(void)
{
	setup();
	CHECK(passes(0xffff, 4, 0x12345678));
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
	RUN(a_machine_without_those_has_no_rows_for_them);
	RUN(what_neither_resets_nor_sleeps_is_reset_in_the_end);
	RUN(reading_changes_as_much_as_is_read);
	RUN(strings_are_refused);
	RUN(the_chipset_s_configuration_stays);
	RUN(an_iommu_is_the_os_s_while_we_do_not_have_it);
	RUN(configuration_in_memory_has_the_same_rows);
	RUN(odd_stores_to_it_are_refused);
	RUN(sleep_by_memory_wipes_first);
	RUN(the_last_ports_are_the_os_s);
	RUN(other_cpus_are_interrupted);
	RUN(who_takes_no_nmi_is_wiped_once_more);
)
