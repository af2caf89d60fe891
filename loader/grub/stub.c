/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GRUB's loader for Palisade: put the hypervisor in memory, start it under
 * ourselves, and boot the OS as its guest.
 */
#include "abi/hypercall.h"
#include "abi/launch.h"
#include "acpi.h"
#include "cpus.h"
#include "dma.h"
#include "efi.h"
#include "firmware.h"
#include "hypercall.h"
#include "info.h"
#include "lib/string.h"
#include "memory.h"
#include "os.h"
#include "place.h"
#include "policy.h"
#include "print.h"
#include "program.h"
#include "root.h"

#define BLOCK		0x200000u
#define FOUR_GIB	(UINT64_C(1) << 32)
#define SIXTEEN_MIB	UINT64_C(0x1000000)
#define PTE_LARGE	0x83u
#define OTHERWISE	"otherwise"	/* what to do if Palisade cannot be */

void stub_read(uint64_t information);
void stub_main(void) __attribute__((noreturn));

extern const char stub_start[], stub_end[];	/* stub.lds */
extern const char hypervisor_image[], hypervisor_image_end[];	/* start.S */
extern uint64_t stub_pml4[512], efi_pml4[512], window_pd[512];

static struct info info;
static struct memory memory;
static struct hv_launch launch;
static void *before_judging[5];		/* __builtin_setjmp() */
static bool is_refused;

/* All that must not be overwritten before the OS has it. */
static void take_what_is_used(void)
{
	uint32_t i;

	memory_take(&memory, 0, STUB_LOAD);	/* firmware's, and real mode's */
	memory_take(&memory, physical(stub_start),
		    (uint64_t)(stub_end - stub_start));
	memory_take(&memory, info.base, info.size);
	for (i = 0; i < info.module_count; i++)
		memory_take(&memory, info.modules[i].base,
			    info.modules[i].size);
	efi_take_boot_services(&info.efi, &memory);
}

static void place_hypervisor(void)
{
	uint64_t size = (uint64_t)(hypervisor_image_end - hypervisor_image);
	char *alias = (char *)STUB_ALIAS;
	uint64_t at = memory_place(&memory, HV_MEMORY_SIZE, HV_MEMORY_SIZE,
				   SIXTEEN_MIB, FOUR_GIB);

	if (!at)
		fail("Palisade: no room for the hypervisor (4 MiB below "
		     "4 GiB)");
	window_pd[0] = at | PTE_LARGE;
	window_pd[1] = (at + BLOCK) | PTE_LARGE;
	memcpy(alias, hypervisor_image, size);
	memset(alias + size, 0, HV_MEMORY_SIZE - size);
	launch.memory_pa = at;
}

static void fill_contract(const uint64_t *page_table)
{
	uint64_t port = info_number(info.words, "serial");

	launch.size = sizeof(launch);
	launch.version = HV_LAUNCH_VERSION;
	launch.memory_size = HV_MEMORY_SIZE;
	launch.alias = STUB_ALIAS;
	launch.flags = HV_LAUNCH_BEFORE_OS;
	launch.page_table = (uint64_t)page_table;
	acpi_registers(info.rsdp, &launch);
	if (port) {
		launch.flags |= HV_LAUNCH_SERIAL;
		launch.serial_port = (uint32_t)port;
	}
	memory_tell(&memory, &launch);
}

static void launch_all(void)
{
	int64_t err;

	cpus_enter(&launch);
	root_wipe(&launch.root);
	policy_give(info_module(&info, "policy"));
	err = hypercall(HC_LAUNCHED, 0, 0);
	if (err == HV_ENOTSUP)
		fail("Palisade: not started: the policy requires DMA "
		     "protection, but the IOMMU cannot be had: the firmware "
		     "uses it, say");
	if (err)
		fail("Palisade: not started: status %d", (int)err);
}

/* A module that GRUB refuses, or cannot read, is left out without a word to us. */
static void check_modules(void)
{
	uint64_t told = info_number(info.words, "modules");

	if (told && told != info.module_count)
		fail("Palisade: GRUB has loaded %u of %lu modules, and has "
		     "said why", info.module_count, told);
}

/* GRUB may have loaded us elsewhere, and something else where we go. */
static void check_place(uint64_t base, uint64_t size)
{
	if (base < STUB_LOAD + (uint64_t)(stub_end - stub_start) &&
	    STUB_LOAD < base + size)
		fail("Palisade: no room at 1 MiB: GRUB has put something else "
		     "there");
}

