/* SPDX-License-Identifier: BSD-2-Clause */
/* What a PAL call and its parts cost. */
#include "bench.h"
#include <pal_host.h>
#include "abi/hypercall.h"
#include "noop.h"

#define CPUID_LEAF	0
#define NO_HYPERCALL	0x50414cff
#define BARE_PAL_INSTRUCTIONS	3	/* bare_start.S */
#define BLOCK		4096

static unsigned char in[BLOCK], out[BLOCK];

/* What a plain call with as many arguments costs. */
static int __attribute__((noipa))
plain_call(struct pal *pal, unsigned int entry, const void *input,
	   size_t in_size, void *output, size_t out_capacity, size_t *out_size)
{
	(void)pal, (void)entry, (void)input, (void)in_size;
	(void)output, (void)out_capacity, (void)out_size;
	return 0;
}

static uint64_t vmmcall(uint64_t number, uint64_t rdi)
{
	uint64_t rdx = 0, rcx = 0;

	__asm__ volatile("vmmcall"
			 : "+a"(number), "+d"(rdx), "+c"(rcx)
			 : "D"(rdi), "S"(0L)
			 : "r8", "memory");
	return number;
}

static uint64_t cpuid_ticks(void)
{
	unsigned int eax, ebx, ecx, edx;

	return MEASURE(__asm__ volatile("cpuid"
					: "=a"(eax), "=b"(ebx), "=c"(ecx),
					  "=d"(edx)
					: "0"(CPUID_LEAF), "2"(0)));
}

void bench_native(void)
{
	figure("cpuid_native_instructions", (double)cpuid_ticks());
}

/* The call through libpal and the runtime. */
static void measure_library_calls(const char *folder)
{
	struct pal *pal = open_pal(folder, "noop.pal");
	uint64_t plain = MEASURE(plain_call(pal, NOOP_NOTHING, NULL, 0, NULL,
					    0, NULL));
	size_t size = 0;

	if (pal_call(pal, NOOP_NOTHING, NULL, 0, NULL, 0, NULL) ||
	    pal_call(pal, NOOP_FILL, in, BLOCK, out, BLOCK, &size) ||
	    size != BLOCK)
		fail("pal_call");
	figure("pal_call_noop_instructions",
	       (double)(MEASURE(pal_call(pal, NOOP_NOTHING, NULL, 0, NULL, 0,
					 NULL)) - plain));
	figure("pal_call_integer_instructions",
	       (double)(MEASURE(pal_call(pal, NOOP_FILL, in, 4, out, 4,
					 &size)) - plain));
	figure("pal_call_1k_instructions",
	       (double)(MEASURE(pal_call(pal, NOOP_FILL, in, 1024, out, 1024,
					 &size)) - plain));
	figure("pal_call_4k_instructions",
	       (double)(MEASURE(pal_call(pal, NOOP_FILL, in, BLOCK, out, BLOCK,
					 &size)) - plain));
	pal_close(pal);
}

/* The hypervisor's own share: a PAL of three instructions, a bare VMMCALL. */
void bench_bare_call(const char *folder)
{
	struct pal *pal = open_pal(folder, "bare.pal");
	uint64_t handle = pal_handle(pal);
	uint64_t setup, whole;

	if ((int)vmmcall(HC_PAL_CALL, handle) != HV_OK)
		fail("the bare call");
	setup = MEASURE(__asm__ volatile(""
					 :
					 : "a"(HC_PAL_CALL), "d"(0L), "c"(0L),
					   "D"(handle), "S"(0L)
					 : "r8", "memory"));
	whole = MEASURE(vmmcall(HC_PAL_CALL, handle));
	figure("pal_call_noop_hv_instructions",
	       (double)(whole - setup - 1 - BARE_PAL_INSTRUCTIONS));
	pal_close(pal);
}

void bench_calls(const char *folder)
{
	measure_library_calls(folder);
	bench_bare_call(folder);
	figure("cpuid_exit_instructions", (double)cpuid_ticks());
	figure("null_hypercall_instructions",
	       (double)MEASURE(vmmcall(NO_HYPERCALL, 0)));
}
