/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a root program can do by itself.  Each access through a mapping is made
 * by a child, as it may be its last.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common_hostile.h"

/* What the child says before it ends. */
struct said {
	bool is_mapped, is_done;
	uint64_t value;
};

enum how { HOW_READ, HOW_WRITE, HOW_EXECUTE };

static void access_word(unsigned char *at, enum how how,
			volatile struct said *said)
{
	volatile uint64_t *word = (volatile uint64_t *)(void *)at;

	switch (how) {
	case HOW_READ:
		said->value = *word;
		break;
	case HOW_WRITE:
		*word = said->value;
		break;
	case HOW_EXECUTE:
		((void (*)(void))(uintptr_t)at)();
		break;
	}
	said->is_done = true;
}

static void access_mapping(const char *device, uint64_t address, enum how how,
			   volatile struct said *said)
{
	int access = PROT_READ | PROT_WRITE;
	uint64_t offset = address % HOSTILE_PAGE;
	int file = open(device, O_RDWR | O_SYNC | O_CLOEXEC);
	unsigned char *at;

	if (how == HOW_EXECUTE)
		access |= PROT_EXEC;
	at = mmap(NULL, HOSTILE_PAGE, access, MAP_SHARED, file,
		  (off_t)(address - offset));
	if (file < 0 || at == MAP_FAILED)
		return;
	said->is_mapped = true;
	access_word(at + offset, how, said);
}

static enum hostile_end judge(const struct said *said, int status)
{
	if (said->is_done)
		return HOSTILE_WORKED;
	if (!said->is_mapped)
		return HOSTILE_REFUSED;
	return WIFSIGNALED(status) ? HOSTILE_KILLED : HOSTILE_NOTHING;
}

static enum hostile_end map_access(const char *device, uint64_t address,
				   enum how how, uint64_t *value)
{
	struct said *said = mmap(NULL, HOSTILE_PAGE, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	enum hostile_end end;
	int status = 0;
	pid_t child;

	if (said == MAP_FAILED)
		return HOSTILE_REFUSED;
	said->value = *value;
	child = fork();
	if (!child) {
		access_mapping(device, address, how, said);
		_exit(0);
	}
	if (child > 0)
		waitpid(child, &status, 0);
	*value = said->value;
	end = judge(said, status);
	munmap(said, HOSTILE_PAGE);
	return end;
}

enum hostile_end hostile_map_read(const char *device, uint64_t address,
				  uint64_t *value)
{
	return map_access(device, address, HOW_READ, value);
}

enum hostile_end hostile_map_write(const char *device, uint64_t address,
				   uint64_t value)
{
	return map_access(device, address, HOW_WRITE, &value);
}

enum hostile_end hostile_map_execute(const char *device, uint64_t address)
{
	uint64_t value = 0;

	return map_access(device, address, HOW_EXECUTE, &value);
}

static enum hostile_end read_at(int file, uint64_t offset, uint64_t *value)
{
	ssize_t got;

	*value = 0;
	got = pread(file, value, sizeof(*value), (off_t)offset);
	if (got == -1 && errno == EPERM)
		return HOSTILE_REFUSED;
	return got == sizeof(*value) && *value ? HOSTILE_WORKED
					       : HOSTILE_NOTHING;
}

enum hostile_end hostile_dev_mem_read(uint64_t address, uint64_t *value)
{
	int file = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	enum hostile_end end;

	if (file < 0)
		return HOSTILE_REFUSED;
	end = read_at(file, address, value);
	close(file);
	return end;
}

/* Where the kernel's core image has a physical address; 0 if it has not. */
static uint64_t kcore_offset(int file, uint64_t address)
{
	Elf64_Ehdr header;
	Elf64_Phdr part;

	if (pread(file, &header, sizeof(header), 0) != sizeof(header))
		return 0;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		off_t at = (off_t)(header.e_phoff + i * sizeof(part));

		if (pread(file, &part, sizeof(part), at) != sizeof(part))
			return 0;
		if (part.p_type == PT_LOAD && part.p_paddr != UINT64_MAX &&
		    address >= part.p_paddr &&
		    address - part.p_paddr < part.p_memsz)
			return part.p_offset + (address - part.p_paddr);
	}
	return 0;
}

enum hostile_end hostile_kcore_read(uint64_t address, uint64_t *value)
{
	int file = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	enum hostile_end end = HOSTILE_REFUSED;
	uint64_t offset;

	if (file < 0)
		return end;
	offset = kcore_offset(file, address);
	if (offset)
		end = read_at(file, offset, value);
	close(file);
	return end;
}
