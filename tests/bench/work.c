/* SPDX-License-Identifier: BSD-2-Clause */
/* What ordinary programs do, to be timed without and with the hypervisor. */
#include "bench.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CPU_STEPS	4000000
#define MEMORY_SIZE	(256UL << 20)
#define MEMORY_STEPS	1000000
#define SYSCALLS	100000
#define FAULT_SIZE	(16UL << 20)
#define FAULT_ROUNDS	3
#define SWITCHES	4000
#define FORKS		120
#define EXECS		40

static uint64_t next_random(uint64_t x)
{
	x ^= x << 13;
	x ^= x >> 7;
	return x ^ x << 17;
}

static void compute(void)
{
	uint64_t x = 1;

	for (int i = 0; i < CPU_STEPS; i++)
		x = next_random(x);
	__asm__ volatile("" : : "r"(x));
}

static unsigned char *map(size_t size, int flags)
{
	unsigned char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | flags, -1,
				     0);

	if (memory == MAP_FAILED)
		fail("mmap");
	return memory;
}

static unsigned char *large;

/* Everywhere in a set far larger than any TLB or cache. */
static void walk_memory(void)
{
	uint64_t x = 1;

	for (int i = 0; i < MEMORY_STEPS; i++) {
		x = next_random(x);
		large[x % MEMORY_SIZE]++;
	}
}

static void call_system(void)
{
	for (int i = 0; i < SYSCALLS; i++)
		syscall(SYS_getppid);
}

static void touch_pages(void)
{
	for (int round = 0; round < FAULT_ROUNDS; round++) {
		unsigned char *memory = map(FAULT_SIZE, 0);

		madvise(memory, FAULT_SIZE, MADV_NOHUGEPAGE);
		for (size_t at = 0; at < FAULT_SIZE; at += 4096)
			memory[at] = 1;
		munmap(memory, FAULT_SIZE);
	}
}

static void echo(int from, int to)
{
	char byte;

	while (read(from, &byte, 1) == 1)
		if (write(to, &byte, 1) != 1)
			break;
	_exit(0);
}

/* Two processes that wait for each other. */
static void switch_processes(void)
{
	int there[2], back[2];
	char byte = 0;
	pid_t child;

	if (pipe(there) || pipe(back))
		fail("pipe");
	child = fork();
	if (child < 0)
		fail("fork");
	if (!child) {
		close(there[1]);
		echo(there[0], back[1]);
	}
	for (int i = 0; i < SWITCHES; i++)
		if (write(there[1], &byte, 1) != 1 ||
		    read(back[0], &byte, 1) != 1)
			fail("the other process");
	close(there[0]), close(there[1]), close(back[0]), close(back[1]);
	waitpid(child, NULL, 0);
}

static void start_process(bool does_exec)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		fail("fork");
	if (!child) {
		if (does_exec)
			execl("/proc/self/exe", "bench", "nothing", NULL);
		_exit(does_exec);
	}
	if (waitpid(child, &status, 0) != child || status)
		fail("the child");
}

static void fork_processes(void)
{
	for (int i = 0; i < FORKS; i++)
		start_process(false);
}

static void exec_programs(void)
{
	for (int i = 0; i < EXECS; i++)
		start_process(true);
}

static void measure(const char *name, void (*work)(void))
{
	uint64_t start = clock_ticks();

	work();
	figure(name, (double)(clock_ticks() - start));
}

void bench_work(void)
{
	measure("cpu", compute);
	measure("syscall", call_system);
	measure("fault", touch_pages);
	measure("switch", switch_processes);
	measure("fork_only", fork_processes);
	measure("fork", exec_programs);
	large = map(MEMORY_SIZE, MAP_POPULATE);
	measure("memory", walk_memory);
}
