/* SPDX-License-Identifier: BSD-2-Clause */
/* pal enable: launch the hypervisor under the running Linux. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "command.h"
#include "host/file.h"
#include "hypervisor.h"
#include "machine.h"
#include "overwrite.h"
#include "pal_host.h"
#include "policy_command.h"
#include "policy_file.h"
#include "place.h"
#include "root.h"
#include "root_kind.h"
#include "root_tpm.h"

/* What the machine's owner gives. */
struct owner {
	const char *image, *policy, *root;
	bool has_place;
	struct tpm_root_place place; /* of a root in the TPM */
};

#define DEFAULT_POLICY "/etc/palisade/policy.conf"

static const struct option_rule rules[] = {
	{'i', "image", "FILE", "hypervisor; default: the installed one"},
	{'p', "policy", "FILE",
	 "what may run here; default " DEFAULT_POLICY ", if there is one"},
	{'r', "root", "FILE",
	 "what PALs seal under (pal root); - is standard input; default: none "
	 "that outlives the hypervisor"},
	{'t', "root-tpm", "PLACE",
	 "what PALs seal under, from the TPM: HANDLE:PCR,PCR,..."},
	{'s', "serial", "PORT", "also log to this serial port (like 0x3f8)"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal enable [--image FILE] [--policy FILE] "
		    "[--root FILE | --root-tpm PLACE]\n"
		    "                  [--serial PORT]",
	.text = "Start the hypervisor under this Linux, on all CPUs or on "
		"none.  Needs root and\nthe module palisade.  The policy, "
		"text or binary (palisade-policy(5)), holds until\nthe "
		"hypervisor ends; without one, every PAL may run.\n",
	.options = rules,
	.operand_count = 0,
};

static const char *launch_error(int cause, const struct palisade_launch *launch)
{
	if (launch->hv_detail)
		return hypervisor_reason(launch->hv_detail);
	switch (cause) {
	case EPERM:
		return "only root may do this (CAP_SYS_ADMIN), and not "
		       "while the kernel is locked down (Secure Boot)";
	case ENODEV:
		return hypervisor_reason(HV_REASON_NO_SVM);
	case EACCES:
		return hypervisor_reason(HV_REASON_SVM_LOCKED);
	case EBUSY:
		return hypervisor_reason(HV_REASON_SVM_IN_USE);
	case ENOMEM:
		return "Linux has no 4 MiB of contiguous memory left: free "
		       "some (echo 3 > /proc/sys/vm/drop_caches; "
		       "echo 1 > /proc/sys/vm/compact_memory), or try after "
		       "a reboot";
	case ENOEXEC:
		return "the file is no hypervisor image for this module: "
		       "install both from one build";
	default:
		return strerror(cause);
	}
}

static int report_launch_error(int cause, const struct palisade_launch *launch)
{
	if (cause == EALREADY) {
		report("the hypervisor is already running%s",
		       launch->root ? ", with the sealing root that it has"
				    : "");
		return launch->root ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	report("not enabled: %s", launch_error(cause, launch));
	if (launch->hv_status)
		report("CPU %u refused with status %d, reason %u; all CPUs "
		       "are as before",
		       launch->failed_cpu, launch->hv_status,
		       launch->hv_detail);
	return EXIT_FAILURE;
}

static int print_result(int device, bool is_overwritten)
{
	struct palisade_info info = {.size = sizeof(info)};
	const struct hv_memory_info *memory = &info.memory;

	if (ioctl(device, PALISADE_INFO, &info)) {
		report("enabled, but its state cannot be read: %s",
		       strerror(errno));
		return EXIT_FAILURE;
	}
	printf("Palisade runs under this Linux on %u CPU%s.\n", info.cpu_count,
	       info.cpu_count == 1 ? "" : "s");
	printf("The launch took %.1f ms.\n", (double)info.launch_ns / 1e6);
	printf("Memory taken from Linux: %.1f MiB for the hypervisor, "
	       "%llu MiB for PALs.\n",
	       (double)memory->hypervisor_bytes / (1 << 20),
	       (unsigned long long)memory->pool_blocks * 2);
	printf("Sealing root: %s%s.\n", root_kind_text(info.root_kind),
	       info.root_kind == HV_ROOT_EPHEMERAL ? "; see palisade-root(7)"
						   : "");
	printf("Memory is %soverwritten by the firmware at a reset.\n",
	       is_overwritten ? "" : "not ");
	return finish_output();
}

/* Would it start?  Asked before anything is done that cannot be done again. */
static int check(int device, const struct palisade_launch *request)
{
	struct palisade_launch question = *request;

	question.flags |= PALISADE_LAUNCH_CHECK;
	return ioctl(device, PALISADE_LAUNCH, &question)
		       ? report_launch_error(errno, &question)
		       : EXIT_SUCCESS;
}

/* The firmware is asked first: from the launch on there are secrets. */
static int start(int device, struct palisade_launch *request)
{
	bool is_overwritten = overwrite_ask();

	if (ioctl(device, PALISADE_LAUNCH, request))
		return report_launch_error(errno, request);
	return print_result(device, is_overwritten);
}

static int take_root(int device, const struct owner *owner,
		     const struct palisade_launch *request,
		     struct hv_root *root)
{
	if (!owner->has_place)
		return root_read(owner->root, root);
	return check(device, request) ? -1 : root_tpm_take(&owner->place, root);
}

static int start_with_root(int device, const struct owner *owner,
			   struct palisade_launch *request)
{
	struct hv_root root;
	int status = EXIT_FAILURE;

	request->root = (uintptr_t)&root;
	if (!take_root(device, owner, request, &root))
		status = start(device, request);
	root_wipe(&root);
	request->root = 0;
	return status;
}

static int launch(const struct owner *owner, struct palisade_launch *request)
{
	struct palisade_info info;
	int status;
	int device = hypervisor_open(&info, &status);

	if (device < 0)
		return status;
	status = owner->has_place || owner->root
			 ? start_with_root(device, owner, request)
			 : start(device, request);
	close(device);
	return status;
}

/* The default policy may be absent; one that was asked for may not. */
static int take_policy(const char *path, struct palisade_launch *request)
{
	static uint8_t policy[POLICY_SIZE_MAX];
	size_t size;

	if (!path && access(DEFAULT_POLICY, F_OK))
		return 0;
	if (policy_file_read(path ? path : DEFAULT_POLICY,
			     policy_report_warning, policy, &size)) {
		report("%s", pal_error_text());
		return -1;
	}
	request->policy = (uintptr_t)policy;
	request->policy_size = size;
	return 0;
}

static int enable(const struct owner *owner, struct palisade_launch *request)
{
	void *image;
	size_t size;
	int status;

	if (take_policy(owner->policy, request))
		return EXIT_FAILURE;
	if (file_read(owner->image, &image, &size)) {
		report("%s: the hypervisor's file; --image names another "
		       "(in the source tree, build/hv/palisade.bin)",
		       pal_error_text());
		return EXIT_FAILURE;
	}
	request->image = (uintptr_t)image;
	request->image_size = size;
	status = launch(owner, request);
	free(image);
	return status;
}

static int take_port(const char *text, struct palisade_launch *request)
{
	uint64_t port;

	if (!parse_number(text, 0xfff8, &port) || !port) {
		report("enable: '%s' is not an I/O port (0x3f8 is the first "
		       "serial port)",
		       text);
		return -1;
	}
	request->serial_port = (uint32_t)port;
	request->flags |= PALISADE_LAUNCH_SERIAL;
	return 0;
}

static int take_option(int option, const char *text, struct owner *owner,
		       struct palisade_launch *request)
{
	switch (option) {
	case 'i':
		owner->image = text;
		return 0;
	case 'p':
		owner->policy = text;
		return 0;
	case 'r':
		owner->root = text;
		return 0;
	case 't':
		owner->has_place = true;
		return root_tpm_place(text, &owner->place);
	default:
		return take_port(text, request);
	}
}

int command_enable(int argc, char **argv)
{
	struct palisade_launch request = {.size = sizeof(request)};
	struct owner owner = {.image = place_hypervisor()};
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0)
		if (take_option(option, optarg, &owner, &request))
			return EXIT_USAGE;
	if (option != OPTION_END)
		return option_exit(option);
	if (owner.root && owner.has_place) {
		report("enable: there is one root: either --root or "
		       "--root-tpm");
		return EXIT_USAGE;
	}
	return enable(&owner, &request);
}
