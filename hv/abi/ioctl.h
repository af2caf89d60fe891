/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/palisade: what programs ask the Linux module.
 *
 * Every structure begins with its size and a flags word (0 unless stated), has
 * the same layout for 32- and 64-bit callers, and its reserved fields must be
 * zero.  Unknown commands give ENOTTY, unknown flags or non-zero reserved
 * fields EINVAL, a size this module does not know E2BIG (larger) or EINVAL.
 * Where the hypervisor refused, hv_status holds its HV_E* and hv_detail its
 * reason; both are written on failure too.
 */
#ifndef ABI_IOCTL_H
#define ABI_IOCTL_H

#include "abi/hypercall.h"
#include "abi/launch.h"
#include "abi/policy.h"
#ifdef __KERNEL__
#include <linux/ioctl.h>
#else
#include <sys/ioctl.h>
#endif

#define PALISADE_DEVICE		"/dev/palisade"
#define PALISADE_IOCTL_VERSION	2

/* State of the hypervisor; anyone who can open the device may ask. */
struct palisade_info {
	uint32_t size, flags;
	uint32_t ioctl_version;		/* PALISADE_IOCTL_VERSION */
	uint32_t hv_abi_version;	/* 0 when not launched */
	uint32_t features;		/* HV_FEATURE_* */
	uint32_t cpu_count;		/* under the hypervisor; 0: not launched */
	uint32_t tsc_khz;		/* what Linux measured; hv_pal_info.ticks */
	uint32_t root_kind;		/* HV_ROOT_*: what PALs seal under */
	uint64_t launch_ns;		/* how long the launch took */
	struct hv_memory_info memory;
};

/*
 * Launch the hypervisor under this kernel, on all online CPUs (CAP_SYS_ADMIN).
 * All or nothing: on failure the machine is as before.
 * EALREADY launched; ENODEV no SVM; EACCES SVM disabled in firmware; EBUSY SVM
 * used by KVM; EOPNOTSUPP something else is missing (hv_detail: HV_REASON_*);
 * ENOMEM no contiguous memory; ENOEXEC not an image for this module; EINVAL a
 * bad policy size or root.
 */
struct palisade_launch {
	uint32_t size, flags;		/* flags: PALISADE_LAUNCH_* */
	uint64_t image;			/* user address of the hypervisor image */
	uint64_t image_size;		/* bytes, at most HV_MEMORY_SIZE */
	uint32_t serial_port;		/* with PALISADE_LAUNCH_SERIAL */
	int32_t hv_status;		/* out */
	uint32_t hv_detail;		/* out: HV_REASON_* */
	uint32_t failed_cpu;		/* out: which CPU refused */
	uint64_t policy;		/* user address of the policy, or 0 */
	uint64_t policy_size;		/* bytes (abi/policy.h), or 0 */
	uint64_t root;			/* user address of the sealing root, a
					 * struct hv_root; 0: ephemeral.  The
					 * caller wipes its own copy. */
};
#define PALISADE_LAUNCH_SERIAL	1
#define PALISADE_LAUNCH_CHECK	2	/* only tell whether it would work */

/*
 * End the hypervisor (CAP_SYS_ADMIN).  EBUSY while PALs live, unless
 * PALISADE_UNLOAD_FORCE, which ends and wipes them.  ENODEV: not launched.
 */
struct palisade_unload {
	uint32_t size, flags;
	int32_t hv_status;		/* out */
	uint32_t reserved;
};
#define PALISADE_UNLOAD_FORCE	1

/*
 * Make a PAL.  Returns a new file descriptor (close-on-exec) that is the PAL:
 * when its last copy is closed, the PAL is wiped.  Only the address space that
 * made it can call it.  `window` is page-aligned memory of the caller, at least
 * thread_count * arg_size bytes (from the image header), that is pinned
 * (RLIMIT_MEMLOCK) and shared with the PAL until the descriptor is closed.
 * EINVAL image refused (hv_status HV_EIMAGE, hv_detail PAL_IMAGE_*) or a bad
 * window; EKEYREJECTED the notary refused the PAL (hv_status HV_EREFUSED,
 * hv_detail a NOTARY_E* without its sign); ENOMEM; ENODEV not launched; EFAULT
 * bad addresses.  A signature page behind the image is taken along.
 */
