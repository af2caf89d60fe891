/* SPDX-License-Identifier: BSD-2-Clause */
/* PALISADE_CREATE and the other requests with arguments that make no sense. */
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "abi/pal_image.h"
#include "pals/worker.h"

#define PAGE ((size_t)PAL_PAGE_SIZE)
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)

static int device;
static struct palisade_create args;
static unsigned char *image;
static size_t needed;

/* Arguments that are good, for spoiling. */
static void prepare(void)
{
	const struct pal_image_header *header;
	size_t size;

	image = case_image("good", &size);
	header = (void *)image;
	device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	needed = header->thread_count * header->arg_size;
	args = (struct palisade_create){
		.size = sizeof(args),
		.image = (uintptr_t)image,
		.image_size = size,
		.window_size = needed,
	};
	args.window = (uintptr_t)mmap(NULL, needed, PROT_READ | PROT_WRITE,
				      ANONYMOUS, -1, 0);
	if (device < 0 || args.window == (uintptr_t)MAP_FAILED)
		case_fail("no device or no memory");
}

/* 0 if a PAL was made (and closed again), or errno. */
static int try_create(void)
{
	int made = ioctl(device, PALISADE_CREATE, &args);

	if (made < 0)
		return errno;
	close(made);
	return 0;
}

static void good_arguments_are_accepted(void)
{
	prepare();
	CHECK_EQ(try_create(), 0);
	args.size = sizeof(args);
	args.window_size += 0;
	CHECK_EQ(try_create(), 0);
}

/* With one field as given; all others are good. */
#define WITH(field, value, wanted)                                             \
	do {                                                                   \
		struct palisade_create before_ = args;                         \
                                                                               \
		args.field = (value);                                          \
		CHECK_EQ(try_create(), wanted);                                \
		args = before_;                                                \
	} while (0)

static void structure_sizes_and_flags_are_checked(void)
{
	prepare();
	WITH(size, 0, EINVAL);
	WITH(size, sizeof(args) - 1, EINVAL);
	WITH(size, sizeof(args) + 1, E2BIG);
	WITH(size, UINT32_MAX, E2BIG);
	WITH(flags, 1, EINVAL);
	WITH(flags, 0x80000000, EINVAL);
	WITH(reserved, 1, EINVAL);
	CHECK_EQ(try_create(), 0);
}

static void image_addresses_and_sizes_are_checked(void)
{
	prepare();
	WITH(image, 0, EFAULT);
	WITH(image, 0x1000, EFAULT);
	WITH(image, 0xffff888000000000, EFAULT);
	WITH(image, UINT64_MAX, EFAULT);
	WITH(image, UINT64_MAX - 4096, EFAULT);
	WITH(image, 0x800000000000, EFAULT);
	WITH(image_size, 0, EINVAL);
	WITH(image_size, 4095, EINVAL);
	WITH(image_size, 4096, EINVAL);
	WITH(image_size, UINT64_MAX, EINVAL);
	WITH(window, 0, EFAULT);
}

static void bad_pointers_to_the_arguments_are_refused(void)
{
	static const uint64_t bad[] = {
		0, 1, 0x1000, 0x7ffffffff000, 0x800000000000,
		0xffff888000000000, 0xfffffffffffff000, UINT64_MAX,
	};
	static const unsigned long requests[] = {
		PALISADE_INFO, PALISADE_LAUNCH, PALISADE_UNLOAD,
		PALISADE_CREATE, PALISADE_PAL_INFO, PALISADE_SLOT_INFO,
		PALISADE_CPU_STATS, PALISADE_LOG,
	};

	prepare();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (size_t j = 0; j < sizeof(requests) / sizeof(requests[0]);
		     j++) {
			CHECK_EQ(ioctl(device, requests[j], bad[i]), -1);
			CHECK_EQ(errno, requests[j] == PALISADE_PAL_INFO
						? ENOTTY
						: EFAULT);
		}
}

static void windows_must_be_pages_of_the_caller(void)
{
	prepare();
	WITH(window, args.window + 1, EINVAL);
	WITH(window, args.window + 2048, EINVAL);
	WITH(window, 0x1000, EFAULT);
	WITH(window, args.window + needed / 2 / PAGE * PAGE + 0x100000000,
	     EFAULT);
	WITH(window, 0x800000000000, EINVAL);
	WITH(window, 0xffff888000000000, EINVAL);
	WITH(window, 0xfffffffffffff000, EINVAL);
	WITH(window_size, 0, EINVAL);
	WITH(window_size, needed - PAGE, EINVAL);
	WITH(window_size, needed + 1, EINVAL);
	WITH(window_size, 0x40001000, EINVAL);
	WITH(window_size, UINT64_MAX, EINVAL);
	WITH(window_size, UINT64_MAX << 12, EINVAL);
	CHECK_EQ(try_create(), 0);
}

static void a_window_with_a_hole_is_refused(void)
{
	prepare();
	munmap((unsigned char *)(uintptr_t)args.window + needed - PAGE, PAGE);
	CHECK_EQ(try_create(), EFAULT);
	CHECK_EQ(case_pal_count(), 0);
}

