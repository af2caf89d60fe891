// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The one place that knows the instruction and the registers of a hypercall.
 */
#include "hypercall.h"

#include <linux/errno.h>
#include <linux/smp.h>

struct hypercall_result hypercall(u64 number, u64 rdi, u64 rsi, u64 rdx)
{
	register u64 r8 asm("r8") = 0;
	u64 rcx = 0;

	asm volatile("vmmcall"
		     : "+a"(number), "+d"(rdx), "+c"(rcx), "+r"(r8)
		     : "D"(rdi), "S"(rsi)
		     : "memory");
	return (struct hypercall_result){ (int)number, rdx, rcx, r8 };
}

static void flush_this_cpu(void *unused)
{
	hypercall(HC_FLUSH, 0, 0, 0);
}

void hypercall_flush_all(void)
{
	on_each_cpu(flush_this_cpu, NULL, 1);
}

int hypercall_errno(int status)
{
	switch (status) {
	case HV_OK:
		return 0;
	case HV_EINVAL:
	case HV_EIMAGE:
		return -EINVAL;
	case HV_ENOSYS:
		return -ENOSYS;
	case HV_ENOMEM:
		return -ENOMEM;
	case HV_EPERM:
		return -EPERM;
	case HV_EBUSY:
		return -EBUSY;
	case HV_EAGAIN:
		return -EAGAIN;
	case HV_EFAULT:
		return -EFAULT;
	case HV_EDEAD:
		return -EOWNERDEAD;
	case HV_ENOENT:
		return -ENOENT;
	case HV_ENOTSUP:
		return -EOPNOTSUPP;
	case HV_EREFUSED:
		return -EKEYREJECTED;
	}
	return -EIO;
}
