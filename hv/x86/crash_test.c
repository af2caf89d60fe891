/* SPDX-License-Identifier: BSD-2-Clause */
/* Failing on purpose, for HC_DEBUG_CRASH; release images have none of this. */
#include "abi/hypercall.h"
#include "core/platform.h"
#include "lib/assert.h"

#define MSR_VM_HSAVE_PA	0xc0010117u	/* takes no unaligned address */

extern char hv_image_start[];

/* Down through the guard pages, whatever a compiler thinks of recursion. */
static void overflow(void)
{
	__asm__ volatile("1: pushq $0; jmp 1b");
}

int platform_crash(unsigned int how)
{
	static char data[16];

	switch (how) {
	case HC_CRASH_EXCEPTION:
		__asm__ volatile("ud2");
		break;
	case HC_CRASH_STACK:
		overflow();
		break;
	case HC_CRASH_WRITE_CODE:
		*(volatile char *)hv_image_start = 0;
		break;
	case HC_CRASH_EXECUTE_DATA:
		((void (*)(void))data)();
		break;
	case HC_CRASH_OS_MEMORY:
		(void)*(volatile char *)hpa_to_ptr(hpa(0x1000));
		break;
	case HC_CRASH_MSR:
		if (!platform_write_msr(MSR_VM_HSAVE_PA, UINT64_MAX))
			return HV_OK;
		break;
	}
	assert_failed("asked for", __FILE__, __LINE__);
}
