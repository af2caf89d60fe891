/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions of seal_pal.c. */
#ifndef BENCH_SEAL_H
#define BENCH_SEAL_H

#define SEAL_NOTHING	0
#define SEAL_SEAL	1
#define SEAL_UNSEAL	2
#define SEAL_READ	3
#define SEAL_ADVANCE	4

#define SEAL_SECRET_SIZE 32

#endif
