/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Launching and unloading, asked of /dev/palisade as root in the guest.
 *
 *	launch_test IMAGE		refusals, then many launches; unloaded
 *					at the end
 *	launch_test IMAGE launch	only launch, and leave it so
 *	launch_test IMAGE check ERRNO REASON
 *					would a launch be refused like this?
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/ioctl.h"
#include "abi/policy.h"

#define INIT_OFFSET	64
#define ENTER_OFFSET	128
#define FAKE_SIZE	4096
#define REASON_OFFSET	offsetof(struct hv_launch, reason)

/* Code of a made-up image. */
#define CODE_OK		0x31, 0xc0, 0xc3		/* xor eax, eax; ret */
#define CODE_REFUSE(reason) \
	0xc7, 0x47, REASON_OFFSET, reason, 0, 0, 0,	/* launch->reason */ \
	0xb8, 0xff, 0xff, 0xff, 0xff, 0xc3		/* mov eax, -1; ret */

static int device;
static unsigned char image[HV_MEMORY_SIZE];
static uint64_t image_size;

static struct palisade_launch good_launch(void)
{
	return (struct palisade_launch){
		.size = sizeof(struct palisade_launch),
		.image = (uintptr_t)image,
		.image_size = image_size,
	};
}

/* Returns 0 or the errno. */
static int launch(struct palisade_launch *args)
{
	return ioctl(device, PALISADE_LAUNCH, args) ? errno : 0;
}

static int unload(void)
{
	struct palisade_unload args = { .size = sizeof(args) };

	return ioctl(device, PALISADE_UNLOAD, &args) ? errno : 0;
}

static struct palisade_info info(void)
{
	struct palisade_info answer = { .size = sizeof(answer) };

	ioctl(device, PALISADE_INFO, &answer);
	return answer;
}

/* The address of one like this. */
static uint64_t bad_root(uint32_t kind, uint32_t size)
{
	struct hv_root *root = malloc(sizeof(*root));

	*root = (struct hv_root){ .kind = kind, .size = size };
	return (uintptr_t)root;
}

static bool bad_arguments_are_refused(void)
{
	const struct {
		size_t offset, size;
		uint64_t value;
		int error;
	} rows[] = {
#define ROW(field, value, error) \
	{ offsetof(struct palisade_launch, field), \
	  sizeof(((struct palisade_launch *)0)->field), value, error }
		ROW(size, 0, EINVAL),
		ROW(size, 40, EINVAL),
		ROW(size, sizeof(struct palisade_launch) + 1, E2BIG),
		ROW(flags, 4, EINVAL),
		ROW(serial_port, 0x3f8, EINVAL),
		ROW(image, 0, EFAULT),
		ROW(image, 0xffff888000000000, EFAULT),
		ROW(image_size, 0, ENOEXEC),
		ROW(image_size, 39, ENOEXEC),
		ROW(image_size, 4096, ENOEXEC),
		ROW(image_size, HV_MEMORY_SIZE, ENOEXEC),
		ROW(image_size, HV_MEMORY_SIZE + 1, ENOEXEC),
		ROW(image_size, ~UINT64_C(0), ENOEXEC),
		ROW(policy_size, POLICY_SIZE_MAX + 1, EINVAL),
		ROW(policy_size, ~UINT64_C(0), EINVAL),
		ROW(policy_size, 64, EFAULT),
		ROW(root, 8, EFAULT),
		ROW(root, 0xffff888000000000, EFAULT),
		ROW(root, bad_root(HV_ROOT_EPHEMERAL, 32), EINVAL),
		ROW(root, bad_root(HV_ROOT_KINDS, 32), EINVAL),
		ROW(root, bad_root(~0u, 32), EINVAL),
		ROW(root, bad_root(HV_ROOT_FILE, HV_ROOT_SIZE_MIN - 1), EINVAL),
		ROW(root, bad_root(HV_ROOT_FILE, HV_ROOT_SIZE_MAX + 1), EINVAL),
		ROW(root, bad_root(HV_ROOT_FILE, ~0u), EINVAL),
#undef ROW
	};
	bool ok = true;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct palisade_launch args = good_launch();
		int error;

		memcpy((char *)&args + rows[i].offset, &rows[i].value,
		       rows[i].size);
		error = launch(&args);
		if (error == rows[i].error)
			continue;
		printf("  row %zu: %d, not %d\n", i, error, rows[i].error);
		ok = false;
	}
	return ok;
}

static bool a_damaged_header_is_refused(void)
{
	struct hv_image_header good, *header = (void *)image;
	static const size_t offsets[] = {
		offsetof(struct hv_image_header, magic),
		offsetof(struct hv_image_header, launch_version),
		offsetof(struct hv_image_header, abi_version),
		offsetof(struct hv_image_header, image_size),
		offsetof(struct hv_image_header, init_offset) + 3,
		offsetof(struct hv_image_header, enter_offset) + 7,
	};
	bool ok = true;

	memcpy(&good, header, sizeof(good));
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		struct palisade_launch args = good_launch();

		image[offsets[i]] ^= 0x10;
		ok = launch(&args) == ENOEXEC && ok;
		memcpy(header, &good, sizeof(good));
	}
	return ok;
}

static int launch_fake(const unsigned char *init, size_t init_size,
		       const unsigned char *enter, size_t enter_size,
		       uint32_t reason)
{
	static unsigned char fake[FAKE_SIZE];
	struct palisade_launch args = good_launch();
	struct hv_image_header *header = (void *)fake;
	int error;

	memcpy(header, image, sizeof(*header));
	header->image_size = FAKE_SIZE;
	header->init_offset = INIT_OFFSET;
	header->enter_offset = ENTER_OFFSET;
	memcpy(fake + INIT_OFFSET, init, init_size);
	memcpy(fake + ENTER_OFFSET, enter, enter_size);
	args.image = (uintptr_t)fake;
	args.image_size = FAKE_SIZE;
	error = launch(&args);
	return args.hv_detail == reason ? error : -1;
}

