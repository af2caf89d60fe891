/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_scene.h"

struct hv *hv;
struct cpu *cpu;
