/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/insn.h"

#define REX_W	8u
#define REX_R	4u
#define OPERAND_SIZE	0x66
#define ADDRESS_SIZE	0x67

/* Bit 0 clear: one byte. */
#define WIDE		1u
#define MOV_STORE	0x88
#define MOV_STORE_IMM	0xc6
#define MOV_STORE_EAX	0xa2

static uint32_t register_value(const struct guest_regs *regs, unsigned int i)
{
	const uint64_t values[16] = {
		regs->rax, regs->rcx, regs->rdx, regs->rbx,
		regs->rsp, regs->rbp, regs->rsi, regs->rdi,
		regs->r8, regs->r9, regs->r10, regs->r11,
		regs->r12, regs->r13, regs->r14, regs->r15,
	};

	return (uint32_t)values[i];
}

/* Bytes of ModRM, SIB and displacement; 0 if the operand is not memory. */
static unsigned int operand_length(const uint8_t *bytes, unsigned int count)
{
	unsigned int mod, rm, length = 1;

	if (count < 1)
		return 0;
	mod = bytes[0] >> 6;
	rm = bytes[0] & 7;
	if (mod == 3 || (rm == 4 && count < 2))
		return 0;
	if (rm == 4) {				/* a SIB byte follows */
		length++;
		if (mod == 0 && (bytes[1] & 7) == 5)
			length += 4;
	} else if (mod == 0 && rm == 5) {	/* relative to RIP */
		length += 4;
	}
	if (mod == 1)
		length += 1;
	if (mod == 2)
		length += 4;
	return length;
}

static uint32_t immediate(const uint8_t *bytes, unsigned int size)
{
	uint32_t value = 0;

	while (size-- > 0)
		value = value << 8 | bytes[size];
	return value;
}

struct prefixes {
	unsigned int length;
	unsigned int rex;
	bool has_operand_size, has_address_size;
};

static bool is_segment_override(uint8_t byte)
{
	return (byte & 0xe7) == 0x26 || byte == 0x64 || byte == 0x65;
}

static struct prefixes read_prefixes(enum insn_mode mode, const uint8_t *bytes,
				     unsigned int count)
{
	struct prefixes found = { 0 };

	for (; found.length < count; found.length++) {
		uint8_t byte = bytes[found.length];

		if (byte == OPERAND_SIZE)
			found.has_operand_size = true;
		else if (byte == ADDRESS_SIZE)
			found.has_address_size = true;
		else if (!is_segment_override(byte))
			break;
	}
	if (mode == INSN_64_BIT && found.length < count &&
	    (bytes[found.length] & 0xf0) == 0x40)
		found.rex = bytes[found.length++];
	return found;
}

/* Addresses of the usual form: 32 or 64 bits. */
static bool is_form_right(enum insn_mode mode, const struct prefixes *prefixes)
{
	return prefixes->has_address_size == (mode == INSN_16_BIT) &&
	       !(prefixes->rex & REX_W);
}

bool insn_decode_store(enum insn_mode mode, const uint8_t *bytes,
		       unsigned int count, const struct guest_regs *regs,
		       struct insn_store *store)
{
	struct prefixes prefixes = read_prefixes(mode, bytes, count);
	unsigned int at = prefixes.length, opcode, operand, size, from;
	uint32_t value;

	if (at >= count || !is_form_right(mode, &prefixes))
		return false;
	size = prefixes.has_operand_size == (mode == INSN_16_BIT) ? 4 : 2;
	if (!(bytes[at] & WIDE))
		size = 1;
	opcode = bytes[at++] & ~WIDE;
	if (opcode == MOV_STORE_EAX) {
		value = register_value(regs, 0);
		at += mode == INSN_64_BIT ? 8 : 4;
	} else {
		operand = operand_length(bytes + at, count - at);
		if (operand == 0 || at + operand > count)
			return false;
		from = (bytes[at] >> 3 & 7) | (prefixes.rex & REX_R) << 1;
		if (opcode == MOV_STORE) {
			/* Without REX four bytes are AH to BH. */
			if (size == 1 && !prefixes.rex && from >= 4)
				return false;
			value = register_value(regs, from);
			at += operand;
		} else if (opcode == MOV_STORE_IMM && !(bytes[at] & 0x38) &&
			   at + operand + size <= count) {
			value = immediate(bytes + at + operand, size);
			at += operand + size;
		} else {
			return false;
		}
	}
	if (at > count)
		return false;
	*store = (struct insn_store){
		.value = value & UINT32_MAX >> (32 - size * 8),
		.size = size,
		.length = at,
	};
	return true;
}
