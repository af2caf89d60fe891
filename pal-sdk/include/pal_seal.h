/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside a PAL: secrets that outlive it, and counters that tell old from new.
 *
 * A PAL has no disk.  It seals what it wants to keep, gives the blob to its
 * program, which stores it anywhere, and unseals it in a later process, or
 * after a reboot.  Nobody else can read the blob, nor change it unnoticed:
 *
 *	size_t size;
 *	unsigned char blob[PAL_SEAL_BLOB_SIZE(sizeof(key))];
 *	int status = pal_seal(PAL_SEAL_TO_SIGNER, "key 7", 5, key, sizeof(key),
 *			      blob, sizeof(blob), &size);
 *
 * What it does not tell is whether a blob is the *newest*: the OS may bring an
 * older one.  A counter does (below).
 *
 * The work is done by the notary, the PAL that the hypervisor brings; no policy
 * is needed to call it.  Keys come from the sealing root of the launch (`pal
 * enable --root`).  Without one, the root is ephemeral: what is sealed then
 * cannot be opened after the hypervisor ends (PAL_SEAL_EROOT); pal_seal_root()
 * tells.  In the simulator all of this works too and protects nothing; blobs of
 * the simulator and of the hypervisor, of debug PALs and of others, are never
 * opened by the other kind (PAL_SEAL_EFOREIGN).
 *
 * Threads may call all of this at once.  Every function returns 0 or a negative
 * error, and on error leaves its outputs' sizes as they were; nothing of a
 * secret is in an output buffer then.  Buffers are private memory (never
 * pal_data()).
 */
#ifndef PAL_SEAL_H
#define PAL_SEAL_H

#include <stddef.h>
#include <stdint.h>

/* ---- Errors -------------------------------------------------------------- */

/*
 * -4128..-4159; besides, a call may end with PAL_PEER_* of pal_status.h:
 * PAL_PEER_EBUSY when all threads of the notary stay in use (try again later),
 * PAL_PEER_ELOOP at the end of a chain of 4 PALs that call each other,
 * PAL_PEER_EDEAD when the hypervisor is being ended, PAL_PEER_EINVAL for a
 * buffer that is not private memory.
 */

/* A size is too large, a binding or an advance that does not exist. */
#define PAL_SEAL_EINVAL	   (-4128)
/* The output buffer is too small. */
#define PAL_SEAL_ESIZE	   (-4129)
/* Not a sealed blob, or cut, or of a format that this notary does not know. */
#define PAL_SEAL_EFORMAT   (-4130)
/* Sealed under another root: by an earlier launch if that was ephemeral. */
#define PAL_SEAL_EROOT	   (-4131)
/* Another PAL's: another measurement, signer, name, or debug against not. */
#define PAL_SEAL_EFOREIGN  (-4132)
/* Made by a newer version of this PAL (PAL_SECURITY_VERSION()). */
#define PAL_SEAL_EVERSION  (-4133)
/* The blob, or the associated data, is not what was sealed. */
#define PAL_SEAL_EALTERED  (-4134)
/* PAL_SEAL_TO_SIGNER, and this PAL is not signed. */
#define PAL_SEAL_EUNSIGNED (-4135)
/* pal_counter_advance(): the value is not `from`. */
#define PAL_SEAL_EMOVED	   (-4136)
/* No room for one more counter. */
#define PAL_SEAL_EFULL	   (-4137)
/* The notary has no root or no random numbers, or its library failed. */
#define PAL_SEAL_ECRYPTO   (-4138)

#define PAL_SEAL_LOWEST	   (-4159)

/* ---- Sealing ------------------------------------------------------------- */

/* Who opens a blob: exactly this image, to the last bit; */
#define PAL_SEAL_TO_MEASUREMENT 1
/*
 * or any PAL of this one's signer and name whose security version is at least
 * this one's: an update opens what the version before has sealed, and not the
 * other way round.  Raise PAL_SECURITY_VERSION() with each hole that you close.
 */
#define PAL_SEAL_TO_SIGNER	2

/* What a blob has beside the secret, in bytes. */
#define PAL_SEAL_OVERHEAD	104
#define PAL_SEAL_BLOB_SIZE(n)	((n) + PAL_SEAL_OVERHEAD)

