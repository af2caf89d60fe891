/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attacks that a bare machine lets through, so that their failure under the
 * hypervisor means something.  Run before the launch.
 *
 * Not shown: INIT and SIPI, an APIC moved or switched off, VMRUN and CLGI,
 * other values in SYSCFG and its kin.  Each works, too, and takes the CPU or
 * the machine from Linux for good.
 */
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_hostile.h"
#include "guarded_config.h"
#include "guarded_msrs.h"

#define MSR_EFER	0xc0000080u
#define MSR_VM_HSAVE_PA 0xc0010117u
#define MSR_MTRR_LAST_BASE 0x20eu
#define EFER_SVME	(UINT64_C(1) << 12)
#define UD		6

static int msr(unsigned long order_number, uint32_t number, uint64_t *value)
{
	struct attack_msr order = {.msr = number, .value = *value};

	CHECK_EQ(hostile_order(order_number, &order), 0);
	*value = order.value;
	return order.result;
}

static void all_of_ram_can_be_read(void)
{
	struct attack_refused refused;

	CHECK_EQ(hostile_order(ATTACK_REFUSED, &refused), 0);
	CHECK_EQ(refused.refused_count, 0);
	CHECK(refused.read_count > 1000);
}

static void the_host_save_area_can_be_moved(void)
{
	uint64_t block = hostile_block(), value = block;

	REQUIRE(hostile_run_on(0));
	CHECK_EQ(msr(ATTACK_WRMSR, MSR_VM_HSAVE_PA, &value), ATTACK_WORKED);
	CHECK_EQ(msr(ATTACK_RDMSR, MSR_VM_HSAVE_PA, &value), ATTACK_WORKED);
	CHECK_EQ(value, block);
	value = 0;
	CHECK_EQ(msr(ATTACK_WRMSR, MSR_VM_HSAVE_PA, &value), ATTACK_WORKED);
}

/* With the value that they have, so that the machine stays as it is. */
static void write_back(uint32_t number)
{
	uint64_t value = 0;

	CHECK_EQ(msr(ATTACK_RDMSR, number, &value), ATTACK_WORKED);
	CHECK_EQ(msr(ATTACK_WRMSR, number, &value), ATTACK_WORKED);
}

static void guarded_registers_can_be_written(void)
{
	for (unsigned int i = 0; i < COUNT_OF(refused_msrs); i++)
		write_back(refused_msrs[i]);
	for (unsigned int i = 0; i < COUNT_OF(ignored_msrs); i++)
		write_back(ignored_msrs[i]);
	for (unsigned int i = 0; i < COUNT_OF(refused_bits); i++)
		write_back(refused_bits[i].msr);
}

/* Of a range that is not valid. */
static void a_cache_type_can_be_changed(void)
{
	uint64_t before = 0, value;

	REQUIRE(hostile_run_on(0));
	CHECK_EQ(msr(ATTACK_RDMSR, MSR_MTRR_LAST_BASE, &before), ATTACK_WORKED);
	value = before ^ 0x6;
	CHECK_EQ(msr(ATTACK_WRMSR, MSR_MTRR_LAST_BASE, &value), ATTACK_WORKED);
	CHECK_EQ(msr(ATTACK_RDMSR, MSR_MTRR_LAST_BASE, &value), ATTACK_WORKED);
	CHECK_EQ(value, before ^ 0x6);
	CHECK_EQ(msr(ATTACK_WRMSR, MSR_MTRR_LAST_BASE, &before), ATTACK_WORKED);
}

static void a_cpu_s_apic_id_can_be_changed(void)
{
	uint64_t before, after;

	REQUIRE(hostile_run_on(0));
	after = hostile_try_apic_id(&before);
	CHECK(after != before);
}

