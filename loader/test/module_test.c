/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What /dev/palisade promises, asked by a friend and by an enemy.  Runs as root
 * in the guest, with the hypervisor launched; needs no library of ours.
 *
 * The PAL is made here, by hand: entry 0 returns at once, any other loops.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/ioctl.h"
#include "abi/pal_image.h"

#define PAGE		4096u
#define WINDOW_PAGES	1024u
#define ENTRY_RETURN	0
#define ENTRY_LOOP	1

struct image {
	struct pal_image_header header;
	unsigned char code[PAGE];
};

static const unsigned char program[] = {
	0x85, 0xff,				/* test edi, edi */
	0x75, 0xfe,				/* jnz itself */
	0xb8, 0x80, 0x4c, 0x41, 0x50,		/* mov eax, HC_PAL_RETURN */
	0xbf, 0x2a, 0x00, 0x00, 0x00,		/* mov edi, 42 */
	0x0f, 0x01, 0xd9,			/* vmmcall */
};

static int device;
static struct image image;

static long call(uint64_t handle, uint64_t entry)
{
	long status = HC_PAL_CALL;
	uint64_t rdx = 0, rcx = 0;

	__asm__ volatile("vmmcall"
			 : "+a"(status), "+d"(rdx), "+c"(rcx)
			 : "D"(handle), "S"(entry) : "r8", "memory");
	return status ? status : (long)rdx;
}

static void make_image(uint64_t zero_pages)
{
	image = (struct image){ .header = {
		.magic = PAL_IMAGE_MAGIC,
		.version = PAL_IMAGE_VERSION,
		.image_size = sizeof(image),
		.entry = PAL_IMAGE_BASE,
		.thread_count = 2,
		.segment_count = 2,
		.stack_size = PAGE,
		.arg_size = PAGE,
		.name = "module-test",
		.segments = {
			{ PAL_IMAGE_BASE, PAGE, PAGE,
			  PAL_ACCESS_R | PAL_ACCESS_X, 0 },
			{ PAL_IMAGE_BASE + PAGE, zero_pages * PAGE, 0,
			  PAL_ACCESS_R | PAL_ACCESS_W, 0 },
		},
	} };
	memcpy(image.code, program, sizeof(program));
}

static void *map_window(size_t pages)
{
	void *window = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return window == MAP_FAILED ? NULL : window;
}

static struct palisade_create good_create(void)
{
	return (struct palisade_create){
		.size = sizeof(struct palisade_create),
		.image = (uintptr_t)&image,
		.image_size = sizeof(image),
		.window = (uintptr_t)map_window(2),
		.window_size = 2 * PAGE,
	};
}

/* Returns the descriptor, or the negative errno. */
static int create(struct palisade_create *args)
{
	int fd = ioctl(device, PALISADE_CREATE, args);

	return fd < 0 ? -errno : fd;
}

static bool is_alive(void)
{
	struct palisade_create args = good_create();
	int fd = create(&args);
	bool ok = fd >= 0 && call(args.handle, ENTRY_RETURN) == 42 &&
		  call(args.handle + 1, ENTRY_RETURN) == 42 &&
		  args.thread_count == 2;

	close(fd);
	munmap((void *)(uintptr_t)args.window, args.window_size);
	return ok && call(args.handle, ENTRY_RETURN) == HV_ENOENT;
}

static struct palisade_info info(void)
{
	struct palisade_info answer = { .size = sizeof(answer) };

	ioctl(device, PALISADE_INFO, &answer);
	return answer;
}

/* The notary's block, and at most a spare one. */
static bool is_pool_small(void)
{
	return info().memory.pool_blocks <= 2;
}

static bool a_closed_pal_is_gone(void)
{
	return is_alive() && info().memory.pal_count == 0;
}

static bool the_descriptor_closes_on_exec(void)
{
	struct palisade_create args = good_create();
	int fd = create(&args);
	bool ok = fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC;

	close(fd);
	return ok;
}

