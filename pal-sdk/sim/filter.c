/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls: some few, and only of this process' own code, which lies above
 * 4 GiB.  The PAL lies below; what it tries becomes SIGSYS (fault.c).
 */
#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include "sim.h"

#define LOAD(field)                                                            \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ALLOW(number)                                                          \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),                     \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define TRAP BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP)
/* Upper half of the address of the system call instruction. */
#define INSTRUCTION_HIGH                                                       \
	(offsetof(struct seccomp_data, instruction_pointer) + 4)

int sim_filter(void)
{
	static struct sock_filter rules[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
		TRAP,
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, INSTRUCTION_HIGH),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		TRAP,
		LOAD(nr),
		ALLOW(__NR_futex),
		ALLOW(__NR_rt_sigreturn),
		ALLOW(__NR_poll),
		ALLOW(__NR_restart_syscall),
		ALLOW(__NR_write), /* the one descriptor is the socket */
		ALLOW(__NR_getpid),
		ALLOW(__NR_gettid),
		ALLOW(__NR_tgkill), /* a fault, to the debugger */
		ALLOW(__NR_exit_group),
		TRAP,
	};
	const struct sock_fprog program = {
		.len = sizeof(rules) / sizeof(rules[0]),
		.filter = rules,
	};
	long result = SYSCALL4(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0);

	if (!result)
		result = SYSCALL3(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
				  SECCOMP_FILTER_FLAG_TSYNC, &program);
	return (int)result;
}
