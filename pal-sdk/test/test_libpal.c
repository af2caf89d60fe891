/* SPDX-License-Identifier: BSD-2-Clause */
/* libpal over a device and a hypercall that do as the test says. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "abi/pal_image.h"
#include "host/device.h"
#include "host/hypercall.h"
#include "pal_host.h"
#include "tap.h"

#define HANDLE	 0x1000
#define ARG_SIZE PAL_PAGE_SIZE

/* ---- The fakes ----------------------------------------------------------- */

static int open_error, create_error, create_status;
static uint32_t create_detail;
static struct palisade_create created;

int device_open(void)
{
	errno = open_error;
	return open_error ? -1 : open("/dev/null", O_RDWR | O_CLOEXEC);
}

int device_create(int device, struct palisade_create *create)
{
	created = *create;
	create->hv_status = create_status;
	create->hv_detail = create_detail;
	create->handle = HANDLE;
	create->thread_count =
		((struct pal_image_header *)create->image)->thread_count;
	errno = create_error;
	return create_error ? -1 : dup(device);
}

/* What a call answers; with echo, it turns the input round. */
static struct hypercall_result scripted;
static bool is_echo;
static void (*during_call)(void);
static uint64_t seen_out_size;
static atomic_int running[2], collisions;

static void turn_round(unsigned char *bytes, uint64_t size)
{
	for (uint64_t i = 0; i < size / 2; i++) {
		unsigned char byte = bytes[i];

		bytes[i] = bytes[size - 1 - i];
		bytes[size - 1 - i] = byte;
	}
}

int device_pal_info(int descriptor, struct palisade_pal_info *info)
{
	(void)descriptor;
	(void)info;
	return -1;
}

struct hypercall_result hypercall_pal_call(uint64_t handle, uint64_t entry,
					   uint64_t in_size, uint64_t out_size)
{
	uint64_t thread = handle - HANDLE;
	unsigned char *slice =
		(unsigned char *)created.window + thread * ARG_SIZE;

	(void)entry;
	seen_out_size = out_size;
	if (atomic_fetch_add(&running[thread], 1))
		atomic_fetch_add(&collisions, 1);
	if (during_call)
		during_call();
	if (is_echo)
		turn_round(slice, in_size);
	atomic_fetch_sub(&running[thread], 1);
	if (!is_echo)
		return scripted;
	return (struct hypercall_result){HV_OK, in_size, 0, 0};
}

/* ---- The tests ----------------------------------------------------------- */

static struct {
	struct pal_image_header header;
	unsigned char code[PAL_PAGE_SIZE];
} image = {
	.header =
		{
			.magic = PAL_IMAGE_MAGIC,
			.version = PAL_IMAGE_VERSION,
			.image_size = sizeof(image),
			.entry = PAL_IMAGE_BASE,
			.thread_count = 2,
			.segment_count = 1,
			.stack_size = 4096,
			.arg_size = ARG_SIZE,
			.name = "test",
			.segments = {{PAL_IMAGE_BASE, 4096, 4096,
				      PAL_ACCESS_R | PAL_ACCESS_X, 0}},
		},
};

static struct pal *open_good(void)
{
	struct pal *pal = NULL;

	open_error = create_error = create_status = 0;
	during_call = NULL;
	is_echo = true;
	CHECK(pal_open_image(&image, sizeof(image), &pal) == 0);
	return pal;
}

static int open_status(int open_with, int create_with, int status,
		       uint32_t detail)
{
	struct pal *pal = (struct pal *)&image;
	int result;

	open_error = open_with;
	create_error = create_with;
	create_status = status;
	create_detail = detail;
	result = pal_open_image(&image, sizeof(image), &pal);
	CHECK(pal == (struct pal *)&image);
	return result;
}

static void opening_tells_why_it_failed(void)
{
	CHECK(open_status(ENOENT, 0, 0, 0) == PAL_ENODEV);
	CHECK(strstr(pal_error_text(), "pal check"));
	CHECK(open_status(EACCES, 0, 0, 0) == PAL_EPERM);
	CHECK(strstr(pal_error_text(), "group palisade"));
	CHECK(open_status(0, ENODEV, 0, 0) == PAL_ENODEV);
	CHECK(strstr(pal_error_text(), "pal enable"));
	CHECK(open_status(0, ENOMEM, 0, 0) == PAL_ENOMEM);
	CHECK(strstr(pal_error_text(), "ulimit"));
	CHECK(open_status(0, ENOMEM, HV_ENOMEM, 0) == PAL_ENOMEM);
	CHECK(strstr(pal_error_text(), "pal status"));
	CHECK(open_status(0, EINVAL, HV_EIMAGE, PAL_IMAGE_BAD_ENTRY) ==
	      PAL_EIMAGE);
	CHECK(strstr(pal_error_text(), "entry point"));
	CHECK(open_status(0, EINVAL, HV_ENOTSUP, 0) == PAL_EPROTO);
	CHECK(pal_open("/nowhere/x.pal", &(struct pal *){NULL}) == PAL_EIO);
	CHECK(strstr(pal_error_text(), "/nowhere/x.pal"));
	CHECK(pal_open("/dev/null", &(struct pal *){NULL}) == PAL_EIO);
	CHECK(pal_open(NULL, NULL) == PAL_EINVAL);
}

