/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening and closing a PAL: window, descriptor, mark of ownership. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "device.h"
#include "error.h"
#include "file.h"
#include "instance.h"
#include "log.h"
#include "pal_log_page.h"
#include "refusal.h"
#include "sim.h"
#include "sim_open.h"
#include "tool/image_check.h"

static void *map_pages(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* Secrets may pass through: not for children, not for core dumps. */
static int map_window(struct pal *pal)
{
	pal->window = map_pages(pal->window_size);
	if (!pal->window ||
	    madvise(pal->window, pal->window_size, MADV_DONTFORK) ||
	    madvise(pal->window, pal->window_size, MADV_DONTDUMP))
		return error_set(PAL_ENOMEM,
				 "no memory for a window of %zu "
				 "bytes: %s",
				 pal->window_size, strerror(errno));
	return 0;
}

static int map_owner_mark(struct pal *pal)
{
	unsigned int *mark = map_pages(PAL_PAGE_SIZE);

	pal->is_owner = mark;
	if (!mark || madvise(mark, PAL_PAGE_SIZE, MADV_WIPEONFORK))
		return error_set(PAL_ENOMEM,
				 "cannot mark the owner process: "
				 "%s",
				 strerror(errno));
	*mark = 1;
	return 0;
}

static int create_error(const struct palisade_create *create, int cause)
{
	if (create->hv_status == HV_EIMAGE)
		return error_set(PAL_EIMAGE, "the PAL image is refused: %s",
				 image_reason(create->hv_detail));
	if (create->hv_status == HV_EREFUSED)
		return error_set(PAL_EPOLICY, "the PAL is refused: %s",
				 refusal_text(-(int)create->hv_detail));
	if (create->hv_status == HV_ENOMEM)
		return error_set(PAL_ENOMEM,
				 "the hypervisor has no memory "
				 "for the PAL: close other PALs, or see the "
				 "pool in `pal status`");
	switch (cause) {
	case ENODEV:
		return error_set(PAL_ENODEV, "the hypervisor is not running: "
					     "as root, run `pal enable`");
	case ENOMEM:
		return error_set(PAL_ENOMEM,
				 "no memory for the PAL: its "
				 "window counts as locked memory (ulimit -l), "
				 "its own pages come from the PAL pool");
	case EPERM:
	case EACCES:
		return error_plain(PAL_EPERM);
	default:
		return error_set(PAL_EPROTO,
				 "palisade.ko refused to make the "
				 "PAL: %s (hypervisor status %d, detail %u); "
				 "see `pal log`",
				 strerror(cause), create->hv_status,
				 create->hv_detail);
	}
}

static int open_error(int cause)
{
	if (cause == EACCES || cause == EPERM)
		return error_set(PAL_EPERM,
				 PALISADE_DEVICE ": %s: join group "
						 "palisade, or be root",
				 strerror(cause));
	return error_set(PAL_ENODEV,
			 PALISADE_DEVICE
			 ": %s: is palisade.ko "
			 "loaded? `pal check` tells what is missing; "
			 "PAL_BACKEND=sim runs PALs without, unprotected",
			 strerror(cause));
}

static int create_on_device(struct pal *pal, const void *image, size_t size)
{
	struct palisade_create request = {
		.size = sizeof(request),
		.image = (uintptr_t)image,
		.image_size = size,
		.window = (uintptr_t)pal->window,
		.window_size = pal->window_size,
	};
	int device, cause;

	device = device_open();
	if (device < 0)
		return open_error(errno);
	pal->descriptor = device_create(device, &request);
	cause = errno;
	close(device);
	if (pal->descriptor < 0)
		return create_error(&request, cause);
	if (request.thread_count != pal->thread_count)
		return error_set(PAL_EPROTO, "asked for %u threads, got %u",
				 pal->thread_count, request.thread_count);
	pal->handle = request.handle;
	return 0;
}

static int create(struct pal *pal, const void *image, size_t size)
{
	bool is_simulated;
	int status = sim_is_wanted(&is_simulated);

	if (status)
		return status;
	if (is_simulated)
		return sim_open(pal, image, size);
	return create_on_device(pal, image, size);
}

/* Returns 0 or PAL_EINVAL; pal_data() is what is left after the slices. */
static int describe(struct pal *pal, const struct pal_image_header *header,
		    size_t data_size)
{
	size_t slices = header->thread_count * header->arg_size;
	size_t logs = header->flags & PAL_FLAG_DEBUG
			      ? header->thread_count * PAL_LOG_PAGE_SIZE
			      : 0;
	size_t most = PAL_WINDOW_END - PAL_WINDOW_BASE - slices - logs;

	if (data_size > most)
		return error_set(PAL_EINVAL,
				 "%zu bytes of data: this PAL can have at most "
				 "%zu",
				 data_size, most);
	data_size = (data_size + PAL_PAGE_SIZE - 1) & -(size_t)PAL_PAGE_SIZE;
	pal->thread_count = header->thread_count;
	pal->arg_size = header->arg_size;
	pal->data_size = data_size;
	pal->window_size = slices + logs + data_size;
	pal->has_logs = logs != 0;
	pal->takes_peers = header->flags & PAL_FLAG_PEER;
	memcpy(pal->name, header->name, sizeof(pal->name));
	if (!pal->window_size)
		pal->window_size = PAL_PAGE_SIZE;
	/* The low thread_count bits: 1..64 of them. */
	pal->free_threads = ~UINT64_C(0) >> (64 - header->thread_count);
	return 0;
}

int pal_open_image_with_data(const void *image, size_t size, size_t data_size,
			     struct pal **out)
{
	struct pal_image_header header;
	struct pal *pal;
	int status;

	if (!image || !out)
		return error_plain(PAL_EINVAL);
	status = image_check(image, size, &header);
	if (status)
		return error_set(PAL_EIMAGE, "the PAL image is refused: %s",
				 image_reason((unsigned int)status));
	pal = calloc(1, sizeof(*pal));
	if (!pal)
		return error_plain(PAL_ENOMEM);
	pal->descriptor = -1;
	status = describe(pal, &header, data_size);
	if (!status)
		status = map_window(pal);
	if (!status)
		status = map_owner_mark(pal);
	if (!status)
		status = create(pal, image, size);
	if (status) {
		pal_close(pal);
		return status;
	}
	*out = pal;
	return 0;
}

int pal_open_image(const void *image, size_t size, struct pal **out)
{
	return pal_open_image_with_data(image, size, 0, out);
}

int pal_open_with_data(const char *path, size_t data_size, struct pal **out)
{
	void *image;
	size_t size;
	int status;

	if (!path || !out)
		return error_plain(PAL_EINVAL);
	status = file_read(path, &image, &size);
	if (status)
		return status;
	status = pal_open_image_with_data(image, size, data_size, out);
	free(image);
	return status;
}

int pal_open(const char *path, struct pal **out)
{
	return pal_open_with_data(path, 0, out);
}

void pal_close(struct pal *pal)
{
	if (!pal)
		return;
	if (pal->descriptor >= 0)
		close(pal->descriptor);
	if (pal->sim && *pal->is_owner)
		sim_destroy(pal->sim);
	else if (pal->sim)
		sim_forget(pal->sim);
	/* In a child the window never was: something else may be there. */
	if (pal->window && (!pal->is_owner || *pal->is_owner)) {
		log_print(pal);
		munmap(pal->window, pal->window_size);
	}
	if (pal->is_owner)
		munmap((void *)(uintptr_t)pal->is_owner, PAL_PAGE_SIZE);
	free(pal);
}

int pal_is_simulated(const struct pal *pal)
{
	return pal->sim != NULL;
}

uint64_t pal_handle(const struct pal *pal)
{
	return pal->handle;
}

int pal_descriptor(const struct pal *pal)
{
	return pal->descriptor;
}

unsigned int pal_thread_count(const struct pal *pal)
{
	return pal->thread_count;
}

size_t pal_arg_size(const struct pal *pal)
{
	return pal->arg_size;
}

void *pal_window(const struct pal *pal)
{
	return pal->window;
}

void *pal_data(const struct pal *pal)
{
	return pal->data_size ? pal->window + pal->window_size - pal->data_size
			      : NULL;
}

size_t pal_data_size(const struct pal *pal)
{
	return pal->data_size;
}
