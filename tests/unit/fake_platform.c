/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_platform.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/assert.h"
#include "test.h"

#define VIEW_STRIDE	(3 * PAGE_SIZE)		/* guards around each */

int test_count, test_failed_count;
bool test_is_good;

struct hv *fake_hv;
_Thread_local uint8_t fake_fpu[FPU_STATE_SIZE];
struct cpuid_regs fake_cpuid;
uint32_t fake_cpuid_leaf, fake_cpuid_subleaf;
struct fake_leaf fake_leaves[FAKE_LEAVES];
unsigned int fake_leaf_count;
struct fake_msr fake_msrs[FAKE_MSRS];
bool (*fake_on_msr_write)(uint64_t old, uint64_t value);
uint32_t fake_apic_offset, fake_apic_value;
unsigned int fake_apic_writes;
uint64_t fake_console_bytes;
uint16_t fake_port;
unsigned int fake_port_size, fake_port_writes;
uint32_t fake_port_value;
uint32_t (*fake_on_port_read)(uint16_t port);
void (*fake_on_port_write)(uint16_t port, uint32_t value);
uint32_t (*fake_on_register_read)(uint64_t at);
uint64_t fake_register;
unsigned int fake_register_size, fake_register_writes;
uint32_t fake_register_value;
uint32_t fake_nmi_to;
unsigned int fake_nmis;
void (*fake_on_pause)(void);
uint64_t fake_bytes_written_back;
uint32_t fake_flushed, fake_cannot_flush;
unsigned int fake_flushes;

static _Thread_local jmp_buf *catcher;
static int memory_file = -1;
static char *low, *views;
static uint64_t viewed[HV_MAX_CPUS];

static void make_memory(void)
{
	memory_file = memfd_create("fake", 0);
	ASSERT(memory_file >= 0);
	ASSERT(!ftruncate(memory_file, FAKE_LOW_SIZE + FAKE_HIGH_SIZE));
	low = mmap(NULL, FAKE_LOW_SIZE + FAKE_HIGH_SIZE, PROT_READ | PROT_WRITE,
		   MAP_SHARED, memory_file, 0);
	ASSERT(low != MAP_FAILED);
	views = mmap(NULL, HV_MAX_CPUS * VIEW_STRIDE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(views != MAP_FAILED);
}

static void describe(struct hv_launch *launch)
{
	*launch = (struct hv_launch){
		.size = sizeof(*launch),
		.version = HV_LAUNCH_VERSION,
		.memory_pa = FAKE_HV_BASE,
		.memory_size = FAKE_HV_SIZE,
		.cpu_count = 1,
		.ram_count = 3,
		.ram = {
			{ 0, FAKE_LOW_HOLE },
			{ MIB, FAKE_LOW_END - MIB },
			{ FAKE_HIGH_BASE, FAKE_HIGH_END - FAKE_HIGH_BASE },
		},
	};
}

void fake_memory_reset(struct hv_launch *launch)
{
	if (!low)
		make_memory();
	ASSERT(!ftruncate(memory_file, 0));
	ASSERT(!ftruncate(memory_file, FAKE_LOW_SIZE + FAKE_HIGH_SIZE));
	fake_hv = NULL;
	if (launch)
		describe(launch);
}

/* Where a physical address lies in the file; UINT64_MAX if nowhere. */
static uint64_t file_offset(uint64_t at)
{
	if (at < FAKE_LOW_SIZE)
		return at;
	if (at >= FAKE_HIGH_BASE && at - FAKE_HIGH_BASE < FAKE_HIGH_SIZE)
		return FAKE_LOW_SIZE + (at - FAKE_HIGH_BASE);
	return UINT64_MAX;
}

void *fake_ram(uint64_t at)
{
	uint64_t offset = file_offset(at);

	return offset == UINT64_MAX ? NULL : low + offset;
}

uint64_t fake_written(uint64_t at)
{
	off_t found = lseek(memory_file, (off_t)at, SEEK_DATA);

	return found < 0 ? FAKE_LOW_SIZE : (uint64_t)found;
}

bool fake_is_zero(uint64_t page)
{
	const char *bytes = fake_ram(page);

	return !bytes[0] && !memcmp(bytes, bytes + 1, PAGE_SIZE - 1);
}

void *hpa_to_ptr(hpa_t pa)
{
	unsigned int access;
	hpa_t to;

	ASSERT(fake_ram(pa.v));
	if (fake_hv && (pa.v < FAKE_HV_BASE ||
			pa.v >= FAKE_HV_BASE + FAKE_HV_SIZE)) {
		ASSERT(npt_translate(&fake_hv->own,
				     gpa(PLATFORM_POOL_BASE + pa.v), &to,
				     &access));
		ASSERT(to.v == pa.v && access == (NPT_R | NPT_W));
	}
	return fake_ram(pa.v);
}

hpa_t ptr_to_hpa(const void *p)
{
	uint64_t offset = (uint64_t)((const char *)p - low);

	ASSERT(offset < FAKE_LOW_SIZE + FAKE_HIGH_SIZE);
	return hpa(offset < FAKE_LOW_SIZE ?
		   offset : FAKE_HIGH_BASE + (offset - FAKE_LOW_SIZE));
}

void *platform_view_page(unsigned int cpu_id, hpa_t page)
{
	char *view = views + cpu_id * VIEW_STRIDE + PAGE_SIZE;

	ASSERT(cpu_id < HV_MAX_CPUS);
	ASSERT(is_page_aligned(page.v) && fake_ram(page.v));
	if (viewed[cpu_id] != page.v + 1) {
		void *at = mmap(view, PAGE_SIZE, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_FIXED, memory_file,
				(off_t)file_offset(page.v));

		ASSERT(at == view);
		viewed[cpu_id] = page.v + 1;
	}
	return view;
}

void platform_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out)
{
	unsigned int i;

	fake_cpuid_leaf = leaf;
	fake_cpuid_subleaf = subleaf;
	*out = fake_cpuid;
	for (i = 0; i < fake_leaf_count; i++)
		if (fake_leaves[i].leaf == leaf)
			*out = fake_leaves[i].out;
}