static bool each_reason_has_its_errno(void)
{
	static const int errors[] = {
		EIO, ENOEXEC, EOPNOTSUPP, ENODEV, EACCES, EBUSY, EOPNOTSUPP,
		EOPNOTSUPP, EOPNOTSUPP, EOPNOTSUPP, EOPNOTSUPP, EOPNOTSUPP,
		ENODEV, EOPNOTSUPP, ENOEXEC,	/* the last: not known */
	};
	static const unsigned char good[] = { CODE_OK };
	bool ok = true;

	for (unsigned int i = 0; i < sizeof(errors) / sizeof(int); i++) {
		const unsigned char bad[] = { CODE_REFUSE((unsigned char)i) };

		ok = launch_fake(bad, sizeof(bad), good, sizeof(good), i) ==
			     errors[i] && ok;
		ok = launch_fake(good, sizeof(good), bad, sizeof(bad), i) ==
			     errors[i] && ok;
	}
	return ok && info().cpu_count == 0;
}

static bool nothing_is_there_before_launch(void)
{
	struct palisade_cpu_stats stats = { .size = sizeof(stats) };
	struct palisade_slot_info slot = { .size = sizeof(slot) };
	struct palisade_create create = { .size = sizeof(create) };
	struct palisade_policy policy = { .size = sizeof(policy) };

	return info().hv_abi_version == 0 && unload() == ENODEV &&
	       ioctl(device, PALISADE_CPU_STATS, &stats) && errno == ENODEV &&
	       ioctl(device, PALISADE_SLOT_INFO, &slot) && errno == ENODEV &&
	       ioctl(device, PALISADE_CREATE, &create) && errno == ENODEV &&
	       ioctl(device, PALISADE_POLICY, &policy) && errno == ENODEV;
}

static bool unknown_commands_are_refused(void)
{
	char junk[4096] = { 0 };

	return ioctl(device, _IO(0xB9, 99), junk) && errno == ENOTTY &&
	       ioctl(device, _IOWR(0xB9, 0, int), junk) && errno == ENOTTY &&
	       ioctl(device, PALISADE_PAL_INFO, junk) && errno == ENOTTY;
}

static bool only_root_may_launch(void)
{
	int status = -1;
	pid_t child = fork();

	if (!child) {
		struct palisade_launch args = good_launch();
		struct palisade_log log = { .size = sizeof(log) };
		bool ok = setuid(1000) == 0 && launch(&args) == EPERM &&
			  unload() == EPERM &&
			  ioctl(device, PALISADE_LOG, &log) && errno == EPERM;

		_exit(!ok);
	}
	waitpid(child, &status, 0);
	return status == 0;
}

static bool it_launches_and_unloads_again_and_again(void)
{
	for (int i = 0; i < 20; i++) {
		struct palisade_launch args = good_launch();
		struct palisade_info there;

		if (launch(&args) || launch(&args) != EALREADY)
			return false;
		there = info();
		if (there.hv_abi_version != HV_ABI_VERSION ||
		    there.cpu_count != sysconf(_SC_NPROCESSORS_ONLN) ||
		    there.launch_ns == 0)
			return false;
		if (unload() || unload() != ENODEV)
			return false;
	}
	return true;
}

static bool the_log_can_be_read(void)
{
	struct palisade_launch args = good_launch();
	struct palisade_log log = { .size = sizeof(log) };
	bool ok = launch(&args) == 0;

	ok = ok && ioctl(device, PALISADE_LOG, &log) == 0 && log.length > 0 &&
	     log.length <= sizeof(log.text);
	log.position += log.length;
	ok = ok && ioctl(device, PALISADE_LOG, &log) == 0 && log.length == 0;
	log.position = ~UINT64_C(0);
	ok = ok && ioctl(device, PALISADE_LOG, &log) == 0 && log.length == 0;
	return unload() == 0 && ok;
}

#define TEST(name) { #name, name }

static const struct {
	const char *name;
	bool (*run)(void);
} tests[] = {
	TEST(nothing_is_there_before_launch),
	TEST(unknown_commands_are_refused),
	TEST(bad_arguments_are_refused),
	TEST(a_damaged_header_is_refused),
	TEST(each_reason_has_its_errno),
	TEST(only_root_may_launch),
	TEST(it_launches_and_unloads_again_and_again),
	TEST(the_log_can_be_read),
};

static int run_tests(void)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		bool ok = tests[i].run();

		printf("%s %s\n", ok ? "ok  " : "FAIL", tests[i].name);
		failed += !ok;
	}
	return failed != 0;
}

static bool is_refused(int error, unsigned int reason)
{
	struct palisade_launch args = good_launch();

	args.flags = PALISADE_LAUNCH_CHECK;
	return launch(&args) == error && args.hv_detail == reason;
}

int main(int argc, char **argv)
{
	struct palisade_launch args;
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	device = open(PALISADE_DEVICE, O_RDWR);
	fd = open(argc > 1 ? argv[1] : "", O_RDONLY);
	if (device < 0 || fd < 0) {
		perror("launch_test");
		return 1;
	}
	image_size = (uint64_t)read(fd, image, sizeof(image));
	args = good_launch();
	if (argc == 5)
		return !is_refused(atoi(argv[3]), (unsigned int)atoi(argv[4]));
	return argc == 3 ? launch(&args) : run_tests();
}
