/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe_lists.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Leaf, subleaf. */
const __typeof__(cpuid_list[0]) cpuid_list[] = {
	{ 0x00000000, 0 }, { 0x00000001, 0 }, { 0x00000005, 0 },
	{ 0x00000006, 0 }, { 0x00000007, 0 }, { 0x00000007, 1 },
	{ 0x0000000d, 0 }, { 0x0000000d, 1 }, { 0x0000000d, 2 },
	{ 0x40000000, 0 }, { 0x4fff5000, 0 }, { 0x80000000, 0 },
	{ 0x80000001, 0 }, { 0x80000002, 0 }, { 0x80000004, 0 },
	{ 0x80000005, 0 }, { 0x80000006, 0 }, { 0x80000007, 0 },
	{ 0x80000008, 0 }, { 0x8000000a, 0 }, { 0x8000001d, 0 },
	{ 0x8000001e, 0 }, { 0x8000001f, 0 }, { 0xffffffff, 0 },
};
const unsigned int cpuid_count = COUNT(cpuid_list);

const uint32_t msr_list[] = {
	0x0000001b, 0x000000fe, 0x00000174, 0x00000175, 0x00000179,
	0x000001d9, 0x00000200, 0x00000201, 0x00000250, 0x00000277,
	0x000002ff, 0x00000802, 0x40000000, 0xc0000080, 0xc0000081,
	0xc0000082, 0xc0000084, 0xc0000100, 0xc0000102, 0xc0000103,
	0xc0010010, 0xc0010015, 0xc001001a, 0xc0010114, 0xc0010117,
	0xc0011029, 0xdeadbeef,
};
const unsigned int msr_count = COUNT(msr_list);

/* The high half is 0. */
const __typeof__(msr_write_list[0]) msr_write_list[] = {
	{ 0x00000174, 0x0000abcd }, { 0x00000175, 0x12345678 },
	{ 0x00000277, 0x00070406 }, { 0x00000277, 0x02020202 },
	{ 0xc0000081, 0x87654321 }, { 0xc0000082, 0x10002000 },
	{ 0xc0000103, 0x00000007 },
	{ 0xc0010117, 0x00001000 }, { 0xc0010114, 0x00000000 },
};
const unsigned int msr_write_count = COUNT(msr_write_list);
