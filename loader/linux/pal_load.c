// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The image goes through a few kernel pages, a batch at a time: the process
 * cannot change a page between the copy here and the one in the hypervisor,
 * and a large image needs no large buffer.
 */
#include "pal_load.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/cpufeature.h>

#include "abi/pal_image.h"
#include "hypercall.h"
#include "request.h"

#define BATCH_PAGES	64

struct loading {
	struct pal *pal;
	struct request request;
	u64 *list;			/* one page: the gpas of a batch */
	u64 batch;			/* pages that there are */
	u8 *pages[BATCH_PAGES];
};

static void loading_free(struct loading *loading)
{
	unsigned int i;

	if (!loading)
		return;
	for (i = 0; i < BATCH_PAGES; i++)
		free_page((unsigned long)loading->pages[i]);
	free_page((unsigned long)loading->list);
	kfree(loading);
}

/* Each page is written before the hypervisor is told of it. */
static struct loading *loading_allocate(struct pal *pal, u64 image_size)
{
	struct loading *loading = kzalloc(sizeof(*loading), GFP_KERNEL_ACCOUNT);
	unsigned int i;
	bool is_complete;

	if (!loading)
		return NULL;
	loading->pal = pal;
	loading->batch = min_t(u64, image_size / PAL_PAGE_SIZE, BATCH_PAGES);
	loading->list = (u64 *)__get_free_page(GFP_KERNEL_ACCOUNT);
	is_complete = loading->list;
	for (i = 0; i < loading->batch; i++) {
		loading->pages[i] = (u8 *)__get_free_page(GFP_KERNEL_ACCOUNT);
		is_complete = is_complete && loading->pages[i];
	}
	if (is_complete)
		return loading;
	loading_free(loading);
	return NULL;
}

/* Hand over the `count` pages of the list with hypercall `number`. */
static int give_list(struct loading *loading, u64 number, u64 count)
{
	struct request *request = &loading->request;
	u64 taken;
	int err;

	request_begin(request, loading->pal->generation);
	while (count) {
		err = request_try(request, number, loading->pal->handle,
				  virt_to_phys(loading->list), count);
		if (err && err != -EAGAIN)
			return err;
		taken = min(request->result.rdx, count);
		if (!err && !taken)
			return -EIO;
		if (taken)
			request_progress(request);
		count -= taken;
		memmove(loading->list, loading->list + taken, count * 8);
	}
	return 0;
}

static int load_batch(struct loading *loading, const u8 __user *from, u64 count)
{
	u64 i;

	for (i = 0; i < count; i++) {
		if (copy_from_user(loading->pages[i], from + i * PAL_PAGE_SIZE,
				   PAL_PAGE_SIZE))
			return -EFAULT;
		loading->list[i] = virt_to_phys(loading->pages[i]);
	}
	return give_list(loading, HC_PAL_LOAD, count);
}

static int load_pages(struct loading *loading, const u8 __user *from, u64 count)
{
	u64 batch;
	int err;

	while (count) {
		batch = min(count, loading->batch);
		err = load_batch(loading, from, batch);
		if (err)
			return err;
		from += batch * PAL_PAGE_SIZE;
		count -= batch;
		cond_resched();
	}
	return 0;
}

/*
 * The top-level page table with which this process runs in user mode: with page
 * table isolation, the second of its pair (arch/x86/mm/pti.c).
 */
static phys_addr_t user_page_table(void)
{
	phys_addr_t table = virt_to_phys(current->mm->pgd);

	return boot_cpu_has(X86_FEATURE_PTI) ? table + PAGE_SIZE : table;
}

static int create(struct loading *loading, struct pal_image_header *header)
{
	struct request *request = &loading->request;
	struct pal *pal = loading->pal;
	int err;

	request_begin(request, pal->generation);
	err = request_make(request, HC_PAL_CREATE, virt_to_phys(header),
			   user_page_table(), 0);
	if (err)
		return err;
	pal->thread_count = header->thread_count;
	pal->handle = request->result.rdx;
	smp_store_release(&pal->is_made, true);	/* see pal_opener() */
	return 0;
}

/*
 * The header is good in itself; is what came with it enough for it?
 * Returns 0 or a PAL_IMAGE_* reason.
 */