static bool bad_arguments_are_refused(void)
{
	static const struct {
		size_t offset, size;
		uint64_t value;
		int error;
	} rows[] = {
#define ROW(field, value, error) \
	{ offsetof(struct palisade_create, field), \
	  sizeof(((struct palisade_create *)0)->field), value, error }
		ROW(size, 0, -EINVAL),
		ROW(size, 65, -E2BIG),
		ROW(flags, 1, -EINVAL),
		ROW(reserved, 1, -EINVAL),
		ROW(image, 0, -EFAULT),
		ROW(image, 0xffff888000000000, -EFAULT),
		ROW(image, ~UINT64_C(0) - 100, -EFAULT),
		ROW(image_size, 0, -EINVAL),
		ROW(image_size, PAGE, -EINVAL),
		ROW(image_size, ~UINT64_C(0), -EINVAL),
		ROW(image_size, 3 * PAGE + 1, -EINVAL),
		ROW(image_size, 4 * PAGE, -EINVAL),
		ROW(window, 1, -EINVAL),
		ROW(window, 0, -EFAULT),
		ROW(window, 0xffff888000000000, -EINVAL),
		ROW(window, ~UINT64_C(0) - PAGE + 1, -EINVAL),
		ROW(window_size, 0, -EINVAL),
		ROW(window_size, PAGE, -EINVAL),
		ROW(window_size, 2 * PAGE + 1, -EINVAL),
		ROW(window_size, UINT64_C(1) << 40, -EINVAL),
		ROW(window_size, ~UINT64_C(0) - PAGE + 1, -EINVAL),
#undef ROW
	};
	bool ok = true;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct palisade_create args = good_create();
		int fd;

		memcpy((char *)&args + rows[i].offset, &rows[i].value,
		       rows[i].size);
		fd = create(&args);
		if (fd >= 0)
			close(fd);
		if ((fd < 0 ? fd : 0) == rows[i].error)
			continue;
		printf("  row %zu: %d, not %d\n", i, fd, rows[i].error);
		ok = false;
	}
	return ok && info().memory.pal_count == 0;
}

static bool a_refused_image_says_why(void)
{
	struct palisade_create args = good_create();
	bool ok;

	image.header.entry += PAGE;
	ok = create(&args) == -EINVAL && args.hv_status == HV_EIMAGE &&
	     args.hv_detail == PAL_IMAGE_BAD_ENTRY;
	make_image(8);
	return ok;
}

static bool bad_window_memory_is_refused(void)
{
	struct palisade_create args = good_create();
	void *window = (void *)(uintptr_t)args.window;
	bool ok;

	mprotect(window, 2 * PAGE, PROT_READ);
	ok = create(&args) == -EFAULT;
	munmap((char *)window + PAGE, PAGE);
	mprotect(window, PAGE, PROT_READ | PROT_WRITE);
	return ok && create(&args) == -EFAULT;
}

static bool create_unprivileged(rlim_t limit)
{
	struct rlimit memlock = { limit, limit };
	struct palisade_create args = good_create();

	setrlimit(RLIMIT_MEMLOCK, &memlock);
	return setuid(1000) == 0 && create(&args) >= 0;
}

/* Run the function in a child; its result is the child's exit status. */
static bool in_child(bool (*function)(rlim_t), rlim_t argument)
{
	int status = -1;
	pid_t child = fork();

	if (!child)
		_exit(function(argument) ? 0 : 1);
	waitpid(child, &status, 0);
	return status == 0;
}

static bool windows_count_against_memlock(void)
{
	return in_child(create_unprivileged, 2 * PAGE) &&
	       !in_child(create_unprivileged, PAGE);
}

static bool unpinned_memory_is_given_back_to_the_limit(void)
{
	struct palisade_create args = good_create();
	char line[128];
	long locked = -1;
	int fd = create(&args);
	FILE *status;

	close(fd);
	status = fopen("/proc/self/status", "r");
	while (fgets(line, sizeof(line), status))
		sscanf(line, "VmLck: %ld", &locked);
	fclose(status);
	return fd >= 0 && locked == 0;
}

static int inherited;
static uint64_t inherited_handle;

static bool use_inherited(rlim_t unused)
{
	struct palisade_pal_info answer = { .size = sizeof(answer) };

	(void)unused;
	return ioctl(inherited, PALISADE_PAL_INFO, &answer) == -1 &&
	       errno == EPERM &&
	       call(inherited_handle, ENTRY_RETURN) == HV_ENOENT;
}

