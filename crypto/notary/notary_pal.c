/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The notary: measures a new PAL, checks who signed it, and decides by the
 * owner's policy whether it may run.  abi/notary.h is the contract.
 *
 * It knows one subject at a time.  NOTARY_BEGIN measures the header page and
 * starts anew whatever was before; any error forgets the subject, so only a
 * new BEGIN goes on from there.  Nothing it is fed is trusted: the header only
 * says how many bytes there must be, and what the image is called.
 *
 * PALs that run call it too, as a peer, for the services of abi/service.h.
 * These are the other threads; they share nothing with judging but the code.
 */
#include <pal.h>
#include <psa/crypto.h>
#include <string.h>
#include "abi/notary.h"
#include "abi/service.h"
#include "arena.h"
#include "policy.h"
#include "root_page.h"
#include "service.h"
#include "signature.h"
#include "threads.h"

PAL_NAME(NOTARY_NAME);
PAL_THREADS(NOTARY_THREADS);
PAL_ARG_SIZE(NOTARY_ARG_SIZE);
PAL_STACK_SIZE(32768);
PAL_ACCEPTS_PEERS;

/* PSA copies what it hashes to the heap, so large pieces need a large heap. */
#define PIECE_SIZE 4096

static struct {
	bool is_measuring;
	uint64_t bytes_left; /* of its image, not yet measured */
	struct pal_identity identity;
	psa_hash_operation_t hash;
} subject;

static long forget(long status)
{
	psa_hash_abort(&subject.hash);
	memset(&subject, 0, sizeof(subject));
	return status;
}

static bool is_header(const struct pal_image_header *header)
{
	return header->magic == PAL_IMAGE_MAGIC &&
	       header->version == PAL_IMAGE_VERSION &&
	       header->image_size >= PAL_IMAGE_HEADER_SIZE &&
	       policy_is_name(header->name);
}

static int start_hash(void)
{
	return psa_crypto_init() == PSA_SUCCESS &&
			       psa_hash_setup(&subject.hash, PSA_ALG_SHA_384) ==
				       PSA_SUCCESS
		       ? 0
		       : NOTARY_ECRYPTO;
}

static int hash_bytes(const unsigned char *bytes, size_t size)
{
	while (size) {
		size_t piece = size < PIECE_SIZE ? size : PIECE_SIZE;

		if (psa_hash_update(&subject.hash, bytes, piece) != PSA_SUCCESS)
			return NOTARY_ECRYPTO;
		bytes += piece;
		size -= piece;
	}
	return 0;
}

static struct register_table counters;
static struct service service = {.counters = &counters};

/* Before the first PAL can run, since it is for that PAL's sake. */
static void start_services(void)
{
	static bool is_started;

	if (!is_started)
		seal_start(&service.seal, root_page, pal_random);
	is_started = true;
}

static long begin(const void *in, size_t in_size, void *out, size_t out_size)
{
	const struct pal_image_header *header = in;

	(void)out, (void)out_size;
	if (pal_caller())
		return NOTARY_ESEQUENCE;
	start_services();
	forget(0);
	if (in_size != sizeof(*header) || !is_header(header))
		return NOTARY_ESEQUENCE;
	if (start_hash() || hash_bytes(in, in_size))
		return forget(NOTARY_ECRYPTO);
	memcpy(subject.identity.name, header->name, sizeof(header->name));
	subject.identity.security_version = header->security_version;
	subject.identity.flags =
		header->flags & PAL_FLAG_DEBUG ? PAL_IDENTITY_DEBUG : 0;
	subject.bytes_left = header->image_size - in_size;
	subject.is_measuring = true;
	return 0;
}

static long measure(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)out, (void)out_size;
	if (pal_caller())
		return NOTARY_ESEQUENCE;
	if (!subject.is_measuring || in_size > subject.bytes_left)
		return forget(NOTARY_ESEQUENCE);
	if (hash_bytes(in, in_size))
		return forget(NOTARY_ECRYPTO);
	subject.bytes_left -= in_size;
	return 0;
}

/* Measurement and signer, in subject.identity. */
static int identify(const struct pal_signature *page)
{
	uint8_t *measurement = subject.identity.measurement;
	size_t size;

	if (psa_hash_finish(&subject.hash, measurement, PAL_MEASUREMENT_SIZE,
			    &size) != PSA_SUCCESS)
		return NOTARY_ECRYPTO;
	return signature_verify(page, measurement, subject.identity.signer);
}

static long judge(const void *in, size_t in_size, void *out, size_t out_size)
{
	const size_t page_size = sizeof(struct pal_signature);
	int status;

	if (pal_caller())
		return NOTARY_ESEQUENCE;
	if (!subject.is_measuring || subject.bytes_left ||
	    in_size < page_size || out_size < sizeof(struct notary_record))
		return forget(NOTARY_ESEQUENCE);
	status = identify(in);
	if (!status)
		status = policy_judge((const char *)in + page_size,
				      in_size - page_size, &subject.identity,
				      out);
	return forget(status ? status : (long)sizeof(struct notary_record));
}

/* ---- Services ------------------------------------------------------------ */

static long serve(unsigned int entry, struct seal_bytes in, void *out,
		  size_t out_size)
{
	const unsigned int thread = pal_thread_index();
	const struct service_caller caller = {pal_caller(), thread - 1};

	if (!caller.identity)
		return NOTARY_ESEQUENCE;
	arena_begin(thread);
	return service_answer(&service, caller, entry, in, out, out_size);
}

static long seal(const void *in, size_t in_size, void *out, size_t out_size)
{
	return serve(NOTARY_SEAL, (struct seal_bytes){in, in_size}, out,
		     out_size);
}

static long unseal(const void *in, size_t in_size, void *out, size_t out_size)
{
	return serve(NOTARY_UNSEAL, (struct seal_bytes){in, in_size}, out,
		     out_size);
}

static long tell_root(const void *in, size_t in_size, void *out,
		      size_t out_size)
{
	return serve(NOTARY_ROOT, (struct seal_bytes){in, in_size}, out,
		     out_size);
}

static long read_counter(const void *in, size_t in_size, void *out,
			 size_t out_size)
{
	return serve(NOTARY_COUNTER_READ, (struct seal_bytes){in, in_size}, out,
		     out_size);
}

static long advance_counter(const void *in, size_t in_size, void *out,
			    size_t out_size)
{
	return serve(NOTARY_COUNTER_ADVANCE, (struct seal_bytes){in, in_size},
		     out, out_size);
}

PAL_ENTRIES([NOTARY_BEGIN] = begin, [NOTARY_MEASURE] = measure,
	    [NOTARY_JUDGE] = judge, [NOTARY_SEAL] = seal,
	    [NOTARY_UNSEAL] = unseal, [NOTARY_ROOT] = tell_root,
	    [NOTARY_COUNTER_READ] = read_counter,
	    [NOTARY_COUNTER_ADVANCE] = advance_counter);
