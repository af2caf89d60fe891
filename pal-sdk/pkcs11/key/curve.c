/* SPDX-License-Identifier: BSD-2-Clause */
/* The three NIST curves (SEC 2 names, RFC 5480 encoding). */
#include "curve.h"
#include <string.h>
#include "cryptoki.h"

static const struct curve curves[] = {
	{256,
	 32,
	 10,
	 {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}},
	{384, 48, 7, {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22}},
	{521, 66, 7, {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23}},
};

const struct curve *curve_of(struct item parameters)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (parameters.size == curves[i].parameters_size &&
		    !memcmp(parameters.bytes, curves[i].parameters,
			    parameters.size))
			return &curves[i];
	return NULL;
}

const struct curve *curve_of_bits(size_t bits)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (curves[i].bits == bits)
			return &curves[i];
	return NULL;
}

/* DER: the tag of an OCTET STRING and its length, in one byte or two. */
static size_t put_header(uint8_t *to, size_t size)
{
	size_t used = 0;

	to[used++] = 0x04;
	if (size > 127)
		to[used++] = 0x81;
	to[used++] = (uint8_t)size;
	return used;
}

const uint8_t *curve_point(const struct curve *curve, struct item point)
{
	size_t size = curve_point_size(curve), header_size;
	uint8_t header[3];

	if (!point.bytes)
		return NULL;
	header_size = put_header(header, size);
	if (point.size == header_size + size &&
	    !memcmp(point.bytes, header, header_size)) {
		point.bytes += header_size;
		point.size -= header_size;
	}
	return point.size == size && point.bytes[0] == 0x04 ? point.bytes :
							      NULL;
}

void curve_add(struct writer *to, const struct curve *curve,
	       const uint8_t *point)
{
	uint8_t encoded[3 + CURVE_POINT_MAX];
	size_t size = put_header(encoded, curve_point_size(curve));

	memcpy(encoded + size, point, curve_point_size(curve));
	writer_add(to, CKA_EC_PARAMS, curve->parameters,
		   curve->parameters_size);
	writer_add(to, CKA_EC_POINT, encoded, size + curve_point_size(curve));
}
