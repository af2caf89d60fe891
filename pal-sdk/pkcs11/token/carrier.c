/* SPDX-License-Identifier: BSD-2-Clause */
#include "carrier.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "failure.h"
#include "tpm/tpm_device.h"

/* A proof takes less; so a PAL gone mad does not keep us here. */
#define MESSAGE_COUNT 32

static CK_RV open_tpm(int *device)
{
	*device = tpm_device_open(NULL);
	if (*device >= 0)
		return CKR_OK;
	return failure(CKR_DEVICE_ERROR,
		       "the token needs the machine's TPM 2.0, to prove that "
		       "no older copy was put in its place; %s: %s",
		       tpm_device_path(), strerror(errno));
}

CK_RV carrier_check(void)
{
	int device;
	CK_RV rv = open_tpm(&device);

	if (!rv)
		close(device);
	return rv;
}

/* One message to the TPM and back: from the reply's items to the next request. */
static CK_RV carry(struct exchange *exchange, int device,
		   uint8_t response[TPM_MESSAGE_MAX], size_t *size)
{
	struct tpm_command command = {0};
	struct item item;
	long got;

	if (!items_find(exchange->items, KEY_ITEM_TPM, &item) ||
	    item.size > sizeof(command.bytes))
		return failure_of_key(KEY_R_BAD_REQUEST);
	memcpy(command.bytes, item.bytes, item.size);
	command.size = item.size;
	got = tpm_device_send(device, &command, response);
	if (got < 0)
		return failure(CKR_DEVICE_ERROR, "the TPM at %s: %s",
			       tpm_device_path(), strerror(errno));
	*size = (size_t)got;
	return CKR_OK;
}

/* What the TPM has said goes to the PAL; *is_more: that has an answer to it. */
static CK_RV go_on(struct token *token, int device,
		   uint8_t response[TPM_MESSAGE_MAX], size_t *size,
		   bool *is_more)
{
	struct exchange exchange;
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_PROVE);
	if (*size)
		exchange_item(&exchange, KEY_ITEM_TPM, response, *size);
	rv = exchange_raw(&exchange);
	if (rv && exchange.head.result == KEY_R_TPM_REFUSED)
		failure(rv,
			"the TPM refuses (response code 0x%llx): it does not "
			"know this token, which was made with another TPM or "
			"before this one was cleared; or, for a new token, "
			"wants its owner's password",
			(unsigned long long)exchange.head.value);
	*is_more = !rv && (exchange.head.flags & KEY_REPLY_MORE);
	if (*is_more)
		rv = carry(&exchange, device, response, size);
	exchange_end(&exchange);
	return rv;
}

static CK_RV prove(struct token *token)
{
	uint8_t response[TPM_MESSAGE_MAX];
	bool is_more = true;
	size_t size = 0;
	int device;
	CK_RV rv = open_tpm(&device);

	if (rv)
		return rv;
	for (int i = 0; !rv && is_more && i < MESSAGE_COUNT; i++)
		rv = go_on(token, device, response, &size, &is_more);
	close(device);
	return rv;
}

CK_RV carrier_call(struct exchange *exchange)
{
	CK_RV rv = exchange_raw(exchange);

	if (exchange->head.result != KEY_R_PROVE)
		return rv;
	rv = prove(exchange->token);
	return rv ? rv : exchange_raw(exchange);
}
