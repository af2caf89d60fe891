/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/access.h"

#include <stddef.h>

#define MSRS(first, last, read, write, value, why) \
	{ ACCESS_MSR, first, last, ACCESS_##read, ACCESS_##write, value, why }
#define MSR(at, read, write, value, why) \
	MSRS(at, at, read, write, value, why)

#define COMMAND(first, last, write, why) \
	REGISTERS(COMMAND, first, last, write, 0, why)
#define REGISTERS(kind, first, last, write, value, why) \
	{ ACCESS_##kind, first, last, ACCESS_PASS, ACCESS_##write, value, why }
#define PORT(at, write, value, why) REGISTERS(PORT, at, at, write, value, why)
#define CONFIG(maker, class, first, last, write, why) \
	REGISTERS(PCI, ACCESS_CONFIG_AT(maker, class, first), \
		  ACCESS_CONFIG_AT(maker, class, last), write, 0, why)

#define INTEL			0x8086u
#define AMD			0x1022u
#define CONFIG_LAST		0xfffu

#define VM_CR_DISABLED_LOCKED	0x18		/* SVMDIS, LOCK */
#define FEATURE_LOCKED		1u		/* and nothing enabled */
/*
 * MonMwaitUserEn McStatusWrEn TscFreqSel CpbDis EffFreqCntMwait IRPerfEn
 * CpuidUserDis, but not SmmLock, TlbCacheDis, InvdWbinvd, SmmPgCfgLock.
 */
#define HWCR_FREE		UINT64_C(0x84b040400)
#define NB_CFG_FREE		(UINT64_C(1) << 46)	/* EnableCf8ExtCfg */
#define XSS_DENIED		UINT64_C(0x8100)	/* PT, LBR */
#define DEBUGCTL_RUNS		UINT64_C(0xc3)	/* LBR BTF TR BTS */
#define COUNTER_RUNS		(UINT64_C(1) << 22)
#define IBS_FETCH_RUNS		(UINT64_C(1) << 48)
#define IBS_OP_RUNS		(UINT64_C(1) << 17)
#define LBR_RUNS		UINT64_C(0x41)	/* LBRv2, BRS */
#define CF9_RESET		0x4u		/* RST_CPU */
#define A20_RESET		0x1u
#define COUNTER(at) \
	MSR(at, PASS, PAUSE, COUNTER_RUNS, "counts what a PAL does")

static const struct access_row rows[] = {
	/* Interrupt commands, by the APIC's page or x2APIC's register. */
	COMMAND(0, 1, PASS, "fixed, lowest priority: a PAL is left for it"),
	COMMAND(2, 2, PASS, "SMI: enters the firmware's SMM, which is trusted"),
	COMMAND(4, 4, PASS, "NMI: a PAL is left for it"),
	COMMAND(5, 6, STARTUP, "INIT takes a CPU away; then it begins under us"),
	COMMAND(7, 7, PASS, "external: the old interrupt controller's"),

	/* The hypervisor's mode of the CPU, AMD's and Intel's. */
	MSR(0xc0000080, EFER, EFER, 0, "EFER: SVM stays on"),
	MSR(0xc0010114, VALUE, REFUSE, VM_CR_DISABLED_LOCKED, "SVM is ours"),
	MSR(0xc0010117, VALUE, REFUSE, 0, "VM_HSAVE_PA: our state lies there"),
	MSRS(0xc0010118, 0xc0010119, VALUE, REFUSE, 0, "SVM_KEY, SMM_KEY"),
	MSR(0xc001011b, PASS, REFUSE, 0, "doorbell: no virtual CPUs here"),
	MSR(0xc001011e, PASS, REFUSE, 0, "VM_PAGE_FLUSH: of others' pages"),
	MSR(0xc0000104, PASS, REFUSE, 0, "TSC ratio: of guests"),
	MSR(0x0000003a, VALUE, REFUSE, FEATURE_LOCKED, "VMX: not the OS's"),
	MSRS(0x00000480, 0x00000493, REFUSE, REFUSE, 0, "VMX: not the OS's"),
	MSR(0x0000009b, PASS, REFUSE, 0, "SMM_MONITOR_CTL: a second monitor"),

	/* The APIC, whose page is guarded where INIT cannot be caught. */
	MSR(0x0000001b, PASS, APIC_BASE, 0, "moved it hides RAM; off, no NMI"),
	MSR(0x00000830, PASS, ICR, 0, "x2APIC ICR: INIT takes a CPU away"),

	/* What physical addresses mean. */
	MSR(0xc0010010, PASS, REFUSE, 0, "SYSCFG: encryption, memory map"),
	MSRS(0xc0010016, 0xc0010019, PASS, REFUSE, 0, "IORRs: devices for RAM"),
	MSR(0xc001001a, PASS, REFUSE, 0, "TOP_MEM: where RAM ends"),
	MSR(0xc001001d, PASS, REFUSE, 0, "TOP_MEM2: where RAM ends"),
	MSR(0xc0010058, PASS, REFUSE, 0, "MMIO_CFG_BASE: ECAM over RAM"),
	MSRS(0xc0010132, 0xc0010133, PASS, REFUSE, 0, "RMP: memory's owners"),
	MSRS(0x00000200, 0x0000021f, PASS, IGNORE, 0,
	     "MTRR: memory keeps the cache type that the firmware gave it"),
	MSR(0x00000250, PASS, IGNORE, 0, "MTRR"),
	MSRS(0x00000258, 0x00000259, PASS, IGNORE, 0, "MTRR"),
	MSRS(0x00000268, 0x0000026f, PASS, IGNORE, 0, "MTRR"),
	MSR(0x000002ff, PASS, IGNORE, 0,
	    "MTRR: Linux switches them off and on when a CPU comes up"),
	MSR(0x00000277, PASS, PASS, 0, "PAT: the guest's own"),

	/* SMM, which lies below us. */
	MSRS(0xc0010050, 0xc0010056, PASS, REFUSE, 0,
	     "SMIs on I/O: firmware's"),
	MSRS(0xc0010111, 0xc0010113, PASS, REFUSE, 0, "SMM: its code rules us"),
	MSR(0xc0010116, PASS, REFUSE, 0, "SMM_CTL: as if in SMM"),
	MSR(0xc0010022, PASS, REFUSE, 0, "machine checks turned into SMIs"),
	MSRS(0x000001f2, 0x000001f3, PASS, REFUSE, 0, "SMRR: where SMM lies"),
	MSR(0xc0010015, PASS, BITS, HWCR_FREE, "HWCR: not SMMLOCK, INVD, TLBs"),

	/* Time, which PALs measure. */
	MSR(0x00000010, PASS, TSC, 0, "TSC: a PAL that pads its time reads it"),
	MSR(0x0000003b, PASS, IGNORE, 0, "TSC_ADJUST: moves the TSC"),

	/* The CPU itself. */
	MSR(0xc0010020, PASS, IGNORE, 0,
	    "microcode: what is measured is what runs; update by firmware"),
	MSR(0x00000079, PASS, IGNORE, 0, "microcode, Intel's"),
	MSR(0xc0011029, PASS, SET, 0, "DE_CFG: cures of errata stay"),
	MSRS(0xc0010064, 0xc0010070, PASS, REFUSE, 0,
	     "voltage: a CPU with too little of it errs"),
	MSR(0x00000150, PASS, REFUSE, 0, "voltage, Intel's"),

	/* What watches: it runs for the OS, and not for a PAL. */
	COUNTER(0xc0010000),
	COUNTER(0xc0010001),
	COUNTER(0xc0010002),
	COUNTER(0xc0010003),
	COUNTER(0xc0010200),
	COUNTER(0xc0010202),
	COUNTER(0xc0010204),
	COUNTER(0xc0010206),
	COUNTER(0xc0010208),
	COUNTER(0xc001020a),
	MSR(0xc0011030, PASS, PAUSE, IBS_FETCH_RUNS, "IBS: samples fetches"),
	MSR(0xc0011033, PASS, PAUSE, IBS_OP_RUNS, "IBS: samples operations"),
	MSR(0xc000010f, PASS, PAUSE, LBR_RUNS, "LBRv2: records branches"),
	MSR(0x000001d9, PASS, PAUSE, DEBUGCTL_RUNS,
	    "DEBUGCTL: records branches"),
	MSR(0x000014ce, PASS, PAUSE, 1, "LBR_CTL: records branches"),
	MSR(0x0000038f, PASS, PAUSE, UINT64_MAX, "all counters, Intel's"),
	MSR(0x000003f1, PASS, PAUSE, UINT64_MAX, "PEBS: samples"),
	MSR(0xc00000e9, REFUSE, REFUSE, 0,
	    "IRPERF: Linux has it on, it would have to be paused at each call"),
	MSRS(0xc0000105, 0xc0000106, PASS, REFUSE, 0, "LWP: records PALs, too"),
	MSRS(0x00000560, 0x00000587, PASS, REFUSE, 0,
	     "Processor Trace: writes to physical addresses"),
	MSR(0x00000600, PASS, REFUSE, 0, "DS_AREA: written to whoever runs"),
	MSR(0x00000da0, PASS, BITS, ~XSS_DENIED,
	    "XSS: XRSTORS would load Processor Trace and LBR past this table"),

	/*
	 * AMD's own.  What is not named is refused: test and debug registers
	 * are among them.  Linux lives with a #GP of a WRMSR there.
	 */
	MSRS(0xc0010000, 0xc0010007, PASS, PASS, 0, "counters' values"),
	MSR(0xc001001f, PASS, BITS, NB_CFG_FREE,
	    "NB_CFG: PCI configuration by ports may be widened"),
	MSRS(0xc0010062, 0xc0010063, PASS, PASS, 0, "P-state"),
	MSR(0xc0010115, PASS, PASS, 0, "IGNNE"),
	MSRS(0xc0010140, 0xc0010141, PASS, PASS, 0, "OSVW: errata"),
	MSRS(0xc0010200, 0xc001029f, PASS, PASS, 0,
	     "counters' values, and those of the whole chip"),
	MSRS(0xc00102b0, 0xc00102bf, PASS, PASS, 0, "CPPC: frequency"),
	MSRS(0xc0011000, 0xc0011005, PASS, PASS, 0, "CPUID's answers"),
	MSRS(0xc0011019, 0xc001101b, PASS, PASS, 0, "breakpoint masks"),
	MSRS(0xc0011020, 0xc0011023, PASS, PASS, 0, "LS_CFG: cures of errata"),
	MSR(0xc0011027, PASS, PASS, 0, "breakpoint mask"),
	MSRS(0xc0011028, 0xc001102e, PASS, PASS, 0, "FP_CFG: cures of errata"),
	MSRS(0xc0011030, 0xc001103d, PASS, PASS, 0, "IBS' values"),
	MSRS(0xc0010000, 0xc0011fff, PASS, REFUSE, 0, "not known"),
	/* Machine check banks.  Refused, Linux panics; they name no secret. */
	MSRS(0xc0002000, 0xc0002fff, PASS, PASS, 0,
	     "machine check: the OS's; each access exits, no bitmap has them"),

	/* Who has the machine reset gives up what is in it. */
	PORT(0x60, KEYBOARD, 0, "keyboard controller: sets the reset line, A20"),
	PORT(0x64, KEYBOARD, 0, "keyboard controller: pulses them"),
	PORT(0x92, RESET, A20_RESET, "system control: fast reset, A20"),
	PORT(0xcf9, RESET, CF9_RESET, "the chipset's reset register"),

	/* The chipset: what an address means, and where the above lies. */
	REGISTERS(PORT, 0xcfc, 0xcff, CONFIG, 0, "PCI configuration"),
	CONFIG(INTEL, 0x0601, 0x60, 0x6b, PASS, "where interrupts go"),
	CONFIG(INTEL, 0x0680, 0, CONFIG_LAST, IGNORE, "PIIX4's ACPI ports"),
	CONFIG(INTEL, 0x0580, 0, CONFIG_LAST, IGNORE, "PMC, P2SB: the same"),
	CONFIG(AMD, 0x0600, 0x60, 0x63, PASS, "what of SMN 0x64 reads"),
	CONFIG(AMD, 0x0600, 0xb8, 0xbb, PASS, "what of SMN 0xbc reads"),
	CONFIG(0, 0x0600, 0, CONFIG_LAST, IGNORE, "where DRAM, SMM, ECAM lie"),
	CONFIG(0, 0x0601, 0, CONFIG_LAST, IGNORE, "PMBASE: ACPI's ports; resets"),
	CONFIG(0, 0x0806, 0, CONFIG_LAST, IOMMU, "where its registers lie"),
	CONFIG(0, 0, 0, ACCESS_CONFIG_AT(0, 0xffff, CONFIG_LAST), PASS,
	       "devices; CPUs reach DRAM and APIC before what a BAR says"),

	/* Devices.  What is not the OS's its nested table does not map. */
	REGISTERS(MEMORY, 0xfed40000, 0xfed44fff, PASS, 0,
		  "TPM: the OS's; who seals to it knows that"),
	REGISTERS(MEMORY, 0, UINT64_MAX, PASS, 0, "RAM and devices: the OS's"),
	REGISTERS(PORT, 0, 0x10002, PASS, 0, "devices: the OS's"),

	/*
	 * Passed by default: system calls, segment bases, x2APIC, mitigations,
	 * machine checks and some hundred more of Intel's models, which Linux
	 * and its drivers write often and no list has all of.
	 */
	MSRS(0xc0000000, 0xc0001fff, PASS, PASS, 0, "architectural, AMD's"),
	MSRS(0x00000000, 0x00001fff, PASS, PASS, 0, "architectural"),
};

const struct access_row *access_rows(unsigned int *count)
{
	*count = sizeof(rows) / sizeof(rows[0]);
	return rows;
}

unsigned int access_machine_rows(const struct hv_launch *launch,
				 struct access_row out[ACCESS_MACHINE_ROWS])
{
	unsigned int count = 0, i;

	for (i = 0; i < HV_LAUNCH_ENDS; i++) {
		const struct hv_end *end = &launch->ends[i];
		enum access_kind kind = end->is_port ? ACCESS_PORT :
						       ACCESS_MEMORY;

		if (end->at && access_find(kind, end->at)->write == ACCESS_PASS)
			out[count++] = (struct access_row){ kind, end->at,
				end->at, ACCESS_PASS, end->is_value ?
				ACCESS_RESET_VALUE : ACCESS_RESET, end->byte,
				"ACPI's sleep and reset" };
	}
	for (i = 0; i < HV_LAUNCH_ECAMS && launch->ecams[i].size; i++)
		out[count++] = (struct access_row)REGISTERS(
			MEMORY, launch->ecams[i].base, launch->ecams[i].base +
			launch->ecams[i].size - 1, CONFIG, 0,
			"PCI configuration");
	return count;
}

const struct access_row *access_find(enum access_kind kind, uint64_t at)
{
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (access_has(&rows[i], kind, at))
			return &rows[i];
	return NULL;
}