static void *map_file(int protection, int flags)
{
	static const char path[] = "/dev/shm/window";
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *memory;

	if (file < 0 || ftruncate(file, (off_t)needed))
		case_fail("no file");
	memory = mmap(NULL, needed, protection, flags, file, 0);
	close(file);
	unlink(path);
	return memory;
}

/* Whether it is taken is Linux's decision; no harm comes of it. */
static void a_shared_file_may_be_a_window(void)
{
	prepare();
	args.window =
		(uintptr_t)map_file(PROT_READ | PROT_WRITE, MAP_SHARED);
	CHECK_EQ(try_create(), 0);
	args.window =
		(uintptr_t)map_file(PROT_READ | PROT_WRITE, MAP_PRIVATE);
	CHECK_EQ(try_create(), 0);
}

static void memory_without_rights_is_no_window(void)
{
	prepare();
	args.window = (uintptr_t)mmap(NULL, needed, PROT_READ, ANONYMOUS, -1,
				      0);
	CHECK_EQ(try_create(), EFAULT);
	args.window = (uintptr_t)mmap(NULL, needed, PROT_NONE, ANONYMOUS, -1,
				      0);
	CHECK_EQ(try_create(), EFAULT);
	args.window = (uintptr_t)map_file(PROT_READ, MAP_SHARED);
	CHECK_EQ(try_create(), EFAULT);
}

static void device_memory_is_no_window(void)
{
	static const off_t places[] = {0xfee00000, 0xfec00000, 0xb0000000, 0};
	int memory = open("/dev/mem", O_RDWR | O_CLOEXEC);
	unsigned int tried = 0;

	if (memory < 0)
		case_skip("no /dev/mem");
	prepare();
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		void *at = mmap(NULL, needed, PROT_READ | PROT_WRITE,
				MAP_SHARED, memory, places[i]);

		if (at == MAP_FAILED)
			continue;
		tried++;
		args.window = (uintptr_t)at;
		CHECK_EQ(try_create(), EFAULT);
	}
	if (!tried)
		case_skip("Linux maps no device memory");
}

static void the_vdso_and_the_stack_are_judged_like_all_memory(void)
{
	unsigned char *stack = (void *)((uintptr_t)&stack & ~(PAGE - 1));

	prepare();
	for (size_t i = 0; i < needed; i += PAGE)
		*(volatile unsigned char *)(stack - i) = 0;
	args.window = (uintptr_t)stack - needed + PAGE;
	CHECK_EQ(try_create(), 0);
	/* [vvar], [vdso]: from the auxiliary vector would be longer */
	args.window = 0xffffffffff600000; /* [vsyscall] */
	CHECK_EQ(try_create(), EINVAL);
}

/* Two PALs of one process may share their window: it is the process' own. */
static void two_pals_may_share_a_window(void)
{
	int first, second;

	prepare();
	first = ioctl(device, PALISADE_CREATE, &args);
	second = ioctl(device, PALISADE_CREATE, &args);
	CHECK(first >= 0);
	CHECK(second >= 0);
	CHECK_EQ(case_pal_count(), 2);
	close(first);
	CHECK_EQ(case_pal_count(), 1);
	close(second);
	CHECK_EQ(case_pal_count(), 0);
}

static void a_pal_lives_on_when_its_window_is_unmapped(void)
{
	struct pal *pal = case_open("worker");
	void *other;
	uint64_t answer;

	REQUIRE(pal);
	CHECK_EQ(munmap(pal_window(pal),
			pal_thread_count(pal) * pal_arg_size(pal)),
		 0);
	/* Other memory there: libpal talks to it, the PAL to the old one. */
	other = mmap(pal_window(pal),
		     pal_thread_count(pal) * pal_arg_size(pal),
		     PROT_READ | PROT_WRITE, ANONYMOUS | MAP_FIXED, -1, 0);
	REQUIRE(other == pal_window(pal));
	CHECK_EQ(case_call(pal, WORKER_ADD_ONE, 5, &answer), 0);
}

