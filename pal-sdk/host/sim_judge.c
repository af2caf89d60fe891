/* SPDX-License-Identifier: BSD-2-Clause */
/* What the hypervisor does with its notary, done with the same notary here. */
#include "sim_judge.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "abi/hypercall.h"
#include "abi/notary.h"
#include "abi/policy.h"
#include "error.h"
#include "pal_host.h"
#include "refusal.h"
#include "sim.h"
#include "sim_pages.h"
#include "tool/policy_file.h"

/* The notary's image (sim_program.S). */
extern const unsigned char sim_notary[], sim_notary_end[];

struct notary {
	struct sim *sim;
	unsigned char *window; /* NOTARY_ARG_SIZE bytes */
};

struct subject {
	const unsigned char *image;
	size_t size; /* with its signature */
	size_t image_size;
	uint8_t policy[POLICY_SIZE_MAX];
	size_t policy_size;
};

static int start(struct notary *notary)
{
	const struct pal_identity nobody = {.flags = PAL_IDENTITY_SIMULATED};
	const struct sim_setup setup = {
		.image = sim_notary,
		.header = (const struct pal_image_header *)sim_notary,
		.window = notary->window,
		.window_size = NOTARY_ARG_SIZE,
		.identity = &nobody,
	};

	return sim_create(&setup, &notary->sim);
}

/* Returns what its function did, or PAL_EPROTO and a text. */
static int call(const struct notary *notary, unsigned int entry, size_t in_size,
		size_t out_size)
{
	struct hypercall_result result =
		sim_call(notary->sim, 0, entry, in_size, out_size);

	if (result.status != HV_OK)
		return error_set(PAL_EPROTO,
				 "the simulated notary failed "
				 "(status %lld, fault 0x%llx)",
				 (long long)result.status,
				 (unsigned long long)result.rdx);
	return (int)result.rdx;
}

static int measure(const struct notary *notary, const struct subject *subject)
{
	size_t done = PAL_IMAGE_HEADER_SIZE;
	int status;

	memcpy(notary->window, subject->image, done);
	status = call(notary, NOTARY_BEGIN, done, 0);
	while (!status && done < subject->image_size) {
		size_t piece = subject->image_size - done;

		if (piece > NOTARY_ARG_SIZE)
			piece = NOTARY_ARG_SIZE;
		memcpy(notary->window, subject->image + done, piece);
		status = call(notary, NOTARY_MEASURE, piece, 0);
		done += piece;
	}
	return status;
}

static int judge(const struct notary *notary, const struct subject *subject,
		 struct notary_record *record)
{
	const size_t page = PAL_SIGNATURE_SIZE;
	int status = measure(notary, subject);

	if (status)
		return status;
	memset(notary->window, 0, page);
	if (subject->size - subject->image_size >= page)
		memcpy(notary->window, subject->image + subject->image_size,
		       page);
	if (subject->policy_size)
		memcpy(notary->window + page, subject->policy,
		       subject->policy_size);
	status = call(notary, NOTARY_JUDGE, page + subject->policy_size,
		      sizeof(*record));
	if (status < 0)
		return status;
	memcpy(record, notary->window, sizeof(*record));
	return 0;
}

static int refuse(int reason)
{
	return error_set(PAL_EPOLICY, "the PAL is refused: %s",
			 refusal_text(reason));
}

static int ask(const struct subject *subject, struct notary_record *record)
{
	struct notary notary = {0};
	void *window = mmap(NULL, NOTARY_ARG_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status;

	if (window == MAP_FAILED)
		return error_plain(PAL_ENOMEM);
	notary.window = window;
	status = start(&notary);
	if (!status) {
		status = judge(&notary, subject, record);
		sim_destroy(notary.sim);
	}
	munmap(window, NOTARY_ARG_SIZE);
	return status < 0 && status >= PAL_ERROR_LOWEST ? refuse(status)
							: status;
}

/* What the hypervisor sees to itself: admit() of hv/core/notary.c. */
static int admit(const struct notary_record *record, uint64_t page_count)
{
	if (record->policy_flags & POLICY_REQUIRE_IOMMU)
		return refuse(NOTARY_EIOMMU);
	if (record->max_pages && page_count > record->max_pages)
		return refuse(NOTARY_ESIZE);
	return 0;
}

/* As `pal enable --policy` takes it: text or binary. */
static int read_policy(struct subject *subject)
{
	const char *path = secure_getenv("PAL_SIM_POLICY");

	if (!path || !*path)
		return 0;
	return policy_file_read(path, NULL, subject->policy,
				&subject->policy_size);
}

int sim_judge(const void *image, size_t size,
	      const struct pal_image_header *header, size_t window_size,
	      struct notary_record *out)
{
	struct subject subject = {
		.image = image,
		.size = size,
		.image_size = header->image_size,
	};
	struct notary_record record;
	int status = read_policy(&subject);

	if (status)
		return status;
	status = ask(&subject, &record);
	if (!status)
		status = admit(&record, sim_pages(header, window_size));
	if (status)
		return status;
	record.identity.flags |= PAL_IDENTITY_SIMULATED;
	*out = record;
	return 0;
}