static u32 check_enough(const struct pal_image_header *header,
			const struct palisade_create *args)
{
	u64 window_needed;

	if (header->image_size < PAL_IMAGE_HEADER_SIZE ||
	    !PAGE_ALIGNED(header->image_size) ||
	    (header->image_size != args->image_size &&
	     header->image_size != args->image_size - PAL_SIGNATURE_SIZE))
		return PAL_IMAGE_BAD_SIZE;
	if (check_mul_overflow(header->arg_size, (u64)header->thread_count,
			       &window_needed) ||
	    window_needed > args->window_size)
		return PAL_IMAGE_BAD_ARGS;
	return 0;
}

static int refuse(struct loading *loading, u32 reason)
{
	loading->request.result.status = HV_EIMAGE;
	loading->request.result.rdx = reason;
	return hypercall_errno(HV_EIMAGE);
}

/* The page behind the image, if the file has one. */
static int give_signature(struct loading *loading,
			  const struct palisade_create *args, u64 image_size)
{
	struct request *request = &loading->request;

	if (args->image_size == image_size)
		return 0;
	if (copy_from_user(loading->pages[0],
			   u64_to_user_ptr(args->image + image_size),
			   PAL_SIGNATURE_SIZE))
		return -EFAULT;
	request_begin(request, loading->pal->generation);
	return request_make(request, HC_PAL_SIGNATURE, loading->pal->handle,
			    virt_to_phys(loading->pages[0]), 0);
}

static int load_image(struct loading *loading,
		      const struct palisade_create *args)
{
	struct pal_image_header *header = (void *)loading->pages[0];
	const u8 __user *from = u64_to_user_ptr(args->image);
	u32 reason;
	u64 size;
	int err;

	if (copy_from_user(loading->pages[0], from, PAL_IMAGE_HEADER_SIZE))
		return -EFAULT;
	err = create(loading, header);
	if (err)
		return err;
	reason = check_enough(header, args);
	if (reason)
		return refuse(loading, reason);
	size = header->image_size;		/* its page is used again */
	err = load_pages(loading, from + PAL_IMAGE_HEADER_SIZE,
			 size / PAL_PAGE_SIZE - 1);
	return err ? err : give_signature(loading, args, size);
}

static int give_window(struct loading *loading)
{
	const struct window *window = &loading->pal->window;
	unsigned long done, batch, i;
	int err;

	for (done = 0; done < window->count; done += batch) {
		batch = min_t(unsigned long, window->count - done, HC_LIST_MAX);
		for (i = 0; i < batch; i++)
			loading->list[i] =
				page_to_phys(window->pages[done + i]);
		err = give_list(loading, HC_PAL_WINDOW, batch);
		if (err)
			return err == -EPERM ? -EINVAL : err;
		cond_resched();
	}
	return 0;
}

static int start(struct loading *loading)
{
	struct request *request = &loading->request;

	request_begin(request, loading->pal->generation);
	return request_make(request, HC_PAL_START, loading->pal->handle, 0, 0);
}

/*
 * The notary answers HV_EAGAIN after each piece of the image, and HV_EBUSY
 * while it is at another PAL, which is not for long.
 */
static int judge(struct loading *loading)
{
	struct request *request = &loading->request;
	int err;

	request_begin(request, loading->pal->generation);
	for (;;) {
		err = request_try(request, HC_PAL_JUDGE, loading->pal->handle,
				  0, 0);
		if (err == -EAGAIN)
			request_progress(request);
		else if (err != -EBUSY)
			return err;
		else if (patience_wait(&request->patience))
			return -EBUSY;
		cond_resched();
	}
}

static int load(struct loading *loading, const struct palisade_create *args)
{
	int err = load_image(loading, args);

	if (!err)
		err = window_pin(&loading->pal->window, args->window,
				 args->window_size);
	if (!err)
		err = give_window(loading);
	if (!err)
		err = start(loading);
	if (!err)
		err = judge(loading);
	return err;
}

int pal_load(struct pal *pal, struct palisade_create *args)
{
	struct loading *loading;
	int err;

	if (args->image_size < PAL_IMAGE_HEADER_SIZE)
		return -EINVAL;
	loading = loading_allocate(pal, args->image_size);
	if (!loading)
		return -ENOMEM;
	err = load(loading, args);
	args->hv_status = loading->request.result.status;
	if (args->hv_status == HV_EIMAGE || args->hv_status == HV_EREFUSED)
		args->hv_detail = loading->request.result.rdx;
	loading_free(loading);
	return err;
}
