/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TPM 2.0 commands and responses as bytes: big-endian numbers and byte strings
 * with a 16-bit size before them (TPM 2.0 Library, Part 1, 18; Part 2, 10.4).
 *
 * A command is put together and a response taken apart without looking at
 * errors in between: one that did not fit, or ended early, stays `failed`, and
 * is looked at once, at the end.
 */
#ifndef TPM_MESSAGE_H
#define TPM_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TPM_MESSAGE_MAX	  4096 /* bytes of the longest command or response */
#define TPM_HEADER_SIZE	  10
#define TPM_DIGEST_SIZE	  32 /* SHA-256, the only one used here */

#define TPM_ST_NO_SESSIONS 0x8001
#define TPM_ST_SESSIONS	   0x8002

#define TPM_RH_OWNER	   0x40000001
#define TPM_RH_NULL	   0x40000007
#define TPM_RS_PW	   0x40000009

#define TPM_ALG_SHA256	   0x000b
#define TPM_ALG_NULL	   0x0010

#define TPM_CC_NV_UNDEFINE_SPACE  0x122
#define TPM_CC_NV_DEFINE_SPACE	  0x12a
#define TPM_CC_NV_EXTEND	  0x136
#define TPM_CC_NV_READ		  0x14e
#define TPM_CC_UNSEAL		  0x15e
#define TPM_CC_FLUSH_CONTEXT	  0x165
#define TPM_CC_READ_PUBLIC	  0x173
#define TPM_CC_START_AUTH_SESSION 0x176
#define TPM_CC_POLICY_PCR	  0x17f
#define TPM_CC_PCR_EXTEND	  0x182

#define TPM_SE_HMAC   0x00
#define TPM_SE_POLICY 0x01

struct tpm_command {
	uint8_t bytes[TPM_MESSAGE_MAX];
	size_t size;
	bool failed; /* it would have been longer than that */
};

/* A part of a response that is not yet taken apart. */
struct tpm_reader {
	const uint8_t *bytes;
	size_t size;
	bool failed; /* it ended before what was asked for */
};

/* Begin a command; tag is TPM_ST_*, code TPM_CC_*. */
void tpm_command_begin(struct tpm_command *command, uint16_t tag,
		       uint32_t code);
void tpm_put_u8(struct tpm_command *command, uint8_t value);
void tpm_put_u16(struct tpm_command *command, uint16_t value);
void tpm_put_u32(struct tpm_command *command, uint32_t value);
void tpm_put_bytes(struct tpm_command *command, const void *bytes,
		   size_t size);
/* The same with the size before it; bytes may be NULL for none. */
void tpm_put_sized(struct tpm_command *command, const void *bytes,
		   size_t size);
/* Write its size into its header: it is ready then, unless it failed. */
void tpm_command_end(struct tpm_command *command);

/*
 * The authorization area (Part 1, 18.4) of a password: of `size` bytes, or none
 * at all.
 */
void tpm_put_password(struct tpm_command *command, const void *password,
		      size_t size);

uint8_t tpm_get_u8(struct tpm_reader *reader);
uint16_t tpm_get_u16(struct tpm_reader *reader);
uint32_t tpm_get_u32(struct tpm_reader *reader);
uint64_t tpm_get_u64(struct tpm_reader *reader);
/* `size` bytes where they lie; NULL if there are fewer. */
const uint8_t *tpm_get_bytes(struct tpm_reader *reader, size_t size);
/* A byte string with its size before it, at most `most` bytes. */
const uint8_t *tpm_get_sized(struct tpm_reader *reader, size_t most,
			     size_t *size);

/*
 * Judge the header of a response: *rest is what follows it and *code the TPM's
 * response code, 0 for success.  False: these bytes are no response.
 */
bool tpm_response_open(const void *bytes, size_t size, struct tpm_reader *rest,
		       uint32_t *code);

/* Does it only say: send the same again, a little later? */
bool tpm_response_is_not_now(const void *bytes, size_t size);

#endif