static void a_bad_image_never_reaches_the_device(void)
{
	struct pal *pal = NULL;

	open_error = EIO;
	image.header.version++;
	CHECK(pal_open_image(&image, sizeof(image), &pal) == PAL_EIMAGE);
	CHECK(strstr(pal_error_text(), "pack it again"));
	image.header.version--;
	CHECK(pal_open_image(&image, sizeof(image) - 1, &pal) == PAL_EIMAGE);
}

static void a_call_carries_input_and_output(void)
{
	struct pal *pal = open_good();
	char text[8] = "-------";
	size_t size = 0;

	CHECK(pal_call(pal, 0, "abc", 3, text, 7, &size) == 0);
	CHECK(size == 3 && !strcmp(text, "cba----"));
	CHECK(pal_call(pal, 0, NULL, 0, NULL, 0, NULL) == 0);
	CHECK(pal_call_thread(pal, 1, 0, "xy", 2, text, 7, NULL) == 0);
	CHECK(!memcmp(text, "yx", 2));
	CHECK(pal_handle(pal) == HANDLE && pal_thread_count(pal) == 2 &&
	      pal_arg_size(pal) == ARG_SIZE && pal_descriptor(pal) >= 0);
	pal_close(pal);
}

static void wrong_arguments_are_refused(void)
{
	static char large[ARG_SIZE + 1];
	struct pal *pal = open_good();
	size_t size = 77;

	CHECK(pal_call(NULL, 0, NULL, 0, NULL, 0, NULL) == PAL_EINVAL);
	CHECK(pal_call(pal, 0, NULL, 1, NULL, 0, NULL) == PAL_EINVAL);
	CHECK(pal_call(pal, 0, NULL, 0, NULL, 1, NULL) == PAL_EINVAL);
	CHECK(pal_call(pal, 0, large, sizeof(large), NULL, 0, &size) ==
	      PAL_ESIZE);
	CHECK(pal_call_thread(pal, 2, 0, NULL, 0, NULL, 0, NULL) == PAL_EINVAL);
	/* More room than a call can fill is no error. */
	CHECK(pal_call(pal, 0, large, 3, large, sizeof(large), NULL) == 0);
	CHECK(seen_out_size == ARG_SIZE && size == 77);
	pal_close(pal);
}

static int status_of(struct pal *pal, int64_t status, int64_t result)
{
	char text[4] = "...";
	size_t size = 77;
	int answer;

	is_echo = false;
	scripted = (struct hypercall_result){
		status,
		(uint64_t)result,
		0x123,
		0x456,
	};
	answer = pal_call(pal, 0, NULL, 0, text, 3, &size);
	CHECK(answer == 0 || (size == 77 && !strcmp(text, "...")));
	return answer;
}

static void answers_become_status(void)
{
	struct pal *pal = open_good();
	struct pal_fault fault;

	CHECK(status_of(pal, HV_OK, 3) == 0);
	CHECK(status_of(pal, HV_OK, 4) == PAL_STATUS_BAD_RESULT);
	CHECK(status_of(pal, HV_OK, INT64_MAX) == PAL_STATUS_BAD_RESULT);
	CHECK(status_of(pal, HV_OK, INT64_MIN) == PAL_STATUS_BAD_RESULT);
	CHECK(status_of(pal, HV_OK, -8195) == PAL_STATUS_BAD_RESULT);
	CHECK(status_of(pal, HV_OK, -1) == -1);
	CHECK(status_of(pal, HV_OK, PAL_ERROR_LOWEST) == PAL_ERROR_LOWEST);
	CHECK(status_of(pal, HV_OK, PAL_STATUS_BAD_ENTRY) ==
	      PAL_STATUS_BAD_ENTRY);
	CHECK(strstr(pal_error_text(), "no entry"));
	CHECK(status_of(pal, HV_EBUSY, 0) == PAL_EBUSY);
	CHECK(status_of(pal, HV_ENOENT, 0) == PAL_EDEAD);
	CHECK(status_of(pal, -1000, 0) == PAL_EPROTO);
	CHECK(strstr(pal_error_text(), "-1000"));
	CHECK(pal_last_fault(pal, &fault) == PAL_EINVAL);
	pal_close(pal);
}

