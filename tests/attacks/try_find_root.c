/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searches all of RAM for the sealing root that the hypervisor was launched
 * with.  We know it only masked; unmasked it was in a file, which is
 * overwritten, and in whatever copies the pal command and the module made; or
 * in a module of GRUB's, and in whatever copies GRUB and its loader made.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../system/case.h"
#include "common_hostile.h"
#include "secret.h"

#define ROOT_FILE   "/run/root-to-find"
#define GRUBS_FILE  "/in/root-masked" /* see tests/system/test_all */

static uint64_t masked[SECRET_SIZE / 8];

/* Word by word, past the vector registers, which Linux saves in memory. */
static void write_root(uint64_t mask)
{
	volatile uint64_t root[SECRET_SIZE / 8];
	int file = open(ROOT_FILE, O_WRONLY | O_CREAT, 0600);

	for (int i = 0; i < SECRET_SIZE / 8; i++)
		root[i] = masked[i] ^ mask;
	CHECK_EQ(pwrite(file, (const void *)root, sizeof(root), 0),
		 sizeof(root));
	for (int i = 0; i < SECRET_SIZE / 8; i++)
		root[i] = 0;
	close(file);
}

static uint64_t find(void)
{
	struct attack_find order;

	memcpy(order.masked, masked, sizeof(masked));
	CHECK_EQ(hostile_order(ATTACK_FIND, &order), 0);
	CHECK(order.read_count > 0);
	return order.found_count;
}

static void launch_with_root(void)
{
	uint64_t random = (uint64_t)getpid();

	for (int i = 0; i < SECRET_SIZE / 8; i++)
		masked[i] = case_random(&random);
	write_root(SECRET_MASK);
	CHECK_EQ(system("pal disable --force >/dev/null"), 0);
	CHECK_EQ(system("pal enable --serial 0x3f8 --root " ROOT_FILE
			" >/dev/null 2>&1"),
		 0);
}

static void end_hypervisor(void)
{
	struct attack_refused refused;

	CHECK_EQ(system("pal disable >/dev/null"), 0);
	CHECK_EQ(hostile_order(ATTACK_REFUSED, &refused), 0);
	CHECK_EQ(refused.refused_count, 0); /* all of RAM can be searched */
}

static void read_masked(void)
{
	int file = open(GRUBS_FILE, O_RDONLY);

	if (file < 0)
		case_skip("GRUB was given no root to find");
	CHECK_EQ(read(file, masked, sizeof(masked)), sizeof(masked));
	close(file);
}

static void the_root_that_grub_brought_is_not_found(void)
{
	if (!hostile_was_before_linux())
		case_skip("it was launched late");
	read_masked();
	CHECK_EQ(system("pal status | grep -q \"from the owner's file\""), 0);
	CHECK_EQ(find(), 0);
	write_root(SECRET_MASK);
	CHECK(find() > 0); /* in the file, so the search works */
	write_root(0);
	CHECK_EQ(find(), 0);
	unlink(ROOT_FILE);
}

static void the_root_is_not_found_while_it_runs_nor_after(void)
{
	if (hostile_was_before_linux())
		case_skip("it was there before Linux, and stays");
	launch_with_root();
	CHECK(find() > 0); /* in the file, so the search works */
	write_root(0);
	CHECK_EQ(find(), 0);
	CHECK_EQ(system("pal status | grep -q \"from the owner's file\""), 0);
	end_hypervisor();
	CHECK_EQ(find(), 0);
	CHECK_EQ(system("pal enable --serial 0x3f8 >/dev/null"), 0);
	unlink(ROOT_FILE);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(the_root_is_not_found_while_it_runs_nor_after);
	RUN(the_root_that_grub_brought_is_not_found);
	return case_end();
}