static bool a_child_can_neither_use_nor_end_it(void)
{
	struct palisade_pal_info answer = { .size = sizeof(answer) };
	struct palisade_create args = good_create();
	bool ok;

	inherited = create(&args);
	inherited_handle = args.handle;
	ok = in_child(use_inherited, 0) &&
	     call(args.handle, ENTRY_RETURN) == 42 &&
	     !ioctl(inherited, PALISADE_PAL_INFO, &answer) &&
	     answer.pal.handle == args.handle &&
	     answer.pal.state == PAL_READY;
	close(inherited);
	return ok;
}

static bool a_slot_names_its_opener(void)
{
	struct palisade_slot_info answer = { .size = sizeof(answer) };
	struct palisade_create args = good_create();
	int fd = create(&args);
	bool found = false;

	for (answer.slot = 0; answer.slot < HV_MAX_PALS; answer.slot++)
		if (!ioctl(device, PALISADE_SLOT_INFO, &answer) &&
		    answer.pal.handle == args.handle)
			found = answer.pid == (uint32_t)getpid();
	close(fd);
	return found && ioctl(device, PALISADE_SLOT_INFO, &answer) == -1 &&
	       errno == EINVAL;
}

static void *loop(void *handle)
{
	call(*(uint64_t *)handle, ENTRY_LOOP);
	return NULL;
}

static void *loop_second(void *handle)
{
	call(*(uint64_t *)handle + 1, ENTRY_LOOP);
	return NULL;
}

static bool closing_ends_a_call_on_another_cpu(void)
{
	struct palisade_create args = good_create();
	int fd = create(&args);
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, loop, &args.handle);
	pthread_create(&threads[1], NULL, loop_second, &args.handle);
	usleep(20000);
	close(fd);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	return info().memory.pal_count == 0;
}

