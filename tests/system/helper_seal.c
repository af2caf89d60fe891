/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Has a PAL "sealer" seal: helper_seal PAL.pal COMMAND ...
 *
 *	seal measurement|signer ASSOCIATED SECRET [CAPACITY]	writes the blob
 *	unseal ASSOCIATED [CAPACITY]	reads the blob, writes the secret
 *	root				prints kind and id
 *	read ID				prints value, tag and strength
 *	advance ID FROM TO TAG
 *	work COUNT THREADS		seals and unseals
 *
 * Bytes are text.  An error of the PAL is printed by its name, status 3.
 */
#include <pal_host.h>
#include <pal_seal.h>
#include <pal_status.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pals/sealer.h"

#define ROOM 0x10000

static struct pal *pal;
static char out[ROOM];
static size_t out_size;

static const char *error_name(int status)
{
	static const struct {
		int status;
		const char *name;
	} errors[] = {
		{PAL_SEAL_EINVAL, "EINVAL"},	 {PAL_SEAL_ESIZE, "ESIZE"},
		{PAL_SEAL_EFORMAT, "EFORMAT"},	 {PAL_SEAL_EROOT, "EROOT"},
		{PAL_SEAL_EFOREIGN, "EFOREIGN"}, {PAL_SEAL_EVERSION, "EVERSION"},
		{PAL_SEAL_EALTERED, "EALTERED"},
		{PAL_SEAL_EUNSIGNED, "EUNSIGNED"},
		{PAL_SEAL_EMOVED, "EMOVED"},	 {PAL_SEAL_EFULL, "EFULL"},
		{PAL_SEAL_ECRYPTO, "ECRYPTO"},	 {PAL_PEER_ENOENT, "ENOENT"},
		{PAL_PEER_EBUSY, "EBUSY"},
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (status == errors[i].status - SEALER_ERROR_BASE)
			return errors[i].name;
	return pal_error_text();
}

static int call(unsigned int entry, const void *in, size_t in_size)
{
	int status = pal_call(pal, entry, in, in_size, out, sizeof(out),
			      &out_size);

	if (!status)
		return 0;
	puts(error_name(status));
	return 3;
}

static int write_out(void)
{
	return fwrite(out, 1, out_size, stdout) == out_size && !fflush(stdout)
		       ? 0
		       : 1;
}

static int request(unsigned int entry, int binding, const char *associated,
		   const char *body, size_t body_size, const char *capacity)
{
	static char in[ROOM];
	const struct sealer_request head = {
		.binding = binding,
		.associated_size = (uint32_t)strlen(associated),
		.capacity = capacity ? (uint32_t)atoi(capacity) : ROOM,
	};
	size_t size = sizeof(head);
	int status;

	memcpy(in, &head, size);
	memcpy(in + size, associated, head.associated_size);
	size += head.associated_size;
	memcpy(in + size, body, body_size);
	status = call(entry, in, size + body_size);
	return status ? status : write_out();
}

static int seal(int argc, char **argv)
{
	return request(SEALER_SEAL, !strcmp(argv[0], "signer") ? 2 : 1, argv[1],
		       argv[2], strlen(argv[2]), argc > 3 ? argv[3] : NULL);
}

static int unseal(int argc, char **argv)
{
	static char blob[ROOM / 2];
	size_t size = fread(blob, 1, sizeof(blob), stdin);

	return request(SEALER_UNSEAL, 0, argv[0], blob, size,
		       argc > 1 ? argv[1] : NULL);
}

static int root(int argc, char **argv)
{
	const struct pal_seal_root *answer = (void *)out;
	int status = call(SEALER_ROOT, NULL, 0);

	(void)argc, (void)argv;
	if (status)
		return status;
	printf("%u ", answer->kind);
	for (int i = 0; i < 16; i++)
		printf("%02x", answer->id[i]);
	putchar('\n');
	return 0;
}

static struct sealer_count count_of(const char *id, const char *tag)
{
	struct sealer_count count = {0};

	memcpy(count.id, id, strnlen(id, sizeof(count.id)));
	memcpy(count.tag, tag, strnlen(tag, sizeof(count.tag)));
	return count;
}

static int read_counter(int argc, char **argv)
{
	struct sealer_count count = count_of(argv[0], "");
	const struct pal_counter *answer = (void *)out;
	int status = call(SEALER_READ, &count, sizeof(count));

	(void)argc;
	if (!status)
		printf("%llu '%.32s' %u\n", (unsigned long long)answer->value,
		       (const char *)answer->tag, answer->strength);
	return status;
}

static int advance(int argc, char **argv)
{
	struct sealer_count count = count_of(argv[0], argv[3]);

	(void)argc;
	count.from = strtoull(argv[1], NULL, 0);
	count.to = strtoull(argv[2], NULL, 0);
	return call(SEALER_ADVANCE, &count, sizeof(count));
}

static uint32_t work_count;

static void *work_once(void *unused)
{
	int status = pal_call(pal, SEALER_WORK, &work_count, sizeof(work_count),
			      NULL, 0, NULL);

	(void)unused;
	if (status)
		puts(error_name(status));
	return status ? pal : NULL;
}

static int work(int argc, char **argv)
{
	int threads = atoi(argv[1]), failed = 0;
	pthread_t workers[4];

	(void)argc;
	work_count = (uint32_t)atoi(argv[0]);
	for (int i = 0; i < threads && i < 4; i++)
		pthread_create(&workers[i], NULL, work_once, NULL);
	for (int i = 0; i < threads && i < 4; i++) {
		void *result;

		pthread_join(workers[i], &result);
		failed |= result != NULL;
	}
	return failed;
}

static const struct {
	const char *name;
	int operands;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"seal", 3, seal},	   {"unseal", 1, unseal},
	{"root", 0, root},	   {"read", 1, read_counter},
	{"advance", 4, advance},   {"work", 2, work},
};

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, argv[2]) ||
		    argc - 3 < commands[i].operands)
			continue;
		if (pal_open(argv[1], &pal)) {
			fprintf(stderr, "%s\n", pal_error_text());
			return 1;
		}
		return commands[i].run(argc - 3, argv + 3);
	}
	return 2;
}
