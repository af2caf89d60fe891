/* SPDX-License-Identifier: BSD-2-Clause */
/* Which PALs the notary admits under which policy, and what it tells them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "abi/notary.h"
#include "abi/policy.h"
#include "case.h"
#include "fresh.h"
#include "pals/peer.h"

#define MAKE_KEYS                                                              \
	"{ [ -f ours.key ] || { pal keygen -c p256 -o ours.key "               \
	"-p ours.pem && pal keygen -o theirs.key -p theirs.pem; }; } "         \
	">/dev/null"

#define CERTIFIED                                                              \
	"mode certified\nauthority company ours.pem\n"                         \
	"pal peer signer company min-version 3\n"

static unsigned char *image;
static size_t image_size; /* with the signature, if there is one */
static struct pal_image_header *header;
static struct pal_signature *signature;

static void take_image(const char *path)
{
	FILE *file = fopen(path, "r");

	free(image);
	image = malloc(1 << 20);
	if (!file || !image)
		abort();
	image_size = fread(image, 1, 1 << 20, file);
	fclose(file);
	header = (void *)image;
	signature = (void *)(image + header->image_size);
}

static void save_image(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(image, 1, image_size, file) != image_size ||
	    fclose(file))
		abort();
}

/* "peer" with this version and these flags more, signed by that key or NULL. */
static bool prepare(uint32_t version, uint32_t flags, const char *key)
{
	char command[100];

	take_image(CASE_FOLDER "peer.pal");
	header->security_version = version;
	header->flags |= flags;
	save_image(FRESH_FOLDER "test.pal");
	if (!key)
		return true;
	snprintf(command, sizeof(command), "pal sign -k %s test.pal", key);
	if (!fresh_do(command))
		return false;
	take_image(FRESH_FOLDER "test.pal");
	return true;
}

static bool is_under(const char *policy)
{
	return fresh_do(MAKE_KEYS) && fresh_start(policy);
}