struct palisade_create {
	uint32_t size, flags;
	uint64_t image;			/* user address of the PAL image */
	uint64_t image_size;		/* bytes */
	uint64_t window;		/* user address, page aligned */
	uint64_t window_size;		/* bytes, whole pages */
	uint64_t handle;		/* out: thread 0; thread i is handle + i */
	uint32_t thread_count;		/* out */
	int32_t hv_status;		/* out */
	uint32_t hv_detail;		/* out */
	uint32_t reserved;
};

/* On a PAL descriptor: its state. */
struct palisade_pal_info {
	uint32_t size, flags;
	struct hv_pal_info pal;
};

/* On the device: PAL slot `slot` (ENOENT when free, EINVAL past the last). */
struct palisade_slot_info {
	uint32_t size, flags;
	uint32_t slot;
	uint32_t pid;			/* out: who opened it, in the caller's
					 * pid namespace, or 0 */
	struct hv_pal_info pal;
};

/* Counters of CPU `cpu` (0..cpu_count-1, the hypervisor's numbering). */
struct palisade_cpu_stats {
	uint32_t size, flags;
	uint32_t cpu;
	uint32_t reserved;
	struct hv_cpu_stats stats;
};

/*
 * Log text of the hypervisor from byte number `position` on (CAP_SYS_ADMIN).
 * On return `position` is that of the first byte in `text`, `length` how many.
 */
struct palisade_log {
	uint32_t size, flags;
	uint64_t position;
	uint32_t length;		/* out: 0 at the end */
	uint32_t reserved;
	char text[4000];
};

/*
 * The policy that was given with the launch: policy_size bytes (abi/policy.h)
 * are written to `policy`, which has room for POLICY_SIZE_MAX.  What of it is
 * in the features of struct palisade_info is the hypervisor's own word, this is
 * the kernel's.  ENODEV not launched; ENODATA the hypervisor was there before
 * Linux, so whoever started it has the policy.
 */
struct palisade_policy {
	uint32_t size, flags;
	uint64_t policy;		/* user address */
	uint32_t policy_size;		/* out: 0: none was given */
	uint32_t reserved;
};

#define PALISADE_INFO		_IOWR(0xB9, 0, struct palisade_info)
#define PALISADE_LAUNCH		_IOWR(0xB9, 1, struct palisade_launch)
#define PALISADE_UNLOAD		_IOWR(0xB9, 2, struct palisade_unload)
#define PALISADE_CREATE		_IOWR(0xB9, 3, struct palisade_create)
#define PALISADE_PAL_INFO	_IOWR(0xB9, 4, struct palisade_pal_info)
#define PALISADE_SLOT_INFO	_IOWR(0xB9, 5, struct palisade_slot_info)
#define PALISADE_CPU_STATS	_IOWR(0xB9, 6, struct palisade_cpu_stats)
#define PALISADE_LOG		_IOWR(0xB9, 7, struct palisade_log)
#define PALISADE_POLICY		_IOWR(0xB9, 8, struct palisade_policy)

_Static_assert(sizeof(struct palisade_info) == 80, "ABI");
_Static_assert(sizeof(struct palisade_launch) == 64, "ABI");
_Static_assert(sizeof(struct palisade_unload) == 16, "ABI");
_Static_assert(sizeof(struct palisade_create) == 64, "ABI");
_Static_assert(sizeof(struct palisade_pal_info) == 248, "ABI");
_Static_assert(sizeof(struct palisade_slot_info) == 256, "ABI");
_Static_assert(sizeof(struct palisade_log) == 4024, "ABI");
_Static_assert(sizeof(struct palisade_policy) == 24, "ABI");

#endif /* ABI_IOCTL_H */
