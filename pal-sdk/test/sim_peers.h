/* SPDX-License-Identifier: BSD-2-Clause */
/* The PALs of test_sim_peer.c, which call each other as a policy allows. */
#ifndef TEST_SIM_PEERS_H
#define TEST_SIM_PEERS_H

#include "pal_host.h"

extern const char *sim_folder; /* where the images are */
extern char sim_policy_path[64]; /* after write_policy() */

/* Of the same image: "a" may call "b" and itself, "b" may call "a" and "c". */
extern struct pal *a, *b, *c;

/* All PALs that are opened afterwards are judged by it. */
void write_policy(void);

/* The image of that name as a PAL of another.  They end the program, or work. */
struct pal *open_as(const char *image, const char *name);
struct pal *open_named(const char *name);
void open_triangle(void);
void close_triangle(void);

#endif /* TEST_SIM_PEERS_H */
