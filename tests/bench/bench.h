/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The measuring program, one file for each group of figures.  Figures go to
 * standard output, a line each: a name, a space, a number.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdint.h>

/* Ticks of the clock; under -icount that is executed instructions. */
static inline uint64_t clock_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

struct pal;

void figure(const char *name, double value);

/* Say what failed and end the program. */
void fail(const char *what) __attribute__((noreturn));

int compare_ticks(const void *a, const void *b);

/*
 * The median of what `lines` takes, in ticks, the clock's own cost taken off.
 * The first rounds are for warming up.
 */
#define MEASURE_ROUNDS	200
#define MEASURE(lines)                                                         \
	({                                                                     \
		uint64_t taken_[MEASURE_ROUNDS], start_;                       \
		for (int round_ = -8; round_ < MEASURE_ROUNDS; round_++) {     \
			start_ = clock_ticks();                                \
			lines;                                                 \
			taken_[round_ < 0 ? 0 : round_] =                      \
				clock_ticks() - start_;                        \
		}                                                              \
		median(taken_, MEASURE_ROUNDS) - clock_cost();                 \
	})

uint64_t median(uint64_t *ticks, unsigned int count);
uint64_t clock_cost(void);

/* Time that passes: in guests whose clock does not count. */
uint64_t now_ns(void);

/* The calling thread; ends the program if there is no such CPU. */
void pin_to_cpu(unsigned int cpu);

/* The PAL in folder/name, or the end of the program. */
struct pal *open_pal(const char *folder, const char *name);

/* The groups: what each prints is in README.md. */
void bench_clock(void);
void bench_native(void);
void bench_launch(const char *image);
void bench_calls(const char *folder);
void bench_bare_call(const char *folder);
void bench_exits(const char *folder);
void bench_work(void);
void bench_idle(const char *seconds);
void bench_boot(void);
void bench_booted(const char *seconds);
void bench_devices(const char *disk);
void bench_callers(const char *folder);
void bench_loads(const char *folder);
void bench_seal(const char *folder);
void bench_window(const char *folder);
void bench_window_rate(const char *folder);

#endif
