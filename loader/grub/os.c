/* SPDX-License-Identifier: BSD-2-Clause */
#include "os.h"

#include <stddef.h>

#include "chain.h"
#include "multiboot.h"
#include "print.h"

static struct multiboot multiboot;

static const char *const roles[] = {
	[OS_LINUX] = "os",
	[OS_LINUX32] = "os-linux32",
	[OS_MULTIBOOT] = "os-multiboot",
	[OS_MULTIBOOT2] = "os-multiboot2",
	[OS_SECTOR] = "bootsector",
};

bool os_is_there(const struct info *info)
{
	unsigned int i;

	for (i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (info_module(info, roles[i]))
			return true;
	return false;
}

static bool find(struct os *os, const struct info *info, enum os_kind kind)
{
	const struct info_module *module = info_module(info, roles[kind]);

	if (!module)
		return false;
	if (os->module)
		fail("Palisade: more than one module is the OS");
	os->module = module;
	os->kind = kind;
	return true;
}

static bool read_multiboot(const struct os *os, uint32_t version)
{
	return multiboot_read(&multiboot, (const void *)os->module->base,
			      os->module->size, version);
}

/* Linux is asked first: its other headers are for loaders that lack it. */
static void judge(struct os *os)
{
	if (linux_is_one(os->module) || !read_multiboot(os, 0))
		return;
	os->kind = multiboot.version == 1 ? OS_MULTIBOOT : OS_MULTIBOOT2;
}

void os_find(struct os *os, const struct info *info)
{
	os->module = NULL;
	if (find(os, info, OS_LINUX))
		judge(os);
	find(os, info, OS_LINUX32);
	if (find(os, info, OS_MULTIBOOT) &&
	    !read_multiboot(os, 1))
		fail("Palisade: the module 'os-multiboot' is no Multiboot "
		     "kernel");
	if (find(os, info, OS_MULTIBOOT2) &&
	    !read_multiboot(os, 2))
		fail("Palisade: the module 'os-multiboot2' is no Multiboot2 "
		     "kernel");
	find(os, info, OS_SECTOR);
	if (!os->module)
		fail("Palisade: no module 'os' (module2 /vmlinuz os root=...), "
		     "no 'bootsector' (module2 (hd0)+1 bootsector) and no "
		     "os-efi=/EFI/...");
}

void os_prepare(struct os *os, struct memory *memory, struct info *info)
{
	const struct info_module *initrd = info_module(info, "initrd");

	switch (os->kind) {
	case OS_LINUX:
		if (linux_prepare(&os->boot, memory, info, os->module, initrd))
			return;
		os->kind = OS_LINUX32;
		/* fall through */
	case OS_LINUX32:
		linux_prepare32(&os->handoff, memory, info, os->module, initrd);
		return;
	case OS_MULTIBOOT:
	case OS_MULTIBOOT2:
		multiboot_prepare(&os->handoff, memory, info, os->module,
				  &multiboot);
		return;
	case OS_SECTOR:
		chain_prepare(memory, info, os->module);
	}
}

const char *os_name(const struct os *os)
{
	switch (os->kind) {
	case OS_LINUX:
		return "Linux";
	case OS_LINUX32:
		return "Linux (32-bit entry)";
	case OS_MULTIBOOT:
		return "a Multiboot kernel";
	case OS_MULTIBOOT2:
		return "a Multiboot2 kernel";
	case OS_SECTOR:
		return "the boot sector";
	}
	return "";
}

void os_start(const struct os *os, const struct memory *memory)
{
	switch (os->kind) {
	case OS_LINUX:
		linux_start(&os->boot);
	case OS_LINUX32:
		handoff_start(&os->handoff);
	case OS_MULTIBOOT:
	case OS_MULTIBOOT2:
		multiboot_start(&os->handoff, memory);
	case OS_SECTOR:
		chain_start(memory);
	}
	__builtin_unreachable();
}
