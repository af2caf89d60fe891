/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What programs and pald say to each other on a UNIX stream socket; the same
 * between pald and its workers.  pald-protocol(7) tells it in full.
 *
 * A message is a header of 24 bytes and `size` bytes of payload.  All numbers
 * are little-endian:
 *
 *	 0  u32  magic		PALD_MAGIC
 *	 4  u16  version	PALD_VERSION
 *	 6  u16  type		PALD_OPEN..; of an answer | PALD_ANSWER
 *	 8  u64  id		the client's choice, repeated by the answer
 *	16  u32  size		bytes of payload, at most PALD_PAYLOAD_MAX
 *	20  s32  status		0 in requests; in answers 0 or an error, and
 *				then the payload is a text
 *
 * Each request gets one answer, in their order.
 */
#ifndef HOST_PALD_PROTOCOL_H
#define HOST_PALD_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#define PALD_MAGIC	 0x444c4150U /* "PALD" */
#define PALD_VERSION	 1
#define PALD_HEADER_SIZE 24
/* No PAL has larger arguments (PAL_STACK_MAX), fields of CALL included. */
#define PALD_PAYLOAD_MAX 0x200000U
#define PALD_NAME_MAX	 64
#define PALD_TEXT_MAX	 512
#define PALD_ANSWER	 0x8000U

enum pald_type {
	PALD_NOTHING, /* an answer to no request: the connection is refused */
	PALD_OPEN, /* name */
	PALD_CALL, /* handle, entry, capacity, 0; then the input */
	PALD_CLOSE, /* handle */
	PALD_INFO, /* no payload */
};

#define PALD_CALL_SIZE	 16 /* before the input */
#define PALD_CLOSE_SIZE	 4
#define PALD_OPENED_SIZE 16 /* handle, argument size, PALD_IS_*, 0 */

#define PALD_IS_SIMULATED 1U
#define PALD_IS_DEBUG	  2U

struct pald_header {
	uint16_t type;
	uint64_t id;
	uint32_t size;
	int32_t status;
};

struct pald_call {
	uint32_t handle;
	uint32_t entry;
	uint32_t capacity; /* the most bytes of output */
};

struct pald_opened {
	uint32_t handle;
	uint32_t arg_size;
	uint32_t flags; /* PALD_IS_* */
};

uint32_t wire_get32(const uint8_t *bytes);
void wire_put32(uint8_t *bytes, uint32_t value);

void wire_write_header(uint8_t *bytes, const struct pald_header *header);

/*
 * Judge a request's header of PALD_HEADER_SIZE bytes, or an answer's.  Returns
 * NULL, or why no further byte of this stream can be understood; then *header
 * holds only the id, where there is one.
 */
const char *wire_read_request(const uint8_t *bytes, struct pald_header *header);
const char *wire_read_answer(const uint8_t *bytes, struct pald_header *header);

/*
 * Judge a payload.  Returns NULL, or what is wrong with it; then the outputs
 * are as they were.
 */
const char *wire_read_name(const uint8_t *payload, size_t size,
			   char name[PALD_NAME_MAX + 1]);
const char *wire_read_call(const uint8_t *payload, size_t size,
			   struct pald_call *call);
const char *wire_read_close(const uint8_t *payload, size_t size,
			    uint32_t *handle);
const char *wire_read_opened(const uint8_t *payload, size_t size,
			     struct pald_opened *opened);

void wire_write_call(uint8_t *payload, const struct pald_call *call);
void wire_write_opened(uint8_t *payload, const struct pald_opened *opened);

/*
 * NULL, or why the text is no name of a block: 1..64 letters, digits and any of
 * - _ . of which the first is no dot.  So it never leaves its directory.
 */
const char *wire_judge_name(const char *name);

#endif /* HOST_PALD_PROTOCOL_H */