static void the_windows_pages_are_given_back(void)
{
	struct rlimit limit = {1 << 20, 1 << 20};

	prepare();
	/* Each would need 64 KiB of 1 MiB: none may stay accounted. */
	REQUIRE(setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
	REQUIRE(setuid(1000) == 0);
	for (int i = 0; i < 100; i++)
		CHECK_EQ(try_create(), 0);
}

static void locked_memory_is_limited(void)
{
	struct rlimit limit = {needed - 1, needed - 1};

	prepare();
	limit.rlim_cur = limit.rlim_max = needed - 1;
	REQUIRE(setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
	REQUIRE(setuid(1000) == 0);
	CHECK_EQ(try_create(), ENOMEM);
}

static void unknown_requests_are_refused(void)
{
	struct pal *pal = case_open("good");
	uint64_t buffer[512] = {0};
	uint64_t random = 6;

	prepare();
	REQUIRE(pal);
	CHECK_EQ(ioctl(device, _IO(0xB9, 8), buffer), -1);
	CHECK_EQ(errno, ENOTTY);
	CHECK_EQ(ioctl(device, PALISADE_PAL_INFO, buffer), -1);
	CHECK_EQ(errno, ENOTTY);
	CHECK_EQ(ioctl(pal_descriptor(pal), PALISADE_UNLOAD, buffer), -1);
	CHECK_EQ(errno, ENOTTY);
	for (int i = 0; i < 2000; i++) {
		unsigned long request = (uint32_t)case_random(&random);

		if (i % 2) /* near the real ones */
			request = (request & ~0xff00ul) | 0xb900;
		for (size_t j = 0; j < 16; j++)
			buffer[j] = case_random(&random);
		if ((request & 0xff) == 1 && (request & 0xff00) == 0xb900)
			continue; /* a launch: elsewhere */
		if (ioctl(device, request, buffer) >= 0)
			case_fail("request 0x%lx worked", request);
		if (ioctl(pal_descriptor(pal), request, buffer) >= 0)
			case_fail("request 0x%lx worked", request);
	}
}

static void other_file_operations_do_nothing(void)
{
	struct pal *pal = case_open("good");
	char byte = 0;

	REQUIRE(pal);
	CHECK_EQ(read(pal_descriptor(pal), &byte, 1), -1);
	CHECK_EQ(write(pal_descriptor(pal), &byte, 1), -1);
	CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, pal_descriptor(pal), 0) ==
	      MAP_FAILED);
	CHECK(fcntl(pal_descriptor(pal), F_GETFD) & FD_CLOEXEC);
	prepare();
	CHECK_EQ(read(device, &byte, 1), -1);
	CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, device, 0) ==
	      MAP_FAILED);
}

static void info_tells_of_slots_and_cpus_that_there_are(void)
{
	struct palisade_slot_info slot = {.size = sizeof(slot)};
	struct palisade_cpu_stats stats = {.size = sizeof(stats)};
	struct pal *pal = case_open("good");

	prepare();
	REQUIRE(pal);
	/* The notary has a slot too, which nobody gets to see. */
	for (slot.slot = 0; slot.slot < HV_MAX_PALS; slot.slot++)
		if (!ioctl(device, PALISADE_SLOT_INFO, &slot))
			break;
	REQUIRE(slot.slot < HV_MAX_PALS);
	CHECK_EQ(slot.pid, getpid());
	CHECK(!strcmp(slot.pal.name, "good"));
	CHECK_EQ(slot.pal.state, PAL_READY);
	slot.slot++;
	CHECK_EQ(ioctl(device, PALISADE_SLOT_INFO, &slot), -1);
	CHECK_EQ(errno, ENOENT);
	slot.slot = HV_MAX_PALS;
	CHECK_EQ(ioctl(device, PALISADE_SLOT_INFO, &slot), -1);
	CHECK_EQ(errno, EINVAL);
	slot.slot = UINT32_MAX;
	CHECK_EQ(ioctl(device, PALISADE_SLOT_INFO, &slot), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(ioctl(device, PALISADE_CPU_STATS, &stats), 0);
	stats.cpu = 1000;
	CHECK_EQ(ioctl(device, PALISADE_CPU_STATS, &stats), -1);
	CHECK_EQ(errno, EINVAL);
}

/* What only root may, and what nobody outside the group may. */
static void rights_are_checked(void)
{
	struct palisade_unload unload = {.size = sizeof(unload)};
	struct palisade_launch launch = {.size = sizeof(launch)};
	struct palisade_log log = {.size = sizeof(log)};

	prepare();
	REQUIRE(setgid(65534) == 0 && setuid(65534) == 0);
	CHECK_EQ(open(PALISADE_DEVICE, O_RDWR), -1);
	CHECK_EQ(errno, EACCES);
	CHECK_EQ(ioctl(device, PALISADE_UNLOAD, &unload), -1);
	CHECK_EQ(errno, EPERM);
	CHECK_EQ(ioctl(device, PALISADE_LAUNCH, &launch), -1);
	CHECK_EQ(errno, EPERM);
	CHECK_EQ(ioctl(device, PALISADE_LOG, &log), -1);
	CHECK_EQ(errno, EPERM);
	CHECK_EQ(try_create(), 0); /* the descriptor is root's gift */
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(good_arguments_are_accepted);
	RUN(structure_sizes_and_flags_are_checked);
	RUN(image_addresses_and_sizes_are_checked);
	RUN(bad_pointers_to_the_arguments_are_refused);
	RUN(windows_must_be_pages_of_the_caller);
	RUN(a_window_with_a_hole_is_refused);
	RUN(a_shared_file_may_be_a_window);
	RUN(memory_without_rights_is_no_window);
	RUN(device_memory_is_no_window);
	RUN(the_vdso_and_the_stack_are_judged_like_all_memory);
	RUN(two_pals_may_share_a_window);
	RUN(a_pal_lives_on_when_its_window_is_unmapped);
	RUN(the_windows_pages_are_given_back);
	RUN(locked_memory_is_limited);
	RUN(unknown_requests_are_refused);
	RUN(other_file_operations_do_nothing);
	RUN(info_tells_of_slots_and_cpus_that_there_are);
	RUN(rights_are_checked);
	return case_end();
}
