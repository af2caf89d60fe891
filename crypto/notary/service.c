/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking requests apart. */
#include "service.h"
#include <string.h>
#include "abi/service.h"
#include "pal_seal.h"

/* The fixed part, then associated data, then what follows. */
static bool split(struct seal_bytes in, struct notary_seal *head,
		  struct seal_bytes *associated, struct seal_bytes *body)
{
	const char *at = in.at;

	if (in.size < sizeof(*head))
		return false;
	memcpy(head, at, sizeof(*head));
	at += sizeof(*head);
	in.size -= sizeof(*head);
	if (head->associated_size > in.size)
		return false;
	*associated = (struct seal_bytes){at, head->associated_size};
	*body = (struct seal_bytes){at + associated->size,
				    in.size - associated->size};
	return true;
}

static long seal(struct service *service, const struct pal_identity *caller,
		 struct seal_bytes in, void *out, size_t capacity)
{
	struct seal_bytes associated, secret;
	struct notary_seal head;

	if (!split(in, &head, &associated, &secret) ||
	    secret.size + associated.size > PAL_SEAL_SIZE_MAX)
		return NOTARY_EINVAL;
	return seal_make(&service->seal, caller, head.binding, associated,
			 secret, out, capacity);
}

static long unseal(struct service *service, const struct pal_identity *caller,
		   struct seal_bytes in, void *out, size_t capacity)
{
	struct seal_bytes associated, blob;
	struct notary_seal head;

	if (!split(in, &head, &associated, &blob) || head.binding)
		return NOTARY_EINVAL;
	return seal_open(&service->seal, caller, associated, blob, out,
			 capacity);
}

static long tell_root(const struct service *service, void *out, size_t capacity)
{
	struct notary_root answer = {.kind = service->seal.root.kind};

	if (!service->seal.root.size)
		return NOTARY_ESERVICE;
	if (capacity < sizeof(answer))
		return NOTARY_EROOM;
	memcpy(answer.id, service->seal.root_id, sizeof(answer.id));
	memcpy(out, &answer, sizeof(answer));
	return sizeof(answer);
}

/* By its signer and name if it has a signer, else by its measurement. */
static int find_owner(const struct pal_identity *caller,
		      struct register_owner *owner)
{
	uint8_t subject[SEAL_SUBJECT_SIZE];

	owner->security_version = caller->security_version;
	owner->is_certified = caller->flags & PAL_IDENTITY_SIGNED;
	if (!seal_subject(caller, PAL_SEAL_TO_SIGNER, subject))
		seal_subject(caller, PAL_SEAL_TO_MEASUREMENT, subject);
	return seal_name_subject(subject, owner->name);
}

static long read_counter(struct service *service,
			 const struct pal_identity *caller,
			 struct seal_bytes in, void *out, size_t capacity)
{
	struct notary_counter counter;
	struct register_record record;
	struct register_owner owner;
	int err;

	if (in.size != sizeof(counter))
		return NOTARY_EINVAL;
	if (capacity < sizeof(counter))
		return NOTARY_EROOM;
	memcpy(&counter, in.at, sizeof(counter));
	err = find_owner(caller, &owner);
	if (!err)
		err = register_read(service->counters, &owner, counter.id,
				    &record);
	if (err)
		return err;
	counter.value = record.value;
	memcpy(counter.tag, record.tag, sizeof(counter.tag));
	counter.strength = PAL_COUNTER_BOOT;
	counter.reserved = 0;
	memcpy(out, &counter, sizeof(counter));
	return sizeof(counter);
}

static long advance_counter(struct service *service,
			    struct service_caller caller, struct seal_bytes in)
{
	struct notary_advance advance;
	struct register_owner owner;
	struct register_step step;
	int err;

	if (in.size != sizeof(advance))
		return NOTARY_EINVAL;
	memcpy(&advance, in.at, sizeof(advance));
	err = find_owner(caller.identity, &owner);
	if (err)
		return err;
	step = (struct register_step){.from = advance.from, .to = advance.to};
	memcpy(step.tag, advance.tag, sizeof(step.tag));
	return register_advance(service->counters, caller.writer, &owner,
				advance.id, &step);
}

long service_answer(struct service *service, struct service_caller caller,
		    unsigned int entry, struct seal_bytes in, void *out,
		    size_t capacity)
{
	switch (entry) {
	case NOTARY_SEAL:
		return seal(service, caller.identity, in, out, capacity);
	case NOTARY_UNSEAL:
		return unseal(service, caller.identity, in, out, capacity);
	case NOTARY_ROOT:
		return tell_root(service, out, capacity);
	case NOTARY_COUNTER_READ:
		return read_counter(service, caller.identity, in, out,
				    capacity);
	case NOTARY_COUNTER_ADVANCE:
		return advance_counter(service, caller, in);
	default:
		return NOTARY_EINVAL;
	}
}
