/* SPDX-License-Identifier: BSD-2-Clause */
#include "root.h"

#include <stddef.h>

#include "firmware.h"
#include "lib/string.h"
#include "print.h"
#include "tpm/tpm_device.h"
#include "tpm/tpm_root.h"

#define PLACE_TEXT_MAX	80
#define TPM_TRIES	50
#define TPM_PAUSE_US	20000
#define FOUR_GIB	(UINT64_C(1) << 32)
#define EACH_BYTE	UINT64_C(0x0101010101010101)
#define HIGHEST_BITS	UINT64_C(0x8080808080808080)

_Static_assert(TPM_ROOT_MAX == HV_ROOT_SIZE_MAX, "what the TPM gives fits");

/* Which machine's TPM: as a device has a number, so that the SDK's code sends. */
static const struct info *machine;

long tpm_device_send(int device, const struct tpm_command *command,
		     uint8_t response[TPM_MESSAGE_MAX])
{
	uint32_t size = 0;
	unsigned int i;

	(void)device;
	if (command->failed)
		return -1;
	for (i = 0; i < TPM_TRIES; i++) {
		size = firmware_ask_tpm(machine, command->bytes,
					(uint32_t)command->size, response,
					TPM_MESSAGE_MAX);
		if (!tpm_response_is_not_now(response, size))
			break;
		firmware_wait_us(machine, TPM_PAUSE_US);
	}
	return size ? (long)size : -1;
}

/* A compiler leaves out no volatile store. */
static void wipe(volatile char *at, uint64_t size)
{
	while (size--)
		*at++ = 0;
}

void root_wipe(struct hv_root *root)
{
	wipe((volatile char *)root, sizeof(*root));
}

static void take_module(struct hv_root *root, const struct info_module *module)
{
	if (module->size < HV_ROOT_SIZE_MIN || module->size > HV_ROOT_SIZE_MAX)
		fail("Palisade: the module 'root' is no sealing root, which "
		     "has %u to %u bytes: make one with pal root new",
		     HV_ROOT_SIZE_MIN, HV_ROOT_SIZE_MAX);
	root->kind = HV_ROOT_FILE;
	root->size = (uint32_t)module->size;
	memcpy(root->bytes, (const void *)module->base, module->size);
}

/* The word, which a blank ends on the line and a zero here. */
static void parse_place(const char *word, struct tpm_root_place *place)
{
	char text[PLACE_TEXT_MAX] = "";
	size_t i;

	for (i = 0; i < sizeof(text) - 1 && word[i] && word[i] != ' '; i++)
		text[i] = word[i];
	if (!tpm_root_parse(text, place))
		fail("Palisade: root-tpm=%s is not HANDLE:PCR,PCR,... like "
		     "0x81000100:4,7,9,15 (see palisade-root(7))", text);
}

static void fail_by_tpm(const struct tpm_root_place *place, long status)
{
	if (status == TPM_ROOT_NO_DEVICE)
		fail("Palisade: no root from the TPM: the firmware reaches no "
		     "TPM 2.0; is it on in the firmware's setup?");
	if (status == TPM_ROOT_NONSENSE)
		fail("Palisade: no root from the TPM: it answers nonsense");
	fail("Palisade: the TPM does not give the root at 0x%x: %s (TPM "
	     "response code 0x%lx)", place->handle, tpm_root_reason(status),
	     (uint64_t)status);
}

/* One that others could take as well would be worth nothing. */
static void take_from_tpm(struct hv_root *root,
			  const struct tpm_root_place *place)
{
	size_t size = 0;
	long status = tpm_root_unseal(0, place, root->bytes, &size);

	if (tpm_root_is_absent(status)) {
		print_line("Palisade: the TPM has no root at 0x%x yet: what is "
			   "sealed now opens until the next start only",
			   place->handle);
		return;
	}
	if (!status && size < HV_ROOT_SIZE_MIN)
		fail("Palisade: what the TPM has at 0x%x is no sealing root: "
		     "it has %lu bytes, not %u to %u", place->handle, size,
		     HV_ROOT_SIZE_MIN, HV_ROOT_SIZE_MAX);
	if (!status)
		status = tpm_root_cap(0, place);
	if (status)
		fail_by_tpm(place, status);
	root->kind = HV_ROOT_TPM;
	root->size = (uint32_t)size;
}

void root_take(struct hv_root *root, const struct info *info)
{
	const struct info_module *module = info_module(info, "root");
	const char *word = info_text(info->words, "root-tpm");
	struct tpm_root_place place;

	root_wipe(root);
	if (module && word)
		fail("Palisade: a module 'root' and root-tpm=: one root is "
		     "enough");
	if (module)
		take_module(root, module);
	if (!word)
		return;
	if (!info->efi.image)
		fail("Palisade: root-tpm= needs UEFI and its boot services; "
		     "elsewhere a module 'root' brings one");
	parse_place(word, &place);
	machine = info;
	take_from_tpm(root, &place);
}

/* Only a byte that is zero borrows without having its highest bit set. */
static bool has_byte(uint64_t word, uint8_t byte)
{
	uint64_t difference = word ^ EACH_BYTE * byte;

	return (difference - EACH_BYTE) & ~difference & HIGHEST_BITS;
}

/* One that is rare in memory, for zero is not. */
static uint32_t find_rare_byte(const struct hv_root *root)
{
	uint32_t i = 0;

	while (i < root->size - 1 && root->bytes[i] == 0)
		i++;
	return i;
}

/* Copies of which the byte number `rare` is one of the eight at `at`. */
static void wipe_copies_at(uint64_t at, const struct info_range *range,
			   const struct hv_root *root, uint32_t rare,
			   uint64_t kept)
{
	uint64_t end = range->base + range->size;
	uint64_t copy;

	for (copy = at - rare; copy != at - rare + 8; copy++)
		if (copy >= range->base && copy < end && copy != kept &&
		    root->size <= end - copy &&
		    !memcmp((const void *)copy, root->bytes, root->size))
			wipe((volatile char *)copy, root->size);
}

static void wipe_copies_in(const struct info_range *range,
			   const struct hv_root *root, uint64_t kept)
{
	uint64_t end = range->base + range->size;
	uint32_t rare = find_rare_byte(root);
	uint64_t at;

	for (at = range->base & ~UINT64_C(7); at < end; at += 8)
		if (has_byte(*(const volatile uint64_t *)at,
			     root->bytes[rare]))
			wipe_copies_at(at, range, root, rare, kept);
}

void root_wipe_copies(const struct hv_root *root, const struct memory *memory,
		      uint64_t kept)
{
	uint32_t i;

	for (i = 0; i < memory->range_count && root->size; i++) {
		struct info_range range = memory->ranges[i];

		if (range.kind != MEMORY_RAM || range.base >= FOUR_GIB)
			continue;
		if (range.size > FOUR_GIB - range.base)
			range.size = FOUR_GIB - range.base;
		wipe_copies_in(&range, root, kept);
	}
}
