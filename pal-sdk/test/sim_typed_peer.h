/* SPDX-License-Identifier: BSD-2-Clause */
/* What test_sim_peer.c asks of a PAL that calls the PAL "typed". */
#ifndef SIM_TYPED_PEER_H
#define SIM_TYPED_PEER_H

#include <pal_struct.h>

PAL_STRUCT(typed_peer_reply,
	   PAL_FIELD(int64_t, value) PAL_FIELD(int32_t, status)
		   PAL_FIELD(int32_t, unused));

/* compute: the peer's status and result; forms: 0, or what went wrong. */
#define TYPED_PEER_FUNCTIONS(F)                                                \
	F(typed_peer_compute, NONE, STRUCT(typed_peer_reply))                  \
	F(typed_peer_forms, NONE, STRUCT(typed_peer_reply))

#endif
