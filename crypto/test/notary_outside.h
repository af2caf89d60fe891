/* SPDX-License-Identifier: BSD-2-Clause */
/* The notary's surroundings on the host. */
#ifndef TEST_NOTARY_OUTSIDE_H
#define TEST_NOTARY_OUTSIDE_H

#include "abi/pal_image.h"

/* Who calls the notary; NULL: the hypervisor. */
extern const struct pal_identity *outside_caller;

#endif /* TEST_NOTARY_OUTSIDE_H */
