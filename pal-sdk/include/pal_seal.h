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
/* pal_lasting_settle(): there is a newer state than this one. */
#define PAL_SEAL_EOLD	   (-4139)
/* The TPM has to be asked: pal_lasting_carry(), then the same again. */
#define PAL_SEAL_EPROVE	   (-4140)
/* What came back is not the answer of the TPM that knows this counter. */
#define PAL_SEAL_EFALSE	   (-4141)

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
 * What rolls a counter back.  The notary's are all of the first strength; those
 * that outlive a boot are below.
 */
#define PAL_COUNTER_BOOT 1 /* the end of the hypervisor: then it is 0 */
#define PAL_COUNTER_TPM	 2 /* nothing */

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

/* ---- Counters that outlive a boot ---------------------------------------- */

/*
 * A lasting counter is the notary's while the hypervisor runs, and besides has
 * a place in the non-volatile memory of the machine's TPM 2.0, which only this
 * PAL can reach or change, and nobody can set back (crypto/tpm/chain.h).  The
 * first state that is brought after a boot is proven by it.  The PAL talks to
 * the TPM itself; its program carries the messages (pal_tpm_carry() of
 * pal_host.h).  It can refuse to, but not make, change or repeat one.  On a
 * machine without a TPM the same calls keep a counter of strength
 * PAL_COUNTER_BOOT; each answer tells the strength.
 *
 * What a PAL keeps is a state, which it seals anew with each change.  In it is
 * a struct pal_lasting; the counter's value is the state's version.
 *
 *	the first state	pal_lasting_begin(&proof, strength, &state.lasting)
 *	each next one	pal_lasting_next(&state.lasting, tag, &next.lasting)
 *			with the tag of the state before it
 *	then		seal it, tag = digest of the blob, let the program
 *			store the blob, and only then
 *			pal_lasting_settle(&proof, &state.lasting, tag, ...)
 *	brought again	unseal it, tag = digest of the blob,
 *			pal_lasting_settle(), as above
 *
 * and nothing that depends on a state leaves the PAL before it is settled.  A
 * program that is killed between storing and settling has lost nothing: the
 * blob is settled when it is brought.  Of several that follow the same state
 * one is settled; so a program holds a lock from reading a blob on until it has
 * settled the next.  examples/safe is a PAL that does all this.
 *
 * The messages go through a function of the PAL's:
 *
 *	F(safe_tpm, BYTES(PAL_TPM_MESSAGE_MAX), BYTES(PAL_TPM_MESSAGE_MAX))
 *
 *	int safe_tpm(const void *in, size_t in_size, void *out,
 *		     size_t out_capacity, size_t *out_size)
 *	{
 *		*out_size = pal_lasting_carry(&proof, in, in_size, out,
 *					      out_capacity);
 *		return 0;
 *	}
 *
 * The host must be trusted once: while the first state is settled.  It carries
 * the secret of the counter's place then, with which it could make that anew;
 * or it has no TPM and plays one.  The TPM's owner can delete the place (and
 * clearing the TPM does): then no state is the newest any more.  Each state
 * writes to a memory that wears (some 100,000 times).
 */

/* Inside a state.  Secret: seal it, never give it out. */
struct pal_lasting {
	uint8_t id[16]; /* of the notary's counter */
	uint64_t value; /* the state's version, from 1 */
	uint32_t strength; /* PAL_COUNTER_* */
	uint32_t index; /* of the TPM's place; this and the rest 0 without */
	uint8_t secret[32]; /* of that place */
	uint8_t before[32]; /* what it holds before this state is settled */
};

/*
 * What this instance is proving.  Begins as zeros, lies outside of the stack;
 * the three calls that take it are not made at once for the same one.
 */
struct pal_proof {
	uint64_t opaque[64];
};

/*
 * Begin a counter of this strength, with a name of its own.  PAL_COUNTER_TPM:
 * its place is made when `first` is settled, with this `proof`, by this
 * instance; if that fails, begin another.  Errors: EINVAL, ECRYPTO.
 */
int pal_lasting_begin(struct pal_proof *proof, uint32_t strength,
		      struct pal_lasting *first);

/*
 * What comes after `now`, the state whose blob has this tag; `next` may be the
 * same place.  Errors: ECRYPTO.
 */
int pal_lasting_next(const struct pal_lasting *now, const uint8_t tag[32],
		     struct pal_lasting *next);

/*
 * Is the state with this `lasting`, whose blob has this tag, the newest that
 * was settled, or does it follow that one?  Then it is settled from now on:
 * all before it and beside it are old.  0, with value, tag and strength in
 * *counter (which may be NULL):
 *
 *	PAL_COUNTER_TPM	 it is
 *	PAL_COUNTER_BOOT it is, among those that were brought since the
 *			 hypervisor began; the first of these is believed
 *
 * Errors: EOLD; EPROVE: nothing was done, the function above must be called
 * first; EFALSE: it was, and somebody has answered in the TPM's place, so try
 * again; EVERSION, EFULL, ECRYPTO.
 */
int pal_lasting_settle(struct pal_proof *proof,
		       const struct pal_lasting *lasting,
		       const uint8_t tag[32], struct pal_counter *counter);

/*
 * Take what the TPM has responded (nothing at the beginning) and put what it is
 * to be sent at `command`.  Returns the command's bytes; 0: there is none, and
 * pal_lasting_settle() tells the rest.  `response` is private memory.  Takes
 * 5 KiB of stack.
 */
size_t pal_lasting_carry(struct pal_proof *proof, const void *response,
			 size_t response_size, void *command, size_t capacity);

#endif /* PAL_SEAL_H */
