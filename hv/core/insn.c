/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/insn.h"

#define REX_W	8u
#define REX_R	4u

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

bool insn_decode_store(const uint8_t *bytes, unsigned int count,
		       const struct guest_regs *regs, struct insn_store *store)
{
	unsigned int at = 0, rex = 0, opcode, operand;
	uint32_t value;

	if (count > 0 && (bytes[0] & 0xf0) == 0x40)
		rex = bytes[at++];
	if (at >= count || rex & REX_W)
		return false;
	opcode = bytes[at++];
	if (opcode == MOV_STORE_EAX) {
		value = register_value(regs, 0);
		at += 8;
	} else {
		operand = operand_length(bytes + at, count - at);
		if (operand == 0 || at + operand > count)
			return false;
		if (opcode == MOV_STORE) {
			value = register_value(regs, (bytes[at] >> 3 & 7) |
					       (rex & REX_R ? 8u : 0u));
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