static struct fake_msr *find_msr(uint32_t msr)
{
	unsigned int i;

	for (i = 0; i < FAKE_MSRS; i++)
		if (fake_msrs[i].msr == msr)
			return &fake_msrs[i];
	return NULL;
}

/* Each look takes a tick. */
uint64_t platform_ticks(void)
{
	static _Thread_local uint64_t ticks;

	return ++ticks;
}

bool platform_read_msr(uint32_t msr, uint64_t *value)
{
	const struct fake_msr *found = find_msr(msr);

	if (found)
		*value = found->value;
	return found;
}

bool platform_write_msr(uint32_t msr, uint64_t value)
{
	struct fake_msr *found = find_msr(msr);

	if (!found || value & ~found->writable ||
	    (fake_on_msr_write && !fake_on_msr_write(found->value, value)))
		return false;
	found->value = value;
	return true;
}

void platform_fpu_save(void *area)
{
	memcpy(area, fake_fpu, sizeof(fake_fpu));
}

void platform_fpu_load(const void *area)
{
	memcpy(fake_fpu, area, sizeof(fake_fpu));
}

void platform_fpu_reset(void)
{
	memset(fake_fpu, 0, sizeof(fake_fpu));
	fake_fpu[0] = 0x7f;
	fake_fpu[1] = 0x03;
	fake_fpu[24] = 0x80;
	fake_fpu[25] = 0x1f;
}

void platform_apic_write(uint32_t offset, uint32_t value)
{
	fake_apic_offset = offset;
	fake_apic_value = value;
	fake_apic_writes++;
}

void platform_apic_send_nmi(uint32_t apic_id, uint32_t destination)
{
	(void)destination;
	fake_nmi_to = apic_id;
	fake_nmis++;
}

void platform_apic_send_nmi_to_others(void)
{
	fake_nmi_to = FAKE_OTHERS;
	fake_nmis++;
}

void platform_write_back(const void *start, uint64_t size)
{
	(void)start;
	fake_bytes_written_back += size;
}

uint32_t platform_flush(uint32_t what)
{
	fake_flushed = what;
	fake_flushes++;
	return what & ~fake_cannot_flush;
}

uint32_t platform_port_read(uint16_t port, unsigned int size)
{
	if (fake_on_port_read)
		return fake_on_port_read(port);
	fake_port = port;
	fake_port_size = size;
	return fake_port_value & (uint32_t)((UINT64_C(1) << size * 8) - 1);
}

void platform_port_write(uint16_t port, unsigned int size, uint32_t value)
{
	fake_port = port;
	fake_port_size = size;
	fake_port_value = value & (uint32_t)((UINT64_C(1) << size * 8) - 1);
	fake_port_writes++;
	if (fake_on_port_write)
		fake_on_port_write(port, value);
}

uint32_t platform_register_read(unsigned int cpu_id, hpa_t at)
{
	(void)cpu_id;
	return fake_on_register_read ? fake_on_register_read(at.v) : 0;
}

void platform_register_write(unsigned int cpu_id, hpa_t at, unsigned int size,
			     uint32_t value)
{
	(void)cpu_id;
	fake_register = at.v;
	fake_register_size = size;
	fake_register_value = value;
	fake_register_writes++;
}

void platform_pause(void)
{
	if (!fake_on_pause)
		fake_throw(FAKE_SCRIPT_END);
	fake_on_pause();
}

void platform_console(const char *text, unsigned int length)
{
	(void)text;
	fake_console_bytes += length;
}

int platform_crash(unsigned int how)
{
	(void)how;
	UNREACHABLE();
}

void platform_reset(void)
{
	fake_throw(FAKE_RESET);
}

enum fake_end fake_catch(void (*call)(void *), void *arg)
{
	jmp_buf *outer = catcher;
	jmp_buf here;
	int end;

	catcher = &here;
	end = setjmp(here);
	if (!end)
		call(arg);
	catcher = outer;
	return (enum fake_end)end;
}

void fake_throw(enum fake_end end)
{
	if (!catcher) {
		printf("# nobody expected end %d\n", (int)end);
		fflush(stdout);
		abort();
	}
	longjmp(*catcher, (int)end);
}

void assert_failed(const char *cond, const char *file, int line)
{
	if (!catcher)
		printf("# %s:%d: ASSERT(%s)\n", file, line, cond);
	fake_throw(FAKE_ASSERTED);
}

/* Knuth's MMIX generator, its better half. */
uint64_t fake_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return *seed >> 33 ^ *seed << 31;
}