/* The most bytes of secret and associated data together. */
#define PAL_SEAL_SIZE_MAX	32000

/*
 * Seal `secret` into `blob`, PAL_SEAL_BLOB_SIZE(secret_size) bytes of its
 * `capacity`; their number is in *blob_size, which may be NULL.  The associated
 * data is not in the blob and not secret: pal_unseal() must be given the same.
 * It says what the blob is for, so that nobody brings one in the place of
 * another.  Either may be empty.  Sealing the same twice gives two blobs.
 *
 * Takes secret_size + associated_size + 256 bytes of stack (PAL_STACK_SIZE()).
 * Errors: EINVAL, ESIZE, EUNSIGNED, ECRYPTO.
 */
int pal_seal(int binding, const void *associated, size_t associated_size,
	     const void *secret, size_t secret_size, void *blob,
	     size_t capacity, size_t *blob_size);

/*
 * Open a blob; the secret's size is in *secret_size, which may be NULL.  What
 * comes out was sealed by a PAL that is allowed to share with this one, with
 * this associated data, and is unchanged; it may be old.
 *
 * Takes blob_size + associated_size + 256 bytes of stack.
 * Errors, the first that holds: EINVAL, EFORMAT, EROOT, EFOREIGN, EVERSION,
 * ESIZE, EALTERED; ECRYPTO.
 */
int pal_unseal(const void *associated, size_t associated_size,
	       const void *blob, size_t blob_size, void *secret,
	       size_t capacity, size_t *secret_size);

struct pal_seal_root {
	uint32_t kind;	/* HV_ROOT_* of abi/root.h: ephemeral, file, ... */
	uint8_t id[16];	/* which one; the same in all PALs, not secret */
};

/*
 * Which root pal_seal() seals under: a PAL that is asked to keep something for
 * long may want to refuse with an ephemeral one.  Errors: ECRYPTO.
 */
int pal_seal_root(struct pal_seal_root *root);

/* ---- Counters ------------------------------------------------------------ */

/*
 * A counter is a number that only grows, and 32 bytes (the tag) that came with
 * it, kept by the notary for this PAL under a name of 16 bytes.  It belongs to
 * the PAL's signer and name, or its measurement if it is unsigned; so all
 * instances of a PAL, in all processes, share it.
 *
 * To tell the newest blob from older ones: count versions, put the version into
 * the secret; after sealing version v, advance the counter from v - 1 to v with
 * a digest of the blob as the tag; and accept a blob only if the counter has
 * exactly its version and digest.  After a reboot a counter of strength
 * PAL_COUNTER_BOOT starts again at 0: bring it forward from 0 to the version of
 * the first blob that is brought, and know that this one may be old.
 *
 * A counter that a newer version of the PAL has advanced is closed to older
 * ones (EVERSION).
 */

/*
 * pal_counter strength: what rolls it back.  All of the notary's are of this
 * one; a stronger one would have a larger number.  What is to be told from
 * older ones over boots, too, needs the TPM: the key PAL's tokens have a chain
 * in it (crypto/tpm/chain.h), by which the first state after a boot is proven.
 */
#define PAL_COUNTER_BOOT 1 /* the end of the hypervisor: then it is 0 */

struct pal_counter {
	uint64_t value; /* 0: never advanced since it began */
	uint8_t tag[32]; /* of the last advance; zeros with value 0 */
	uint32_t strength; /* PAL_COUNTER_* */
	uint32_t reserved; /* 0 */
};

/* Read it.  One that was never advanced is 0.  Errors: EVERSION. */
int pal_counter_read(const uint8_t id[16], struct pal_counter *counter);

/*
 * If its value is `from`, make it `to`, which must be larger, with this tag;
 * in one step, so that of several that try it from the same value exactly one
 * succeeds.  A PAL that is ended in the middle has done it wholly or not at
 * all.
 *
 * Errors: EINVAL (not from < to), EMOVED (read it again), EVERSION, EFULL:
 * there are 384 for the PALs that authorities of the policy have signed, at
 * most 256 for one, and 128 for all others, at most 16 for one.
 */
int pal_counter_advance(const uint8_t id[16], uint64_t from, uint64_t to,
			const uint8_t tag[32]);

#endif /* PAL_SEAL_H */