static void the_first_fault_is_kept(void)
{
	struct pal *pal = open_good();
	struct pal_fault fault;
	char text[PAL_FAULT_TEXT_SIZE];

	CHECK(status_of(pal, HV_EFAULT,
			PAL_FAULT_WORD(PAL_FAULT_MEMORY, PAL_ACCESS_W)) ==
	      PAL_EFAULT);
	CHECK(status_of(pal, HV_EDEAD, PAL_FAULT_KILLED) == PAL_EDEAD);
	CHECK(strstr(pal_error_text(), "from outside"));
	CHECK(pal_last_fault(pal, &fault) == 0);
	CHECK(fault.kind == PAL_FAULT_MEMORY && fault.detail == PAL_ACCESS_W &&
	      fault.offset == 0x123 && fault.address == 0x456);
	pal_fault_text(&fault, text, sizeof(text));
	CHECK(strstr(text, "wrote to address 0x456") && strstr(text, "0x123"));
	pal_close(pal);
}

static void every_fault_has_a_text_in_any_buffer(void)
{
	for (uint32_t kind = 0; kind < 9; kind++) {
		for (uint32_t detail = 0; detail < 40; detail++) {
			struct pal_fault fault = {kind, detail, 1, 2};
			char text[PAL_FAULT_TEXT_SIZE];

			CHECK(*pal_fault_text(&fault, text, sizeof(text)));
			pal_fault_text(&fault, text, 5);
			CHECK(strlen(text) < 5);
		}
	}
}

static void every_status_has_a_text(void)
{
	for (int status = -9000; status < 10; status++)
		CHECK(*pal_strerror(status));
}

static void a_forked_child_cannot_call(void)
{
	struct pal *pal = open_good();
	int status = 0;
	pid_t child = fork();

	if (!child) {
		status = pal_call(pal, 0, "abc", 3, NULL, 0, NULL);
		pal_close(pal);
		_exit(status == PAL_EPERM ? 42 : 1);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	CHECK(pal_call(pal, 0, NULL, 0, NULL, 0, NULL) == 0);
	pal_close(pal);
}

static void *call_often(void *pal)
{
	long wrong_count = 0;

	for (int i = 0; i < 5000; i++) {
		char text[4] = "";
		int status = pal_call(pal, 0, "abc", 3, text, 3, NULL);

		wrong_count += status != 0 || strcmp(text, "cba") != 0;
	}
	return (void *)wrong_count;
}

static void more_callers_than_threads_wait_their_turn(void)
{
	struct pal *pal = open_good();
	pthread_t callers[5];

	during_call = (void (*)(void))sched_yield;
	collisions = 0;
	for (int i = 0; i < 5; i++)
		CHECK(!pthread_create(&callers[i], NULL, call_often, pal));
	for (int i = 0; i < 5; i++) {
		void *wrong_count;

		CHECK(!pthread_join(callers[i], &wrong_count));
		CHECK(!wrong_count);
	}
	CHECK(!collisions);
	during_call = NULL;
	pal_close(pal);
}

static struct pal *signalled;
static volatile int depth, handler_status[3];

static void handler(int number)
{
	(void)number;
	handler_status[depth] = pal_call(signalled, 0, NULL, 0, NULL, 0, NULL);
}

static void interrupt(void)
{
	if (depth < 2) {
		depth++;
		raise(SIGUSR1);
		depth--;
	}
}

static void a_signal_handler_takes_another_thread_or_is_told(void)
{
	struct sigaction action = {
		.sa_handler = handler,
		.sa_flags = SA_NODEFER,
	};

	signalled = open_good();
	sigaction(SIGUSR1, &action, NULL);
	during_call = interrupt;
	handler_status[1] = handler_status[2] = 1;
	CHECK(pal_call(signalled, 0, NULL, 0, NULL, 0, NULL) == 0);
	CHECK(handler_status[1] == 0);
	CHECK(handler_status[2] == PAL_EBUSY);
	during_call = NULL;
	CHECK(pal_call(signalled, 0, NULL, 0, NULL, 0, NULL) == 0);
	pal_close(signalled);
}

int main(void)
{
	unsetenv("PAL_BACKEND"); /* the fakes stand for the device */
	RUN(opening_tells_why_it_failed);
	RUN(a_bad_image_never_reaches_the_device);
	RUN(a_call_carries_input_and_output);
	RUN(wrong_arguments_are_refused);
	RUN(answers_become_status);
	RUN(the_first_fault_is_kept);
	RUN(every_fault_has_a_text_in_any_buffer);
	RUN(every_status_has_a_text);
	RUN(a_forked_child_cannot_call);
	RUN(more_callers_than_threads_wait_their_turn);
	RUN(a_signal_handler_takes_another_thread_or_is_told);
	return TAP_END();
}