/* In memory, and quickly put back; what lies there moves with PCIEXBAR. */
static void the_chipset_can_be_configured(void)
{
	for (unsigned int i = 1; i < COUNT_OF(guarded_config); i++) {
		struct attack_device order = {
			.address = hostile_ecam() + guarded_config[i].function +
				   guarded_config[i].offset,
		};
		uint64_t value;

		CHECK_EQ(hostile_order(ATTACK_DEVICE_READ, &order), 0);
		value = order.value ^ guarded_config[i].bit;
		order.value = value;
		CHECK_EQ(hostile_order(ATTACK_DEVICE_TRY, &order), 0);
		CHECK_EQ(order.value, value);
	}
}

static void pci_configuration_can_be_moved(void)
{
	uint32_t before = 0, value, seen = 0;
	struct attack_device there = {0};

	REQUIRE(!hostile_config_read(HOST_BRIDGE, PCIEXBAR, &before, 4));
	value = before ^ guarded_config[0].bit;
	there.address = value & 0xf0000000;
	CHECK_EQ(hostile_config_write(HOST_BRIDGE, PCIEXBAR, &value, 4), 0);
	hostile_config_read(HOST_BRIDGE, PCIEXBAR, &seen, 4);
	CHECK_EQ(hostile_order(ATTACK_DEVICE_READ, &there), 0);
	CHECK_EQ(hostile_config_write(HOST_BRIDGE, PCIEXBAR, &before, 4), 0);
	CHECK_EQ(seen, value);
	CHECK_EQ(there.value & 0xffff, 0x8086);
}

static int execute(unsigned int instruction, uint64_t address)
{
	struct attack_execute order = {
		.instruction = instruction,
		.address = address,
	};

	CHECK_EQ(hostile_order(ATTACK_EXECUTE, &order), 0);
	return order.result;
}

static void svm_can_be_switched_and_its_instructions_work(void)
{
	uint64_t block = hostile_block(), before = 0, value;

	REQUIRE(hostile_run_on(0));
	CHECK_EQ(msr(ATTACK_RDMSR, MSR_EFER, &before), ATTACK_WORKED);
	CHECK_EQ(execute(ATTACK_VMSAVE, block), UD);
	value = before | EFER_SVME;
	CHECK_EQ(msr(ATTACK_WRMSR, MSR_EFER, &value), ATTACK_WORKED);
	CHECK_EQ(execute(ATTACK_VMSAVE, block), ATTACK_WORKED);
	CHECK_EQ(execute(ATTACK_VMLOAD, block), ATTACK_WORKED);
	CHECK_EQ(execute(ATTACK_STGI, 0), ATTACK_WORKED);
	CHECK_EQ(execute(ATTACK_INVLPGA, 0), ATTACK_WORKED);
	value = before;
	CHECK_EQ(msr(ATTACK_WRMSR, MSR_EFER, &value), ATTACK_WORKED);
}

static void a_hypercall_is_undefined(void)
{
	CHECK_EQ(hostile_call(HC_INFO, 0, 0, 0, NULL), -1000 - UD);
}

static void memory_is_read_through_all_of_linuxs_ways(void)
{
	uint64_t block = hostile_block(), value = 0;

	CHECK_EQ(hostile_dev_mem_read(block, &value), HOSTILE_WORKED);
	CHECK_EQ(value, ATTACK_MARKER);
	CHECK_EQ(hostile_kcore_read(block, &value), HOSTILE_WORKED);
	CHECK_EQ(value, ATTACK_MARKER);
	CHECK_EQ(hostile_map_read(ATTACK_DEVICE, block, &value),
		 HOSTILE_WORKED);
	CHECK_EQ(value, ATTACK_MARKER);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	case_expect_hypervisor(false);
	RUN(all_of_ram_can_be_read);
	RUN(the_host_save_area_can_be_moved);
	RUN(guarded_registers_can_be_written);
	RUN(a_cache_type_can_be_changed);
	RUN(a_cpu_s_apic_id_can_be_changed);
	RUN(the_chipset_can_be_configured);
	RUN(pci_configuration_can_be_moved);
	RUN(svm_can_be_switched_and_its_instructions_work);
	RUN(a_hypercall_is_undefined);
	RUN(memory_is_read_through_all_of_linuxs_ways);
	return case_end();
}