static bool kill_9_ends_looping_calls(void)
{
	int status, i;

	for (i = 0; i < 30; i++) {
		pid_t child = fork();

		if (!child) {
			struct palisade_create args = good_create();
			pthread_t other;

			create(&args);
			pthread_create(&other, NULL, loop, &args.handle);
			loop_second(&args.handle);
			_exit(0);
		}
		usleep(1000 * (i % 10));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	return info().memory.pal_count == 0 && is_alive();
}

static bool a_large_pal_grows_and_shrinks_the_pool(void)
{
	struct palisade_create args = good_create();
	uint64_t grown;
	int fd;

	make_image(5000);
	args.window = (uintptr_t)map_window(WINDOW_PAGES);
	args.window_size = WINDOW_PAGES * PAGE;
	fd = create(&args);
	grown = info().memory.pool_blocks;
	close(fd);
	munmap((void *)(uintptr_t)args.window, args.window_size);
	make_image(8);
	return fd >= 0 && grown >= 10 && is_pool_small();
}

static bool killing_while_loading_leaves_nothing(void)
{
	int status, i;

	make_image(5000);
	for (i = 0; i < 20; i++) {
		pid_t child = fork();

		if (!child) {
			struct palisade_create args = good_create();

			create(&args);
			_exit(0);
		}
		usleep(500 * i);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	make_image(8);
	return info().memory.pal_count == 0 &&
	       is_pool_small();
}

static bool too_large_a_pal_is_refused_and_undone(void)
{
	struct palisade_create args = good_create();
	bool ok;

	make_image(180000);
	ok = create(&args) == -ENOMEM && args.hv_status == HV_ENOMEM;
	make_image(8);
	return ok && is_pool_small();
}

static bool all_slots_taken_is_an_error(void)
{
	struct palisade_create args = good_create();
	const int most = HV_MAX_PALS - 1;	/* one is the notary's */
	int fds[HV_MAX_PALS], count = 0;
	bool ok;

	while (count <= most && (fds[count] = create(&args)) >= 0)
		count++;
	ok = count == most && fds[count] == -ENOMEM;
	while (count--)
		close(fds[count]);
	return ok && is_pool_small() && is_alive();
}

static bool random_commands_do_no_harm(void)
{
	unsigned char junk[8192];
	int i;

	for (i = 0; i < 100000; i++) {
		unsigned long command = _IOC(_IOC_READ | _IOC_WRITE, 0xB9,
					     (unsigned)rand() % 10, 0);
		struct palisade_create *args = (void *)junk;
		size_t size = 0;

		for (size_t k = 0; k < sizeof(junk) / 16; k += sizeof(int))
			*(int *)(junk + k) = rand() % 5 ? rand() : 0;
		switch (_IOC_NR(command)) {
		case 0: size = sizeof(struct palisade_info); break;
		case 3: size = sizeof(struct palisade_create); break;
		case 5: size = sizeof(struct palisade_slot_info); break;
		case 6: size = sizeof(struct palisade_cpu_stats); break;
		case 7: size = sizeof(struct palisade_log); break;
		}
		if (rand() % 4) {
			args->size = size;
			args->flags = 0;
		}
		if (_IOC_NR(command) == 2)
			continue;	/* never unload by chance */
		ioctl(device, command | size << _IOC_SIZESHIFT, junk);
	}
	return info().memory.pal_count == 0 && is_alive();
}

static bool all_memory_can_be_scanned_while_a_pal_lives(void)
{
	struct palisade_create args = good_create();
	int fd = create(&args);
	bool ok = fd >= 0 && system("/in/kcore_test") == 0 &&
		  call(args.handle, ENTRY_RETURN) == 42;

	close(fd);
	return ok;
}

static bool unloading_is_refused_while_pals_live(void)
{
	struct palisade_unload unload = { .size = sizeof(unload) };
	struct palisade_create args = good_create();
	int fd = create(&args);
	bool ok = ioctl(device, PALISADE_UNLOAD, &unload) == -1 &&
		  errno == EBUSY && call(args.handle, ENTRY_RETURN) == 42;

	close(fd);
	return ok;
}

static bool unloading_by_force_ends_running_pals(void)
{
	struct palisade_unload unload = {
		.size = sizeof(unload),
		.flags = PALISADE_UNLOAD_FORCE,
	};
	struct palisade_create args;
	int status;
	bool ok;
	pid_t child = fork();

	if (!child) {
		args = good_create();
		create(&args);
		for (;;)
			loop(&args.handle);
	}
	usleep(50000);
	args = good_create();
	ok = create(&args) >= 0;
	ok = ok && ioctl(device, PALISADE_UNLOAD, &unload) == 0;
	waitpid(child, &status, 0);	/* there is no VMMCALL any more */
	return ok && WIFSIGNALED(status) && WTERMSIG(status) == SIGILL &&
	       info().cpu_count == 0;
}

#define TEST(name) { #name, name }

static const struct {
	const char *name;
	bool (*run)(void);
} tests[] = {
	TEST(a_closed_pal_is_gone),
	TEST(the_descriptor_closes_on_exec),
	TEST(bad_arguments_are_refused),
	TEST(a_refused_image_says_why),
	TEST(bad_window_memory_is_refused),
	TEST(windows_count_against_memlock),
	TEST(unpinned_memory_is_given_back_to_the_limit),
	TEST(a_child_can_neither_use_nor_end_it),
	TEST(a_slot_names_its_opener),
	TEST(closing_ends_a_call_on_another_cpu),
	TEST(kill_9_ends_looping_calls),
	TEST(a_large_pal_grows_and_shrinks_the_pool),
	TEST(killing_while_loading_leaves_nothing),
	TEST(too_large_a_pal_is_refused_and_undone),
	TEST(all_slots_taken_is_an_error),
	TEST(random_commands_do_no_harm),
	TEST(all_memory_can_be_scanned_while_a_pal_lives),
	TEST(unloading_is_refused_while_pals_live),
	TEST(unloading_by_force_ends_running_pals),	/* the last */
};

int main(void)
{
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	device = open(PALISADE_DEVICE, O_RDWR);
	if (device < 0) {
		perror(PALISADE_DEVICE);
		return 1;
	}
	make_image(8);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		bool ok = tests[i].run();

		printf("%s %s\n", ok ? "ok  " : "FAIL", tests[i].name);
		failed += !ok;
	}
	return failed != 0;
}
