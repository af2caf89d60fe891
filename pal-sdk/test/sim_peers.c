/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim_peers.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "abi/pal_image.h"
#include "abi/policy.h"
#include "host/file.h"

const char *sim_folder = ".";
char sim_policy_path[64];
struct pal *a, *b, *c;

struct policy {
	struct policy_header header;
	struct policy_rule rules[11];
};

/* a calls b, b calls c, b calls a; chain0 calls chain1, and so on. */
void write_policy(void)
{
	static const char *const names[] = {
		"a",	  "b",	    "c",      "chain0", "chain1",     "chain2",
		"chain3", "chain4", "chain5", "typed",	"typed-peer",
	};
	static const uint64_t may_call[] = {
		3, 5, 0, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8, 0, 0, 1 << 9,
	};
	struct policy policy = {.header = {.magic = POLICY_MAGIC,
					   .version = POLICY_VERSION,
					   .size = sizeof(policy),
					   .flags = POLICY_ALLOW_DEBUG,
					   .rule_count = 11}};
	int file = memfd_create("policy", 0);

	for (int i = 0; i < 11; i++) {
		strcpy(policy.rules[i].name, names[i]);
		policy.rules[i].may_call = may_call[i];
	}
	if (write(file, &policy, sizeof(policy)) != sizeof(policy)) {
		printf("Bail out! no file for a policy\n");
		exit(1);
	}
	snprintf(sim_policy_path, sizeof(sim_policy_path), "/proc/self/fd/%d", file);
	setenv("PAL_SIM_POLICY", sim_policy_path, 1);
}

struct pal *open_as(const char *image, const char *name)
{
	char path[4096];
	struct pal_image_header *header;
	struct pal *pal = NULL;
	void *bytes;
	size_t size;

	snprintf(path, sizeof(path), "%s/%s.pal", sim_folder, image);
	if (file_read(path, &bytes, &size)) {
		printf("Bail out! %s\n", pal_error_text());
		exit(1);
	}
	header = bytes;
	memset(header->name, 0, sizeof(header->name));
	strcpy(header->name, name);
	if (pal_open_image(bytes, size, &pal)) {
		printf("Bail out! %s: %s\n", name, pal_error_text());
		exit(1);
	}
	free(bytes);
	return pal;
}

struct pal *open_named(const char *name)
{
	return open_as("sim_peer", name);
}

void open_triangle(void)
{
	a = open_named("a");
	b = open_named("b");
	c = open_named("c");
}

void close_triangle(void)
{
	pal_close(a);
	pal_close(b);
	pal_close(c);
}