static void tell(const char *os)
{
	print_line("Palisade: the hypervisor runs (4 MiB at 0x%lx); %s follows",
		   launch.memory_pa, os);
}

/* Only who configures the boot may have it go on without us. */
static bool may_go_on_alone(void)
{
	const char *what = info_text(info.words, OTHERWISE);

	if (!what)
		return false;
	if (memcmp(what, "os", 2) || (what[2] && what[2] != ' '))
		fail("Palisade: " OTHERWISE "= knows one word, os");
	if (program_is_wanted(&info))
		fail("Palisade: " OTHERWISE "=os goes with a module 'os', not "
		     "with an EFI program");
	return true;
}

/* The OS as GRUB would boot it: nothing of ours has begun. */
static void boot_alone(void) __attribute__((noreturn));

static void boot_alone(void)
{
	static struct os os;

	print_line("Palisade: " OTHERWISE "=os: the OS boots without Palisade");
	dma_give_back(info.rsdp);
	memory_init(&memory, &info);
	root_wipe_copies(&launch.root, &memory, physical(launch.root.bytes));
	root_wipe(&launch.root);
	take_what_is_used();
	os_find(&os, &info);
	os_prepare(&os, &memory, &info);
	os_start(&os, &memory);
}

/* To where stub_read() goes on, out of whatever has failed. */
static void leave_judging(void)
{
	is_refused = true;
	__builtin_longjmp(before_judging, 1);
}

/* Where we are: UEFI's boot services run on, and the OS is their program. */
static void start_program(void) __attribute__((noreturn));

static void start_program(void)
{
	if (os_is_there(&info))
		fail("Palisade: more than one OS: a module and os-efi=");
	if (launch.root.kind == HV_ROOT_FILE)
		fail("Palisade: with os-efi= a module 'root' would stay in "
		     "memory: have the root in the TPM (root-tpm=)");
	program_load(&info);
	firmware_read_map(&info);
	memory_init(&memory, &info);
	program_make_room(&memory);
	launch.cpu_count = cpus_find(info.rsdp, &memory);
	place_hypervisor();
	dma_prepare(info.rsdp, &memory, &launch);
	fill_contract(efi_pml4);
	program_give_back(&launch);
	program_call(launch_all);
	tell(program_path());
	program_start();
}

static void check_places(void)
{
	uint32_t i;

	check_place(info.base, info.size);
	for (i = 0; i < info.module_count; i++)
		check_place(info.modules[i].base, info.modules[i].size);
}

/* What cannot be used, before anything has changed. */
static void judge(void)
{
	check_modules();
	policy_judge_module(info_module(&info, "policy"));
	firmware_ask_to_overwrite(&info);
	root_take(&launch.root, &info);
}

/* On UEFI while its boot services run: they do not when this returns. */
void stub_read(uint64_t information)
{
	info_read(&info, information);
	print_to_serial((uint16_t)info_number(info.words, "serial"));
	print_to_screen(info.text_columns, info.text_rows);
	firmware_begin(&info);
	if (!may_go_on_alone()) {
		judge();
	} else if (!__builtin_setjmp(before_judging)) {
		fail_calls(leave_judging);
		judge();
	}
	fail_calls(NULL);
	if (program_is_wanted(&info))
		start_program();
	check_places();
	firmware_leave(&info);
}

void stub_main(void)
{
	static struct os os;

	if (is_refused)
		boot_alone();
	if (may_go_on_alone())
		fail_calls(boot_alone);
	os_find(&os, &info);
	efi_check(&info.efi);
	memory_init(&memory, &info);
	root_wipe_copies(&launch.root, &memory, physical(launch.root.bytes));
	launch.cpu_count = cpus_find(info.rsdp, &memory);
	take_what_is_used();
	place_hypervisor();
	dma_prepare(info.rsdp, &memory, &launch);
	fill_contract(stub_pml4);
	memory_reserve(&memory, launch.memory_pa, HV_MEMORY_SIZE);
	if (launch.device_table)
		memory_reserve(&memory, launch.device_table,
			       HV_DEVICE_TABLE_SIZE);
	os_prepare(&os, &memory, &info);
	launch_all();
	tell(os_name(&os));
	os_start(&os, &memory);
}
