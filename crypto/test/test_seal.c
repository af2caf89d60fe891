/* SPDX-License-Identifier: BSD-2-Clause */
/* The notary's services on the host: sealing, counting, requests. */
#include <psa/crypto.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "abi/service.h"
#include "notary/service.h"
#include "pal_seal.h"
#include "test/tap.h"

#define SECRET_SIZE 50
#define BLOB_SIZE   (SECRET_SIZE + PAL_SEAL_OVERHEAD)

static struct seal seal, other_seal;
static struct pal_identity pal;
static uint8_t secret[SECRET_SIZE], blob[BLOB_SIZE];
static const struct seal_bytes nothing;

static int fill_random(void *to, size_t size)
{
	return psa_generate_random(to, size) == PSA_SUCCESS ? 0 : -1;
}

static int no_random(void *to, size_t size)
{
	(void)to, (void)size;
	return -1;
}

static struct seal_bytes bytes_of(const void *at, size_t size)
{
	return (struct seal_bytes){at, size};
}

static long make(uint32_t binding)
{
	return seal_make(&seal, &pal, binding, bytes_of("for", 3),
			 bytes_of(secret, sizeof(secret)), blob, sizeof(blob));
}

/* Into memory of exactly this capacity. */
static long open_as(const struct seal *with, const struct pal_identity *who,
		    const char *associated, const uint8_t *from, size_t size,
		    size_t capacity)
{
	uint8_t *copy = malloc(size + 1), *room = malloc(capacity + 1);
	long result;

	memcpy(copy, from, size);
	result = seal_open(with, who, bytes_of(associated, strlen(associated)),
			   bytes_of(copy, size), room, capacity);
	if (result == SECRET_SIZE && memcmp(room, secret, SECRET_SIZE))
		result = -1000;
	free(copy);
	free(room);
	return result;
}

static long reopen(void)
{
	return open_as(&seal, &pal, "for", blob, sizeof(blob), SECRET_SIZE);
}

static void what_is_sealed_opens(void)
{
	CHECK(make(PAL_SEAL_TO_MEASUREMENT) == BLOB_SIZE);
	CHECK(reopen() == SECRET_SIZE);
	CHECK(make(PAL_SEAL_TO_SIGNER) == BLOB_SIZE);
	CHECK(reopen() == SECRET_SIZE);
	CHECK(seal_make(&seal, &pal, PAL_SEAL_TO_SIGNER, nothing, nothing, blob,
			PAL_SEAL_OVERHEAD) == PAL_SEAL_OVERHEAD);
	CHECK(open_as(&seal, &pal, "", blob, PAL_SEAL_OVERHEAD, 0) == 0);
}