/* PALISADE_CREATE of the image as it is: a descriptor or -1 and errno. */
static int create(struct palisade_create *args)
{
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	size_t window_size = 64 * PAL_PAGE_SIZE;
	int made, cause;

	*args = (struct palisade_create){
		.size = sizeof(*args),
		.image = (uintptr_t)image,
		.image_size = image_size,
		.window_size = window_size,
	};
	args->window =
		(uintptr_t)mmap(NULL, window_size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	made = ioctl(device, PALISADE_CREATE, args);
	cause = errno;
	close(device);
	errno = cause;
	return made;
}

/* Both ways in give the reason; `words` are in the sentence that people see. */
static void check_refused(unsigned int line, int reason, const char *words)
{
	struct palisade_create args;
	struct pal *pal;
	int made = create(&args);

	if (made >= 0 || errno != EKEYREJECTED || args.handle ||
	    args.hv_status != HV_EREFUSED ||
	    args.hv_detail != (uint32_t)-reason)
		case_fail("line %u: %d, errno %d, status %d, detail %u", line,
			  made, errno, args.hv_status, args.hv_detail);
	CHECK_EQ(case_pal_count(), 0);
	if (pal_open_image(image, image_size, &pal) != PAL_EPOLICY ||
	    !strstr(pal_error_text(), words))
		case_fail("line %u: %s", line, pal_error_text());
	CHECK_EQ(case_pal_count(), 0);
}

#define CHECK_REFUSED(reason, words) check_refused(__LINE__, reason, words)

/* The image runs, and says who it is. */
static struct pal_identity identity_of_image(void)
{
	struct pal_identity identity = {0};
	struct pal *pal;

	if (pal_open_image(image, image_size, &pal)) {
		case_fail("%s", pal_error_text());
		return identity;
	}
	CHECK_EQ(pal_call_exact(pal, PEER_IDENTITY, NULL, 0, &identity,
				sizeof(identity)),
		 0);
	pal_close(pal);
	return identity;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	while (size && !bytes[size - 1])
		size--;
	return !size;
}

/* ---- Certified ----------------------------------------------------------- */

static void a_signed_pal_runs(void)
{
	struct pal_identity identity;

	REQUIRE(is_under(CERTIFIED) && prepare(3, 0, "ours.key"));
	identity = identity_of_image();
	CHECK_EQ(identity.flags, PAL_IDENTITY_SIGNED);
	CHECK_EQ(identity.security_version, 3);
	CHECK(!is_zero(identity.signer, sizeof(identity.signer)));
}

static void an_unsigned_pal_is_refused(void)
{
	REQUIRE(is_under(CERTIFIED) && prepare(3, 0, NULL));
	CHECK_REFUSED(NOTARY_EUNSIGNED, "not signed");
}

static void a_pal_signed_by_a_stranger_is_refused(void)
{
	REQUIRE(is_under(CERTIFIED) && prepare(3, 0, "theirs.key"));
	CHECK_REFUSED(NOTARY_EFOREIGN, "no authority");
}

static void a_pal_of_too_low_a_version_is_refused(void)
{
	REQUIRE(is_under(CERTIFIED) && prepare(2, 0, "ours.key"));
	CHECK_REFUSED(NOTARY_EVERSION, "version");
}

static void a_debug_pal_is_refused(void)
{
	REQUIRE(is_under(CERTIFIED) && prepare(3, PAL_FLAG_DEBUG, "ours.key"));
	CHECK_REFUSED(NOTARY_EDEBUG, "debug");
}

/* One bit in each page, at a place that differs from page to page. */
static void a_changed_image_is_refused(void)
{
	REQUIRE(is_under(CERTIFIED) && prepare(3, 0, "ours.key"));
	for (size_t at = PAL_IMAGE_HEADER_SIZE; at < header->image_size;
	     at += PAL_PAGE_SIZE) {
		size_t byte = at + at / PAL_PAGE_SIZE * 37 % PAL_PAGE_SIZE;

		image[byte] ^= 16;
		CHECK_REFUSED(NOTARY_EFORGED, "changed after");
		image[byte] ^= 16;
	}
	identity_of_image();
}

/* What the header may say and still be a header. */
static void a_changed_header_is_refused(void)
{
	REQUIRE(is_under(CERTIFIED) && prepare(3, 0, "ours.key"));
	header->security_version ^= 4;
	CHECK_REFUSED(NOTARY_EFORGED, "changed after");
	header->security_version ^= 4;
	header->name[0] ^= 1;
	CHECK_REFUSED(NOTARY_EFORGED, "changed after");
	header->name[0] ^= 1;
	header->thread_count--;
	CHECK_REFUSED(NOTARY_EFORGED, "changed after");
	header->thread_count++;
	header->flags ^= PAL_FLAG_PEER;
	CHECK_REFUSED(NOTARY_EFORGED, "changed after");
	header->flags ^= PAL_FLAG_PEER;
	header->entry ^= 16;
	CHECK_REFUSED(NOTARY_EFORGED, "changed after");
	header->entry ^= 16;
	identity_of_image();
}

static void a_changed_signature_is_refused(void)
{
	REQUIRE(is_under(CERTIFIED) && prepare(3, 0, "ours.key"));
	for (unsigned int i = 0; i < 64; i += 9) {
		signature->signature[i] ^= 1;
		CHECK_REFUSED(NOTARY_EFORGED, "changed after");
		signature->signature[i] ^= 1;
	}
	signature->magic ^= 1;
	CHECK_REFUSED(NOTARY_ESIGNATURE, "malformed");
	signature->magic ^= 1;
	signature->key_size++;
	CHECK_REFUSED(NOTARY_ESIGNATURE, "malformed");
	signature->key_size--;
	signature->zero[3800] = 1;
	CHECK_REFUSED(NOTARY_ESIGNATURE, "malformed");
	signature->zero[3800] = 0;
	identity_of_image();
}

/* ---- Other modes --------------------------------------------------------- */

static void read_hex(const char *path, uint8_t bytes[48])
{
	FILE *file = fopen(path, "r");
	unsigned int byte;

	for (int i = 0; i < 48; i++) {
		if (!file || fscanf(file, "%2x", &byte) != 1)
			abort();
		bytes[i] = (uint8_t)byte;
	}
	fclose(file);
}

static void a_pal_knows_who_it_is(void)
{
	struct pal_identity identity;
	uint8_t measurement[48];

	REQUIRE(is_under("mode measured\nallow debug\n"
			 "authority company ours.pem\n"));
	REQUIRE(prepare(7, 0, NULL));
	REQUIRE(fresh_do("pal measure test.pal >measurement"));
	read_hex(FRESH_FOLDER "measurement", measurement);
	identity = identity_of_image();
	CHECK(!memcmp(identity.measurement, measurement, 48));
	CHECK(is_zero(identity.signer, sizeof(identity.signer)));
	CHECK(!strcmp(identity.name, "peer"));
	CHECK_EQ(identity.security_version, 7);
	CHECK_EQ(identity.flags, 0);

	REQUIRE(prepare(7, 0, "ours.key"));
	identity = identity_of_image();
	CHECK(!memcmp(identity.measurement, measurement, 48));
	CHECK_EQ(identity.flags, PAL_IDENTITY_SIGNED);
	CHECK(!is_zero(identity.signer, sizeof(identity.signer)));

	REQUIRE(prepare(7, PAL_FLAG_DEBUG, "theirs.key"));
	identity = identity_of_image();
	CHECK(memcmp(identity.measurement, measurement, 48));
	CHECK_EQ(identity.flags, PAL_IDENTITY_DEBUG);
}

static void without_a_policy_all_but_forgeries_run(void)
{
	REQUIRE(fresh_do(MAKE_KEYS) && !fresh_restore(0));
	REQUIRE(prepare(0, PAL_FLAG_DEBUG, NULL));
	CHECK_EQ(identity_of_image().flags, PAL_IDENTITY_DEBUG);
	REQUIRE(prepare(0, 0, "theirs.key"));
	CHECK_EQ(identity_of_image().flags, 0);
	signature->signature[5] ^= 1;
	CHECK_REFUSED(NOTARY_EFORGED, "changed after");
}

static void what_no_line_names_is_refused(void)
{
	REQUIRE(is_under("mode listed\npal peer\n") && prepare(0, 0, NULL));
	identity_of_image();
	header->name[0] = 'b';
	CHECK_REFUSED(NOTARY_EUNLISTED, "no line");
}

static void a_pal_larger_than_the_policy_allows_is_refused(void)
{
	REQUIRE(is_under("mode measured\nmax-memory 2M\n") &&
		prepare(0, 0, NULL));
	identity_of_image();
	header->segments[header->segment_count - 1].memory_size = 2 << 20;
	CHECK_REFUSED(NOTARY_ESIZE, "more memory");
	REQUIRE(is_under("mode measured\nmax-memory 2M\n"
			 "pal peer max-memory 4M\n"));
	identity_of_image();
}

static void dma_protection_that_is_wanted_is_missed(void)
{
	REQUIRE(is_under("mode measured\nrequire dma-protection\n") &&
		prepare(0, 0, NULL));
	CHECK_REFUSED(NOTARY_EIOMMU, "DMA");
}

/* ---- Policies that are none ---------------------------------------------- */

static int launch(const void *policy, size_t size, struct palisade_launch *args)
{
	FILE *file = fopen("/lib/palisade/palisade.bin", "r");
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	static char hypervisor[8 << 20];
	int err;

	*args = (struct palisade_launch){
		.size = sizeof(*args),
		.image = (uintptr_t)hypervisor,
		.policy = (uintptr_t)policy,
		.policy_size = size,
	};
	if (!file)
		abort();
	args->image_size = fread(hypervisor, 1, sizeof(hypervisor), file);
	fclose(file);
	err = ioctl(device, PALISADE_LAUNCH, args) ? errno : 0;
	close(device);
	return err;
}

static void no_pal_runs_under_a_malformed_policy(void)
{
	struct policy_header policy = {.magic = POLICY_MAGIC,
				       .version = POLICY_VERSION + 1,
				       .size = sizeof(policy)};
	struct palisade_launch args;

	REQUIRE(fresh_do(MAKE_KEYS) && fresh_do("pal disable >/dev/null"));
	CHECK_EQ(launch(&policy, sizeof(policy), &args), 0);
	REQUIRE(prepare(0, 0, "ours.key"));
	CHECK_REFUSED(NOTARY_EPOLICY, "policy");
	REQUIRE(fresh_do("pal disable >/dev/null"));
	memset(&policy, 0, sizeof(policy));
	CHECK_EQ(launch(&policy, sizeof(policy), &args), 0);
	CHECK_REFUSED(NOTARY_EPOLICY, "policy");
}

static void a_policy_of_an_impossible_size_is_refused(void)
{
	static char policy[POLICY_SIZE_MAX + 1];
	struct palisade_launch args;

	REQUIRE(fresh_do("pal disable >/dev/null"));
	CHECK_EQ(launch(policy, sizeof(policy), &args), EINVAL);
	CHECK_EQ(launch(policy, SIZE_MAX, &args), EINVAL);
	CHECK_EQ(launch(policy, sizeof(struct policy_header) - 1, &args),
		 EINVAL);
	CHECK_EQ(args.hv_status, HV_EINVAL);
	CHECK_EQ(launch((void *)8, 64, &args), EFAULT);
	CHECK_EQ(launch(policy, 0, &args), 0);
	CHECK_EQ(case_good_pal_works(), 0);
}

static void pal_enable_takes_no_malformed_policy(void)
{
	REQUIRE(fresh_do("pal disable >/dev/null"));
	CHECK(fresh_do("echo mode certifeid >bad && "
		       "! pal enable --policy bad 2>message && "
		       "grep -q 'bad:1:6' message"));
	CHECK(fresh_do("head -c 100 /dev/zero >bad && "
		       "! pal enable --policy bad 2>message"));
	CHECK(fresh_do("! pal enable --policy missing 2>message && "
		       "grep -q missing message"));
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	case_expect_hypervisor(false);
	RUN(a_signed_pal_runs);
	RUN(an_unsigned_pal_is_refused);
	RUN(a_pal_signed_by_a_stranger_is_refused);
	RUN(a_pal_of_too_low_a_version_is_refused);
	RUN(a_debug_pal_is_refused);
	RUN(a_changed_image_is_refused);
	RUN(a_changed_header_is_refused);
	RUN(a_changed_signature_is_refused);
	RUN(a_pal_knows_who_it_is);
	RUN(without_a_policy_all_but_forgeries_run);
	RUN(what_no_line_names_is_refused);
	RUN(a_pal_larger_than_the_policy_allows_is_refused);
	RUN(dma_protection_that_is_wanted_is_missed);
	RUN(no_pal_runs_under_a_malformed_policy);
	RUN(a_policy_of_an_impossible_size_is_refused);
	RUN(pal_enable_takes_no_malformed_policy);
	return fresh_restore(case_end());
}
