/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PAL without a hypervisor: linked into a program in place of libpal's
 * device.c and hypercall.c, it maps the image at its addresses in the program
 * itself and jumps there.  For tests of the SDK and for debugging a PAL with
 * gdb; it protects nothing.  One PAL at a time, one call at a time.
 *
 * The window is copied to its PAL address before a call and back after it.
 * The five bytes of VMMCALL and UD2 in the runtime become a jump to us.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "abi/pal_image.h"
#include "host/device.h"
#include "host/hypercall.h"

#define STUB_BASE 0x0f000000UL
#define HANDLE	  UINT64_C(0x51000)

/* What sim_enter() loads; the assembly below knows the offsets. */
struct entry_state {
	uint64_t rip, rsp, rdi, rsi, rdx, rcx, r8;
};

uint64_t sim_enter(const struct entry_state *state);
void sim_leave(void);
extern uint64_t sim_stack;
uint64_t sim_stack;

__asm__(".text\n"
	"sim_enter:\n"
	"	push %rbx; push %rbp; push %r12; push %r13; push %r14\n"
	"	push %r15\n"
	"	mov %rsp, sim_stack(%rip)\n"
	"	mov 0(%rdi), %r11\n"
	"	mov 8(%rdi), %rsp\n"
	"	mov 24(%rdi), %rsi\n"
	"	mov 32(%rdi), %rdx\n"
	"	mov 40(%rdi), %rcx\n"
	"	mov 48(%rdi), %r8\n"
	"	xor %r9d, %r9d\n"
	"	mov 16(%rdi), %rdi\n"
	"	jmp *%r11\n"
	"sim_leave:\n"
	"	mov sim_stack(%rip), %rsp\n"
	"	mov %rdi, %rax\n"
	"	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"	ret\n");

static struct pal_image_header header;
static unsigned char *caller_window;
static size_t window_size;
static struct hypercall_result fault; /* status: HV_OK while it lives */

int device_open(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static void map_at(uint64_t base, size_t size)
{
	void *at = (void *)base;

	if (mmap(at, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at)
		abort();
}

/* jmp rel32 to the stub, which goes on to sim_leave() wherever it is. */
static void patch_return(unsigned char *code, size_t size)
{
	static const unsigned char wanted[] = {0x0f, 0x01, 0xd9, 0x0f, 0x0b};
	unsigned char *stub = (unsigned char *)STUB_BASE;
	void (*leave)(void) = sim_leave;
	unsigned char *at = memmem(code, size, wanted, sizeof(wanted));
	int32_t distance;

	if (!at)
		abort();
	distance = (int32_t)(stub - (at + 5));
	*at = 0xe9;
	memcpy(at + 1, &distance, 4);
	map_at(STUB_BASE, PAL_PAGE_SIZE);
	memcpy(stub, "\x48\xb8", 2); /* mov imm64, %rax */
	memcpy(stub + 2, &leave, 8);
	memcpy(stub + 10, "\xff\xe0", 2); /* jmp *%rax */
	mprotect(stub, PAL_PAGE_SIZE, PROT_READ | PROT_EXEC);
}

static void map_segments(const unsigned char *image)
{
	const unsigned char *part = image + PAL_IMAGE_HEADER_SIZE;

	for (uint32_t i = 0; i < header.segment_count; i++) {
		const struct pal_image_segment *segment = &header.segments[i];
		void *memory = (void *)segment->base;
		int access = PROT_READ;

		map_at(segment->base, segment->memory_size);
		memcpy(memory, part, segment->file_size);
		part += segment->file_size;
		if (segment->access & PAL_ACCESS_X) {
			patch_return(memory, segment->file_size);
			access |= PROT_EXEC;
		}
		if (segment->access & PAL_ACCESS_W)
			access |= PROT_WRITE;
		mprotect(memory, segment->memory_size, access);
	}
}

static void end_pal(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	uint64_t rip = (uint64_t)registers[REG_RIP];
	uint64_t access = registers[REG_ERR] & 2 ? PAL_ACCESS_W : PAL_ACCESS_R;
	uint64_t word = PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, 6U);

	if (rip < STUB_BASE || rip >= PAL_SPACE_END) {
		signal(number, SIG_DFL); /* not the PAL's doing */
		return;
	}
	if (number == SIGFPE)
		word = PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, 0);
	if (number == SIGSEGV)
		word = PAL_FAULT_WORD(PAL_FAULT_MEMORY, access);
	fault = (struct hypercall_result){
		HV_EDEAD,
		word,
		rip - PAL_IMAGE_BASE,
		header.flags & PAL_FLAG_DEBUG ? (uint64_t)info->si_addr : 0,
	};
	registers[REG_RIP] = (greg_t)sim_leave;
}

static void catch_faults(void)
{
	static unsigned char stack[65536];
	stack_t where = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {
		.sa_sigaction = end_pal,
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
	};

	sigaltstack(&where, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGILL, &action, NULL);
	sigaction(SIGFPE, &action, NULL);
}

int device_create(int device, struct palisade_create *create)
{
	memcpy(&header, (void *)create->image, sizeof(header));
	map_segments((void *)create->image);
	for (uint64_t i = 0; i < header.thread_count; i++)
		map_at(PAL_STACK_TOP(i) - header.stack_size, header.stack_size);
	map_at(PAL_WINDOW_BASE, create->window_size);
	caller_window = (unsigned char *)create->window;
	window_size = create->window_size;
	fault.status = HV_OK;
	catch_faults();
	create->handle = HANDLE;
	create->thread_count = header.thread_count;
	return dup(device);
}

struct hypercall_result hypercall_pal_call(uint64_t handle, uint64_t entry,
					   uint64_t in_size, uint64_t out_size)
{
	uint64_t thread = handle - HANDLE;
	struct entry_state state = {
		.rip = header.entry,
		.rsp = PAL_STACK_TOP(thread),
		.rdi = entry,
		.rsi = thread,
		.rdx = in_size,
		.rcx = out_size,
		.r8 = window_size,
	};
	void *window = (void *)PAL_WINDOW_BASE;
	struct hypercall_result result = {.status = HV_OK};

	if (fault.status)
		return fault;
	memcpy(window, caller_window, window_size);
	result.rdx = sim_enter(&state);
	memcpy(caller_window, window, window_size);
	if (!fault.status)
		return result;
	result = fault;
	result.status = HV_EFAULT;
	return result;
}
