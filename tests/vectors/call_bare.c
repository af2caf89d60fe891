/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packed PAL image run without a hypervisor: its segments, its stack and its
 * window are mapped into this process where a PAL has them, with the same
 * access rights, and its entry is jumped to.  So the very bytes that would be
 * measured are tested before there is anything to run them in: runtime, C
 * library, stack guard, heap, and cryptography.  Protection there is none.
 *
 * The call ends with VMMCALL: an invalid instruction here.  Where this machine
 * is itself a guest it may also be a hypercall that fails, and then the next
 * instruction is invalid; or one that KVM tries to replace by VMCALL, a write
 * fault.  A signal anywhere else is a PAL that broke a rule.
 *
 * The image is named as in call_pal.c.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "abi/pal_image.h"
#include "abi/hypercall.h"
#include "call.h"
#include "pal_host.h"

static struct pal_image_header header;
static unsigned char *const window = (void *)(uintptr_t)PAL_WINDOW_BASE;
static sigjmp_buf after_call;
static volatile long call_result;

/* VMMCALL, the instruction or the one after it, and what it was asked for. */
static bool is_return(const greg_t *registers)
{
	static const unsigned char vmmcall[] = {0x0f, 0x01, 0xd9};
	const unsigned char *at = (void *)(uintptr_t)registers[REG_RIP];

	return !memcmp(at, vmmcall, 3) || !memcmp(at - 3, vmmcall, 3);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	const greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	if (is_return(registers)) {
		call_result = registers[REG_RDI];
	} else {
		fprintf(stderr, "PAL ended by signal %d at 0x%llx, %p\n",
			number, registers[REG_RIP], info->si_addr);
		call_result = PAL_EFAULT;
	}
	siglongjmp(after_call, 1);
}

static int catch_signals(void)
{
	static unsigned char stack[65536];
	static const int numbers[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE};
	stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_sigaction = on_signal,
				   .sa_flags = SA_SIGINFO | SA_ONSTACK};

	if (sigaltstack(&other, NULL))
		return -1;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (sigaction(numbers[i], &action, NULL))
			return -1;
	return 0;
}

static void *map(uint64_t base, uint64_t size)
{
	return mmap((void *)(uintptr_t)base, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static int protection(uint32_t access)
{
	return (access & PAL_ACCESS_R ? PROT_READ : 0) |
	       (access & PAL_ACCESS_W ? PROT_WRITE : 0) |
	       (access & PAL_ACCESS_X ? PROT_EXEC : 0);
}

static int load_segment(const struct pal_image_segment *segment, FILE *file)
{
	void *base = map(segment->base, segment->memory_size);

	if (base == MAP_FAILED)
		return -1;
	if (fread(base, 1, segment->file_size, file) != segment->file_size)
		return -1;
	return mprotect(base, segment->memory_size,
			protection(segment->access));
}

static int load(FILE *file)
{
	if (fread(&header, sizeof(header), 1, file) != 1 ||
	    header.magic != PAL_IMAGE_MAGIC ||
	    header.segment_count > PAL_MAX_SEGMENTS)
		return -1;
	for (uint32_t i = 0; i < header.segment_count; i++)
		if (load_segment(&header.segments[i], file))
			return -1;
	if (map(PAL_STACK_TOP(0) - header.stack_size, header.stack_size) ==
	    MAP_FAILED)
		return -1;
	return map(PAL_WINDOW_BASE, header.arg_size) == MAP_FAILED ? -1 : 0;
}

int call_open(void)
{
	const char *path = getenv("VECTORS_PAL");
	FILE *file = fopen(path ? path : "vectors.pal", "rb");
	int error = -1;

	if (file) {
		error = catch_signals() ? -1 : load(file);
		fclose(file);
	}
	if (error)
		fprintf(stderr, "run_vectors: the image cannot be loaded\n");
	return error;
}

void call_close(void)
{
}

/* As abi/pal_image.h has it: entry 0, thread 0, everything else zero. */
static void enter(uint64_t in_size, uint64_t out_capacity)
{
	register uint64_t window_size __asm__("r8") = header.arg_size;
	register uint64_t is_peer __asm__("r9") = 0;

	__asm__ volatile("mov %[stack], %%rsp\n\t"
			 "xor %%eax, %%eax\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "jmp *%%rbx"
			 :
			 : "D"(0), "S"(0), "d"(in_size), "c"(out_capacity),
			   "r"(window_size), "r"(is_peer),
			   "b"(header.entry), [stack] "r"(PAL_STACK_TOP(0))
			 : "memory");
	__builtin_unreachable();
}

int call(const void *in, size_t in_size, void *out, size_t out_capacity,
	 size_t *out_size)
{
	if (in_size > header.arg_size)
		return PAL_ESIZE;
	if (out_capacity > header.arg_size)
		out_capacity = header.arg_size;
	memcpy(window, in, in_size);
	if (!sigsetjmp(after_call, 1))
		enter(in_size, out_capacity);

	if (call_result < 0)
		return (int)call_result;
	memcpy(out, window, (size_t)call_result);
	*out_size = (size_t)call_result;
	return 0;
}
