/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/insn.h"

#define REX_W	8u
#define REX_R	4u
#define OPERAND_SIZE	0x66
#define ADDRESS_SIZE	0x67

#define MOV_STORE	0x89
#define MOV_STORE_IMM	0xc7
#define MOV_STORE_EAX	0xa3

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

static uint32_t immediate(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
	       (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
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

/* 32-bit operands, and addresses of the usual form: 32 or 64 bits. */
static bool is_size_right(enum insn_mode mode, const struct prefixes *prefixes)
{
	bool is_wanted = mode == INSN_16_BIT;

	return prefixes->has_operand_size == is_wanted &&
	       prefixes->has_address_size == is_wanted &&
	       !(prefixes->rex & REX_W);
}

bool insn_decode_store(enum insn_mode mode, const uint8_t *bytes,
		       unsigned int count, const struct guest_regs *regs,
		       struct insn_store *store)
{
	struct prefixes prefixes = read_prefixes(mode, bytes, count);
	unsigned int at = prefixes.length, opcode, operand;
	uint32_t value;

	if (at >= count || !is_size_right(mode, &prefixes))
		return false;
	opcode = bytes[at++];
	if (opcode == MOV_STORE_EAX) {
		value = register_value(regs, 0);
		at += mode == INSN_64_BIT ? 8 : 4;
	} else {
		operand = operand_length(bytes + at, count - at);
		if (operand == 0 || at + operand > count)
			return false;
		if (opcode == MOV_STORE) {
			value = register_value(regs, (bytes[at] >> 3 & 7) |
					       (prefixes.rex & REX_R) << 1);
			at += operand;
		} else if (opcode == MOV_STORE_IMM && !(bytes[at] & 0x38) &&
			   at + operand + 4 <= count) {
			value = immediate(bytes + at + operand);
			at += operand + 4;
		} else {
			return false;
		}
	}
	if (at > count)
		return false;
	*store = (struct insn_store){ .value = value, .length = at };
	return true;
}