static void each_bit_counts(void)
{
	CHECK(make(PAL_SEAL_TO_SIGNER) == BLOB_SIZE);
	for (size_t bit = 0; bit < 8 * sizeof(blob); bit++) {
		blob[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(reopen() < 0);
		blob[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CHECK(reopen() == SECRET_SIZE);
}

static void each_byte_counts(void)
{
	for (size_t size = 0; size < sizeof(blob); size++)
		CHECK(open_as(&seal, &pal, "for", blob, size, SECRET_SIZE) ==
		      NOTARY_EFORMAT);
	CHECK(open_as(&seal, &pal, "fo", blob, sizeof(blob), SECRET_SIZE) ==
	      NOTARY_EALTERED);
	CHECK(open_as(&seal, &pal, "for", blob, sizeof(blob),
		      SECRET_SIZE - 1) == NOTARY_EROOM);
	CHECK(seal_make(&seal, &pal, 2, nothing, bytes_of(secret, 50), blob,
			BLOB_SIZE - 1) == NOTARY_EROOM);
	CHECK(seal_make(&seal, &pal, 2, nothing, bytes_of(secret, 0), blob,
			PAL_SEAL_OVERHEAD - 1) == NOTARY_EROOM);
}

#define OPENED_WITH(binding, change)                                           \
	({                                                                     \
		struct pal_identity reader = pal;                              \
                                                                               \
		CHECK(make(binding) == BLOB_SIZE);                             \
		change;                                                        \
		open_as(&seal, &reader, "for", blob, sizeof(blob), 50);        \
	})

static void who_opens_is_who_may(void)
{
	const uint32_t image = PAL_SEAL_TO_MEASUREMENT;
	const uint32_t signer = PAL_SEAL_TO_SIGNER;

	CHECK(OPENED_WITH(image, reader.measurement[47] ^= 1) == NOTARY_EOTHER);
	CHECK(OPENED_WITH(image, reader.signer[0] ^= 1) == SECRET_SIZE);
	CHECK(OPENED_WITH(image, reader.name[0] ^= 1) == SECRET_SIZE);
	CHECK(OPENED_WITH(signer, reader.measurement[0] ^= 1) == SECRET_SIZE);
	CHECK(OPENED_WITH(signer, reader.signer[47] ^= 1) == NOTARY_EOTHER);
	CHECK(OPENED_WITH(signer, memset(reader.signer, 0, 48)) ==
	      NOTARY_EOTHER);
	CHECK(OPENED_WITH(signer, reader.name[31] ^= 1) == NOTARY_EOTHER);
	CHECK(OPENED_WITH(signer, reader.security_version++) == SECRET_SIZE);
	CHECK(OPENED_WITH(signer, reader.security_version--) == NOTARY_ENEWER);
	for (uint32_t binding = image; binding <= signer; binding++) {
		CHECK(OPENED_WITH(binding, reader.flags ^=
				  PAL_IDENTITY_DEBUG) == NOTARY_EOTHER);
		CHECK(OPENED_WITH(binding, reader.flags ^=
				  PAL_IDENTITY_SIMULATED) == NOTARY_EOTHER);
		CHECK(OPENED_WITH(binding, reader.flags ^=
				  PAL_IDENTITY_SIGNED) == SECRET_SIZE);
	}
	CHECK(make(0) == NOTARY_EINVAL && make(3) == NOTARY_EINVAL);
}

/* The ids are hints: who changes them as well gains nothing. */
static void ids_are_only_hints(void)
{
	struct pal_identity reader = pal;
	uint8_t subject[SEAL_SUBJECT_SIZE];

	CHECK(make(PAL_SEAL_TO_SIGNER) == BLOB_SIZE);
	CHECK(open_as(&other_seal, &pal, "for", blob, BLOB_SIZE, 50) ==
	      NOTARY_EROOT);
	memcpy(blob + 24, other_seal.root_id, SEAL_ID_SIZE);
	CHECK(open_as(&other_seal, &pal, "for", blob, BLOB_SIZE, 50) ==
	      NOTARY_EALTERED);
	CHECK(make(PAL_SEAL_TO_SIGNER) == BLOB_SIZE);
	reader.name[0] ^= 1;
	seal_subject(&reader, PAL_SEAL_TO_SIGNER, subject);
	CHECK(!seal_name_subject(subject, blob + 40));
	CHECK(open_as(&seal, &reader, "for", blob, BLOB_SIZE, 50) ==
	      NOTARY_EALTERED);
	/* Nor who raises or lowers the version. */
	CHECK(make(PAL_SEAL_TO_SIGNER) == BLOB_SIZE);
	blob[12]--;
	CHECK(reopen() == NOTARY_EALTERED);
}

static void roots_are_judged(void)
{
	struct hv_root root = {.kind = HV_ROOT_FILE, .size = 32};
	struct seal fresh = {0};

	CHECK(!seal_start(&fresh, &root, fill_random));
	CHECK(seal_start(&fresh, &root, no_random) == NOTARY_ESERVICE);
	CHECK(fresh.root.size == 0);
	CHECK(seal_make(&fresh, &pal, 1, nothing, nothing, blob, BLOB_SIZE) ==
	      NOTARY_ESERVICE);
	CHECK(open_as(&fresh, &pal, "", blob, BLOB_SIZE, 50) ==
	      NOTARY_ESERVICE);
	root.size = HV_ROOT_SIZE_MIN - 1;
	CHECK(seal_start(&fresh, &root, fill_random) == NOTARY_ESERVICE);
	root.size = HV_ROOT_SIZE_MAX + 1;
	CHECK(seal_start(&fresh, &root, fill_random) == NOTARY_ESERVICE);
	root.size = HV_ROOT_SIZE_MAX;
	root.kind = HV_ROOT_KINDS;
	CHECK(seal_start(&fresh, &root, fill_random) == NOTARY_ESERVICE);
}

static void salts_are_never_the_same(void)
{
	uint8_t before[SEAL_SALT_SIZE];

	for (int i = 0; i < 100; i++) {
		memcpy(before, blob + 56, sizeof(before));
		CHECK(make(PAL_SEAL_TO_SIGNER) == BLOB_SIZE);
		CHECK(memcmp(before, blob + 56, sizeof(before)));
	}
	/* Set back to an earlier state: only the same contents get it again. */
	memcpy(before, blob + 56, sizeof(before));
	seal.salt_count--;
	CHECK(make(PAL_SEAL_TO_SIGNER) == BLOB_SIZE);
	CHECK(!memcmp(before, blob + 56, sizeof(before)));
	seal.salt_count--;
	secret[0] ^= 1;
	CHECK(make(PAL_SEAL_TO_SIGNER) == BLOB_SIZE);
	CHECK(memcmp(before, blob + 56, sizeof(before)));
}

/* ---- Counters ------------------------------------------------------------ */

static struct register_table *table;
static struct register_owner owner = {.name = "owner", .security_version = 4};
static const uint8_t id[16] = "a counter";

static int advance(unsigned int writer, uint64_t from, uint64_t to)
{
	struct register_step step = {.from = from, .to = to};

	memset(step.tag, (int)to, sizeof(step.tag));
	return register_advance(table, writer, &owner, id, &step);
}

/* The value; UINT64_MAX if the tag is not its own. */
static uint64_t value(void)
{
	struct register_record record;

	if (register_read(table, &owner, id, &record))
		return UINT64_MAX;
	for (int i = 0; i < 32; i++)
		if (record.tag[i] != (uint8_t)record.value)
			return UINT64_MAX;
	return record.value;
}

static void new_table(void)
{
	if (table)
		munmap(table, sizeof(*table));
	table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static void counters_only_grow(void)
{
	new_table();
	CHECK(value() == 0);
	CHECK(advance(0, 5, 6) == NOTARY_EMOVED);
	CHECK(advance(0, 0, 0) == NOTARY_EINVAL);
	CHECK(advance(0, 0, 3) == 0 && value() == 3);
	CHECK(advance(1, 3, 3) == NOTARY_EINVAL);
	CHECK(advance(1, 3, 2) == NOTARY_EINVAL);
	CHECK(advance(1, 0, 4) == NOTARY_EMOVED && value() == 3);
	CHECK(advance(7, 3, UINT64_MAX) == 0);
	CHECK(advance(7, UINT64_MAX, 0) == NOTARY_EINVAL);
	for (uint64_t i = 0; i < 5000; i++) {
		owner.name[15] = 1;
		CHECK(advance((unsigned int)(i % 8), i, i + 1) == 0);
	}
	CHECK(value() == 5000);
	owner.name[15] = 0;
}

static void an_older_version_is_shut_out(void)
{
	new_table();
	CHECK(advance(0, 0, 1) == 0);
	owner.security_version++;
	CHECK(value() == 1 && advance(0, 1, 2) == 0);
	owner.security_version--;
	CHECK(value() == UINT64_MAX && advance(0, 2, 3) == NOTARY_ENEWER);
}

static int fill_up(struct register_owner who, uint32_t *count)
{
	const struct register_step step = {.to = 1};
	uint8_t name[16] = {0};
	int err;

	for (*count = 0;; ++*count) {
		memcpy(name, count, sizeof(*count));
		err = register_advance(table, *count % 8, &who, name, &step);
		if (err)
			return err;
	}
}

static void nobody_fills_it_for_others(void)
{
	struct register_owner who = {.name = {1}};
	uint32_t count, sum = 0;

	new_table();
	for (; who.name[0] < 20; who.name[0]++) {
		CHECK(fill_up(who, &count) == NOTARY_EFULL);
		CHECK(count <= REGISTER_OPEN_MOST);
		sum += count;
	}
	CHECK(sum == REGISTER_OPEN_COUNT);
	who.is_certified = true;
	CHECK(fill_up(who, &count) == NOTARY_EFULL);
	CHECK(count == REGISTER_CERTIFIED_MOST);
	who.name[0]++;
	CHECK(fill_up(who, &count) == NOTARY_EFULL);
	CHECK(count == REGISTER_CERTIFIED_COUNT - REGISTER_CERTIFIED_MOST);
	who.name[0]++;
	CHECK(fill_up(who, &count) == NOTARY_EFULL && count == 0);
}

#define STEPS 3000

static void *count_up(void *writer)
{
	uintptr_t done = 0;
	uint64_t now;

	while ((now = value()) < STEPS)
		done += advance((unsigned int)(uintptr_t)writer, now,
				now + 1) == 0;
	return now == STEPS ? (void *)done : NULL;
}

static void writers_at_once_lose_nothing(void)
{
	pthread_t threads[REGISTER_WRITERS];
	uintptr_t sum = 0;
	void *done;

	new_table();
	for (uintptr_t i = 0; i < REGISTER_WRITERS; i++)
		pthread_create(&threads[i], NULL, count_up, (void *)i);
	for (int i = 0; i < REGISTER_WRITERS; i++) {
		pthread_join(threads[i], &done);
		sum += (uintptr_t)done;
	}
	CHECK(sum == STEPS && value() == STEPS);
}

static pid_t start_writer(unsigned int writer)
{
	pid_t pid = fork();

	while (!pid) {
		uint64_t now = value();

		if (now == UINT64_MAX)
			_exit(1); /* torn */
		advance(writer, now, now + 1);
	}
	return pid;
}

static void writers_that_are_killed_leave_it_whole(void)
{
	pid_t writers[4];
	uint64_t before = 0;

	new_table();
	for (unsigned int i = 0; i < 4; i++)
		writers[i] = start_writer(i);
	for (unsigned int kills = 0; kills < 100; kills++) {
		unsigned int i = kills % 4;
		int status;

		usleep((useconds_t)(rand() % 500));
		kill(writers[i], SIGKILL);
		waitpid(writers[i], &status, 0);
		CHECK(WIFSIGNALED(status));
		CHECK(value() >= before && value() != UINT64_MAX);
		before = value();
		writers[i] = start_writer(i);
	}
	for (int i = 0; i < 4; i++) {
		kill(writers[i], SIGKILL);
		waitpid(writers[i], NULL, 0);
	}
	before = value();
	CHECK(advance(7, before, before + 1) == 0 && value() == before + 1);
}

/* ---- Requests ------------------------------------------------------------ */

static struct service service;

static long ask(unsigned int entry, const void *in, size_t size, void *out,
		size_t capacity)
{
	const struct service_caller caller = {&pal, 0};
	void *copy = malloc(size + 1);
	long result;

	memcpy(copy, in, size);
	result = service_answer(&service, caller, entry, bytes_of(copy, size),
				out, capacity);
	free(copy);
	return result;
}

static void malformed_requests_are_refused(void)
{
	struct notary_seal head = {.binding = 1, .associated_size = 1};
	static uint8_t in[40000], out[40000];

	service.seal = seal;
	service.counters = table;
	for (size_t size = 0; size < 8; size++)
		CHECK(ask(NOTARY_SEAL, &head, size, out, 500) == NOTARY_EINVAL);
	CHECK(ask(NOTARY_SEAL, &head, 8, out, 500) == NOTARY_EINVAL);
	head.associated_size = UINT32_MAX;
	memcpy(in, &head, sizeof(head));
	CHECK(ask(NOTARY_SEAL, in, 500, out, 500) == NOTARY_EINVAL);
	head.associated_size = 0;
	memcpy(in, &head, sizeof(head));
	CHECK(ask(NOTARY_UNSEAL, in, 500, out, 500) == NOTARY_EINVAL);
	CHECK(ask(NOTARY_SEAL, in, 8 + 32001, out, 40000) == NOTARY_EINVAL);
	CHECK(ask(NOTARY_SEAL, in, 8 + 32000, out, 40000) == 32104);
	CHECK(ask(NOTARY_ROOT, in, 0, out, 19) == NOTARY_EROOM);
	CHECK(ask(NOTARY_ROOT, in, 0, out, 20) == 20);
	CHECK(ask(NOTARY_COUNTER_READ, in, 63, out, 64) == NOTARY_EINVAL);
	CHECK(ask(NOTARY_COUNTER_READ, in, 64, out, 63) == NOTARY_EROOM);
	CHECK(ask(NOTARY_COUNTER_READ, in, 64, out, 64) == 64);
	CHECK(ask(NOTARY_COUNTER_ADVANCE, in, 63, out, 0) == NOTARY_EINVAL);
	CHECK(ask(NOTARY_COUNTER_ADVANCE + 1, in, 64, out, 64) ==
	      NOTARY_EINVAL);
}

/* ---- Vectors ------------------------------------------------------------- */

/* tests/vectors/seal.vectors: a name and a value in hexadecimal, again. */
static size_t next_value(FILE *file, uint8_t *to)
{
	char name[32], digits[1024];
	size_t size = 0;

	if (fscanf(file, " %31s = %1023s", name, digits) != 2)
		return SIZE_MAX;
	if (!strcmp(digits, "-"))
		return 0;
	for (unsigned int byte; sscanf(digits + 2 * size, "%2x", &byte) == 1;)
		to[size++] = (uint8_t)byte;
	return size;
}

static bool check_vector(FILE *file)
{
	uint8_t salt[512], associated[512], text[512], wanted[512], made[512];
	struct pal_identity who;
	struct hv_root root = {.kind = HV_ROOT_FILE};
	uint8_t binding[512];
	struct seal with = {0};
	size_t associated_size, text_size, size;

	size = next_value(file, root.bytes);
	if (size == SIZE_MAX)
		return false;
	root.size = (uint32_t)size;
	CHECK(next_value(file, (uint8_t *)&who) == sizeof(who));
	CHECK(next_value(file, binding) == 1);
	CHECK(next_value(file, salt) == SEAL_SALT_SIZE);
	associated_size = next_value(file, associated);
	text_size = next_value(file, text);
	size = next_value(file, wanted);
	CHECK(!seal_start(&with, &root, fill_random));
	CHECK(seal_make_with(&with, &who, binding[0], salt,
			     bytes_of(associated, associated_size),
			     bytes_of(text, text_size), made) == (long)size);
	CHECK(!memcmp(made, wanted, size));
	CHECK(seal_open(&with, &who, bytes_of(associated, associated_size),
			bytes_of(wanted, size), made,
			sizeof(made)) == (long)text_size);
	CHECK(!memcmp(made, text, text_size));
	return true;
}

static void blobs_are_as_the_vectors_have_them(void)
{
	FILE *file = fopen("tests/vectors/seal.vectors", "re");
	char comment[80];
	int count = 0;

	CHECK(file && fgets(comment, sizeof(comment), file));
	while (check_vector(file))
		count++;
	fclose(file);
	CHECK(count == 5);
}

int main(void)
{
	struct hv_root root = {.kind = HV_ROOT_EPHEMERAL};

	if (psa_crypto_init() != PSA_SUCCESS ||
	    seal_start(&seal, &root, fill_random) ||
	    seal_start(&other_seal, &root, fill_random) ||
	    fill_random(&pal, sizeof(pal)))
		return 1;
	pal.flags = 0;
	pal.security_version = 7;
	RUN(what_is_sealed_opens);
	RUN(each_bit_counts);
	RUN(each_byte_counts);
	RUN(who_opens_is_who_may);
	RUN(ids_are_only_hints);
	RUN(roots_are_judged);
	RUN(salts_are_never_the_same);
	RUN(counters_only_grow);
	RUN(an_older_version_is_shut_out);
	RUN(nobody_fills_it_for_others);
	RUN(writers_at_once_lose_nothing);
	RUN(writers_that_are_killed_leave_it_whole);
	RUN(malformed_requests_are_refused);
	RUN(blobs_are_as_the_vectors_have_them);
	return TAP_END();
}
