/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PALs that break rules: each is ended, its caller learns which rule and
 * where, and nobody else notices.
 */
#include "case.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include "abi/hypercall.h"
#include "abi/pal_image.h"
#include "pal_log_page.h"
#include "pals/snippets.h"

#define FAULT(kind, detail) ((kind) << 8 | (detail))
#define EXCEPTION(vector) FAULT(PAL_FAULT_EXCEPTION, vector)
#define INSN(which) FAULT(PAL_FAULT_INSTRUCTION, which)
#define MEMORY(access) FAULT(PAL_FAULT_MEMORY, access)
#define HYPERCALL FAULT(PAL_FAULT_HYPERCALL, 0)

#define DE 0
#define DB 1
#define BP 3
#define UD 6
#define SS 12
#define GP 13
#define MF 16
#define XM 19

/*
 * What the hardware checks first decides: mostly the privilege level, so the
 * fault is an exception; where an intercept comes first, it is named.  Other
 * values are what other processors say, real ones and those of several QEMUs.
 */
struct row {
	enum snippet snippet;
	unsigned int wanted, others[2];
	const char *name;
};

static const struct row rows[] = {
#define ROW(snippet, wanted, ...)                                              \
	{SNIPPET_##snippet,                                                    \
	 wanted,                                                               \
	 {__VA_ARGS__},                                                        \
	 "a_pal_that_executes_" #snippet "_is_ended"}
	ROW(hlt, EXCEPTION(GP), INSN(PAL_INSN_HLT)),
	ROW(cli, EXCEPTION(GP), 0),
	ROW(sti, EXCEPTION(GP), 0),
	ROW(in, EXCEPTION(GP), INSN(PAL_INSN_IO)),
	ROW(out, EXCEPTION(GP), INSN(PAL_INSN_IO)),
	ROW(ins, EXCEPTION(GP), INSN(PAL_INSN_IO)),
	ROW(outs, EXCEPTION(GP), INSN(PAL_INSN_IO)),
	ROW(rdmsr, EXCEPTION(GP), INSN(PAL_INSN_MSR)),
	ROW(wrmsr, EXCEPTION(GP), INSN(PAL_INSN_MSR)),
	ROW(rdpmc, EXCEPTION(GP), INSN(PAL_INSN_PRIVILEGED)),
	ROW(mov_from_cr0, EXCEPTION(GP), INSN(PAL_INSN_CR)),
	ROW(mov_to_cr0, EXCEPTION(GP), INSN(PAL_INSN_CR)),
	ROW(mov_from_cr3, EXCEPTION(GP), INSN(PAL_INSN_CR)),
	ROW(mov_to_cr3, EXCEPTION(GP), INSN(PAL_INSN_CR)),
	ROW(mov_to_cr4, EXCEPTION(GP), INSN(PAL_INSN_CR)),
	ROW(mov_to_cr8, EXCEPTION(GP), INSN(PAL_INSN_CR)),
	ROW(clts, EXCEPTION(GP), INSN(PAL_INSN_CR)),
	ROW(lmsw, EXCEPTION(GP), INSN(PAL_INSN_CR)),
	ROW(smsw, INSN(PAL_INSN_CR), EXCEPTION(GP)),
	ROW(mov_from_dr7, EXCEPTION(GP), INSN(PAL_INSN_DR)),
	ROW(mov_to_dr7, EXCEPTION(GP), INSN(PAL_INSN_DR)),
	ROW(mov_to_dr0, EXCEPTION(GP), INSN(PAL_INSN_DR)),
	ROW(syscall, EXCEPTION(UD), 0),
	ROW(sysret, EXCEPTION(UD), EXCEPTION(GP)),
	ROW(sysenter, EXCEPTION(GP), EXCEPTION(UD)),
	ROW(sysexit, EXCEPTION(GP), EXCEPTION(UD)),
	ROW(iretq, EXCEPTION(GP), 0),
	ROW(far_return, EXCEPTION(GP), 0),
	ROW(int3, EXCEPTION(BP), INSN(PAL_INSN_INT)),
	ROW(int1, EXCEPTION(DB), EXCEPTION(UD),
	    INSN(PAL_INSN_PRIVILEGED)),
	ROW(int_80, INSN(PAL_INSN_INT), EXCEPTION(GP)),
	ROW(int_2, INSN(PAL_INSN_INT), EXCEPTION(GP)),
	ROW(int_13, INSN(PAL_INSN_INT), EXCEPTION(GP)),
	ROW(into, EXCEPTION(UD), 0),
	ROW(vmrun, EXCEPTION(GP), EXCEPTION(UD)),
	ROW(vmload, EXCEPTION(GP), EXCEPTION(UD)),
	ROW(vmsave, EXCEPTION(GP), EXCEPTION(UD)),
	ROW(stgi, EXCEPTION(GP), EXCEPTION(UD)),
	ROW(clgi, EXCEPTION(GP), EXCEPTION(UD)),
	ROW(skinit, EXCEPTION(GP), INSN(PAL_INSN_VIRT)),
	ROW(invlpga, EXCEPTION(GP), EXCEPTION(UD)),
	ROW(vmcall, EXCEPTION(UD), 0),
	ROW(vmmcall_pal_call, HYPERCALL, 0),
	ROW(vmmcall_zero, HYPERCALL, 0),
	ROW(vmmcall_random, HYPERCALL, 0),
	ROW(vmmcall_unload, HYPERCALL, 0),
	ROW(lgdt, EXCEPTION(GP), 0),
	ROW(lidt, EXCEPTION(GP), 0),
	ROW(lldt, EXCEPTION(GP), 0),
	ROW(ltr, EXCEPTION(GP), 0),
	ROW(sgdt, INSN(PAL_INSN_DESCRIPTOR), EXCEPTION(GP)),
	ROW(sidt, INSN(PAL_INSN_DESCRIPTOR), EXCEPTION(GP)),
	ROW(sldt, INSN(PAL_INSN_DESCRIPTOR), EXCEPTION(GP)),
	ROW(str, INSN(PAL_INSN_DESCRIPTOR), EXCEPTION(GP)),
	ROW(invlpg, EXCEPTION(GP), 0),
	ROW(invpcid, EXCEPTION(UD), EXCEPTION(GP)),
	ROW(xsetbv, EXCEPTION(UD), EXCEPTION(GP), INSN(PAL_INSN_XSETBV)),
	ROW(xgetbv, EXCEPTION(UD), 0),
	ROW(xsave, EXCEPTION(UD), 0),
	ROW(avx, EXCEPTION(UD), 0),
	ROW(wbinvd, EXCEPTION(GP), INSN(PAL_INSN_PRIVILEGED)),
	ROW(invd, EXCEPTION(GP), INSN(PAL_INSN_PRIVILEGED)),
	ROW(monitor, EXCEPTION(UD), EXCEPTION(GP)),
	ROW(mwait, EXCEPTION(UD), EXCEPTION(GP)),
	ROW(swapgs, EXCEPTION(GP), 0),
	ROW(wrfsbase, EXCEPTION(UD), 0),
	ROW(wrpkru, EXCEPTION(UD), 0),
	ROW(rsm, EXCEPTION(UD), INSN(PAL_INSN_PRIVILEGED)),
	ROW(ud2, EXCEPTION(UD), 0),
	ROW(lock_nop, EXCEPTION(UD), 0),
	ROW(long_insn, EXCEPTION(GP), 0),
	ROW(mov_to_ss, EXCEPTION(GP), 0),
	ROW(mov_to_fs, EXCEPTION(GP), 0),
	ROW(divide_by_zero, EXCEPTION(DE), 0),
	ROW(divide_overflow, EXCEPTION(DE), 0),
	ROW(trap_flag, EXCEPTION(DB), 0),
	ROW(enter_stack, MEMORY(PAL_ACCESS_W), 0),
	ROW(simd_exception, EXCEPTION(XM), 0),
	ROW(bad_mxcsr, EXCEPTION(GP), 0),
	ROW(x87_exception, EXCEPTION(MF), 0),
	ROW(misaligned_sse, EXCEPTION(GP), 0),
	ROW(non_canonical_read, EXCEPTION(GP), 0),
	ROW(non_canonical_jump, EXCEPTION(GP), 0),
	ROW(non_canonical_stack, EXCEPTION(SS), EXCEPTION(GP)),
	ROW(push_for_ever, MEMORY(PAL_ACCESS_W), 0),
	ROW(call_for_ever, MEMORY(PAL_ACCESS_W), 0),
	ROW(write_own_code, MEMORY(PAL_ACCESS_W), 0),
#undef ROW
};

static int run_snippet(struct pal *pal, enum snippet snippet, uint64_t address)
{
	struct faults_order order = {snippet, address};

	return pal_call(pal, FAULTS_RUN, &order, sizeof(order), NULL, 0, NULL);
}

static bool ask_where(struct pal *pal, enum snippet snippet, uint64_t where[2])
{
	uint64_t number = snippet;
	size_t size;
	int status = pal_call(pal, FAULTS_WHERE, &number, sizeof(number), where,
			      2 * sizeof(where[0]), &size);

	if (status)
		case_fail("asking where: %d (%s)", status, pal_error_text());
	return !status;
}

/* It is ended, stays so, and says the same again. */
static void check_dead(struct pal *pal, const struct pal_fault *fault)
{
	struct pal_fault again;

	CHECK_EQ(run_snippet(pal, SNIPPET_ud2, 0), PAL_EDEAD);
	if (pal_last_fault(pal, &again) || again.kind != fault->kind ||
	    again.offset != fault->offset)
		case_fail("the dead PAL tells another story");
}

static void check_other(struct pal *other)
{
	uint64_t answer = 0;

	CHECK_EQ(case_call(other, 0, 1, &answer), 0);
	CHECK_EQ(answer, 2);
}

/* Call it; true if it was ended and *fault tells how. */
static bool provoke(struct pal *pal, enum snippet snippet, uint64_t address,
		    struct pal_fault *fault)
{
	int status = run_snippet(pal, snippet, address);

	if (status != PAL_EFAULT) {
		case_fail("the call gave %d (%s)", status,
			  status ? pal_error_text() : "it worked");
		return false;
	}
	if (pal_last_fault(pal, fault)) {
		case_fail("no fault is told");
		return false;
	}
	return true;
}

static const unsigned int no_others[2];

static void check_word(const struct pal_fault *fault, unsigned int wanted,
		       const unsigned int others[2])
{
	unsigned int got = fault->kind << 8 | fault->detail;

	case_note("kind %u detail %u offset 0x%llx address 0x%llx", fault->kind,
		  fault->detail, (unsigned long long)fault->offset,
		  (unsigned long long)fault->address);
	if (got != wanted && got != others[0] && got != others[1])
		case_fail("kind %u detail %u, not kind %u detail %u",
			  fault->kind, fault->detail, wanted >> 8,
			  wanted & 0xff);
}

static const struct row *row;

/* TCG computes as if every SSE exception were masked; QEMU 10's knows INTO. */
static bool is_for_hardware(enum snippet snippet)
{
	return snippet == SNIPPET_simd_exception ||
	       snippet == SNIPPET_bad_mxcsr || snippet == SNIPPET_into;
}

static void check_offset(const struct pal_fault *fault, const uint64_t where[2])
{
	/* TCG notices a bad target only after the jump. */
	if (row->snippet == SNIPPET_non_canonical_jump &&
	    fault->offset == 0x0000800000000000 - PAL_IMAGE_BASE)
		return;
	if (fault->offset < where[0] || fault->offset > where[1])
		case_fail("offset 0x%llx, not 0x%llx",
			  (unsigned long long)fault->offset,
			  (unsigned long long)where[0]);
}

static void the_row(void)
{
	struct pal *pal = case_open("faults");
	struct pal *other = case_open("good");
	struct pal_fault fault;
	uint64_t where[2];

	REQUIRE(pal && other && ask_where(pal, row->snippet, where));
	if (is_for_hardware(row->snippet) &&
	    run_snippet(case_open("faults"), row->snippet, 0) == 0)
		case_skip("this CPU, an emulated one, does not raise it");
	if (!provoke(pal, row->snippet, 0, &fault))
		return;
	check_word(&fault, row->wanted, row->others);
	check_offset(&fault, where);
	check_dead(pal, &fault);
	check_other(other);
}

/* ---- Addresses ----------------------------------------------------------- */

static struct {
	enum snippet snippet;
	uint64_t address;
	unsigned int wanted;
	char name[100];
} access_row;

static void the_access(void)
{
	struct pal *pal = case_open("faults");
	struct pal *other = case_open("good");
	bool is_jump = access_row.snippet == SNIPPET_jump;
	struct pal_fault fault;
	uint64_t where[2];

	REQUIRE(pal && other && ask_where(pal, access_row.snippet, where));
	if (!provoke(pal, access_row.snippet, access_row.address, &fault))
		return;
	check_word(&fault, access_row.wanted, no_others);
	if (is_jump && access_row.wanted != EXCEPTION(GP))
		where[0] = access_row.address - PAL_IMAGE_BASE;
	if (fault.offset != where[0])
		case_fail("offset 0x%llx, not 0x%llx",
			  (unsigned long long)fault.offset,
			  (unsigned long long)where[0]);
	if (fault.kind == PAL_FAULT_MEMORY &&
	    fault.address != access_row.address)
		case_fail("address 0x%llx, not 0x%llx",
			  (unsigned long long)fault.address,
			  (unsigned long long)access_row.address);
	check_dead(pal, &fault);
	check_other(other);
}

static void try_access(enum snippet snippet, const char *verb,
		       const char *place, uint64_t address, unsigned int wanted)
{
	access_row.snippet = snippet;
	access_row.address = address;
	access_row.wanted = wanted;
	snprintf(access_row.name, sizeof(access_row.name),
		 "a_pal_that_%s_%s_is_ended", verb, place);
	case_run(access_row.name, the_access);
}

static void try_unmapped(const char *place, uint64_t address)
{
	try_access(SNIPPET_read, "reads", place, address,
		   MEMORY(PAL_ACCESS_R));
	try_access(SNIPPET_write, "writes", place, address,
		   MEMORY(PAL_ACCESS_W));
	try_access(SNIPPET_jump, "jumps_to", place, address,
		   MEMORY(PAL_ACCESS_X));
}

static const struct pal_image_segment *
find_segment(const struct pal_image_header *header, uint32_t access)
{
	for (uint32_t i = 0; i < header->segment_count; i++)
		if (header->segments[i].access == access)
			return &header->segments[i];
	abort();
}

static void try_own_memory(const struct pal_image_header *header)
{
	uint64_t code = find_segment(header, PAL_ACCESS_R | PAL_ACCESS_X)->base;
	uint64_t constants = find_segment(header, PAL_ACCESS_R)->base;
	uint64_t data = find_segment(header, PAL_ACCESS_R | PAL_ACCESS_W)->base;

	try_access(SNIPPET_write, "writes", "its_code", code,
		   MEMORY(PAL_ACCESS_W));
	try_access(SNIPPET_add, "adds_to", "its_code", code,
		   MEMORY(PAL_ACCESS_W));
	try_access(SNIPPET_write, "writes", "its_constants", constants,
		   MEMORY(PAL_ACCESS_W));
	try_access(SNIPPET_jump, "jumps_to", "its_constants", constants,
		   MEMORY(PAL_ACCESS_X));
	try_access(SNIPPET_jump, "jumps_to", "its_data", data,
		   MEMORY(PAL_ACCESS_X));
	try_access(SNIPPET_jump, "jumps_to", "its_stack", PAL_STACK_TOP(0) - 16,
		   MEMORY(PAL_ACCESS_X));
	try_access(SNIPPET_jump, "jumps_to", "its_window", PAL_WINDOW_BASE,
		   MEMORY(PAL_ACCESS_X));
}

static void try_all_unmapped(const struct pal_image_header *header)
{
	const struct pal_image_segment *last =
		&header->segments[header->segment_count - 1];

	try_unmapped("address_0", 0);
	try_unmapped("low_memory", 0x100000);
	try_unmapped("the_byte_below_its_image", PAL_IMAGE_BASE - 1);
	try_unmapped("the_end_of_its_image", last->base + last->memory_size);
	try_unmapped("the_last_byte_before_the_stacks", PAL_STACK_BASE - 1);
	try_unmapped("its_stack_guard",
		     PAL_STACK_TOP(0) - header->stack_size - 1);
	try_unmapped("above_its_stack", PAL_STACK_TOP(0));
	try_unmapped("the_byte_below_its_window", PAL_WINDOW_BASE - 1);
	try_unmapped("the_end_of_its_window",
		     PAL_WINDOW_BASE +
			     (header->arg_size + PAL_LOG_PAGE_SIZE) *
				     header->thread_count);
	try_unmapped("what_follows_the_identity",
		     PAL_IDENTITY_BASE + PAL_PAGE_SIZE);
	try_unmapped("the_apic", 0xfee00000);
	try_unmapped("the_last_byte_below_4_gib", PAL_SPACE_END - 1);
	try_unmapped("the_end_of_its_space", PAL_SPACE_END);
	try_unmapped("the_page_tables", PAL_SPACE_END + PAL_PAGE_SIZE);
	try_unmapped("5_gib", 0x140000000);
	try_unmapped("512_gib", 0x8000000000);
	try_unmapped("64_tib", 0x400000000000);
	try_unmapped("the_end_of_the_lower_half", 0x7ffffffff000);
	try_unmapped("linux_direct_map", 0xffff888000000000);
	try_unmapped("the_last_page", 0xfffffffffffff000);
}

static void try_addresses(void)
{
	size_t size;
	unsigned char *image = case_image("faults", &size);
	struct pal_image_header header;

	memcpy(&header, image, sizeof(header));
	free(image);
	try_own_memory(&header);
	try_all_unmapped(&header);
}

/* ---- Others -------------------------------------------------------------- */

static void a_pal_that_is_no_debug_pal_tells_no_address(void)
{
	size_t size;
	unsigned char *image = case_image("faults", &size);
	struct pal_image_header *header = (void *)image;
	struct pal_fault fault;
	struct pal *pal;

	header->flags &= ~(uint32_t)PAL_FLAG_DEBUG;
	REQUIRE(pal_open_image(image, size, &pal) == 0);
	if (!provoke(pal, SNIPPET_read, 0x123456, &fault))
		return;
	CHECK_EQ(fault.kind, PAL_FAULT_MEMORY);
	CHECK_EQ(fault.address, 0);
}

static sigjmp_buf after_ticks;
static volatile sig_atomic_t tick_count;

static void count_tick(int signal)
{
	(void)signal;
	if (++tick_count == 20)
		siglongjmp(after_ticks, 1);
}

static void interrupts_arrive_in_a_pal_that_loops_without_if(void)
{
	struct itimerval every_10_ms = {{0, 10000}, {0, 10000}};
	struct pal *pal = case_open("faults");

	REQUIRE(pal);
	signal(SIGALRM, count_tick);
	if (sigsetjmp(after_ticks, 1) == 0) {
		setitimer(ITIMER_REAL, &every_10_ms, NULL);
		run_snippet(pal, SNIPPET_loop_without_if, 0);
		case_fail("the loop has ended: %s", pal_error_text());
	}
	setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
	CHECK_EQ(tick_count, 20);
	pal_close(pal);
	CHECK(case_wait_pal_count(0));
}

static bool ask_cpuid(struct pal *pal, uint32_t leaf, uint32_t regs[4])
{
	uint32_t leaves[2] = {leaf, 0};
	size_t size;
	int status = pal_call(pal, FAULTS_CPUID, leaves, sizeof(leaves), regs,
			      4 * sizeof(regs[0]), &size);

	if (status)
		case_fail("CPUID 0x%x: %d (%s)", leaf, status,
			  pal_error_text());
	return !status;
}

static void check_no_cpuid(struct pal *pal, uint32_t leaf)
{
	uint32_t regs[4];

	if (ask_cpuid(pal, leaf, regs) &&
	    (regs[0] | regs[1] | regs[2] | regs[3]))
		case_fail("CPUID 0x%x tells 0x%x 0x%x 0x%x 0x%x", leaf, regs[0],
			  regs[1], regs[2], regs[3]);
}

static void cpuid_tells_a_pal_only_what_it_may_use(void)
{
	static const uint32_t hidden[] = {
		2, 4, 0xb, 0xd, 0x15, 0x40000000, HV_CPUID_LEAF, 0x80000000,
		0x80000001, 0x80000008, 0x8000000a, 0x8000001e, 0xffffffff,
	};
	struct pal *pal = case_open("faults");
	uint32_t regs[4];

	REQUIRE(pal && ask_cpuid(pal, 0, regs));
	CHECK_EQ(regs[0], 7);
	CHECK(!memcmp(&regs[1], "Auth", 4) || !memcmp(&regs[1], "Hygo", 4));
	REQUIRE(ask_cpuid(pal, 1, regs));
	CHECK_EQ(regs[1], 0);		    /* APIC number, CLFLUSH */
	CHECK(regs[3] & 1u << 26);	    /* SSE2 */
	CHECK(regs[2] & 1u << 30);	    /* RDRAND */
	CHECK(!(regs[2] & 1u << 27));	    /* OSXSAVE */
	CHECK(!(regs[2] & 1u << 28));	    /* AVX */
	CHECK(!(regs[2] & 1u << 31));	    /* hypervisor */
	CHECK(!(regs[2] & (1u << 3 | 1u << 5))); /* MONITOR, VMX */
	REQUIRE(ask_cpuid(pal, 7, regs));
	CHECK(!(regs[1] & (1u << 0 | 1u << 5 | 1u << 16))); /* AVX2... */
	CHECK_EQ(regs[2] | regs[3], 0);
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		check_no_cpuid(pal, hidden[i]);
}

static void an_entry_that_is_not_there_is_an_error(void)
{
	struct pal *pal = case_open("good");
	uint64_t answer;

	REQUIRE(pal);
	CHECK_EQ(case_call(pal, 1, 1, &answer), PAL_STATUS_BAD_ENTRY);
	CHECK_EQ(case_call(pal, 0xffffffff, 1, &answer), PAL_STATUS_BAD_ENTRY);
	CHECK_EQ(case_call(pal, 0, 1, &answer), 0);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	for (row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++)
		case_run(row->name, the_row);
	try_addresses();
	RUN(a_pal_that_is_no_debug_pal_tells_no_address);
	RUN(interrupts_arrive_in_a_pal_that_loops_without_if);
	RUN(cpuid_tells_a_pal_only_what_it_may_use);
	RUN(an_entry_that_is_not_there_is_an_error);
	return case_end();
}
