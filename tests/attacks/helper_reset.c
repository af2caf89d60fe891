/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * helper_reset WAY: have a PAL make a secret and work with it on another CPU,
 * tell it masked, and end the machine like a kernel that cares for nobody.  For
 * reset_test, which looks what is left in RAM.
 */
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <pal_host.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common_hostile.h"
#include "secret.h"

#define FADT		"/sys/firmware/acpi/tables/FACP"
#define FADT_SLEEP	64	/* offset of PM1a_CNT_BLK */
#define SLEEP_S3	0x2400u	/* SLP_EN; QEMU's SLP_TYP 1 */
#define SLEEP_S5	0x2000u
#define DEBUG_EXIT	0xf4	/* reset_test: QEMU ends at once */
#define SOUTH_BRIDGE	"0000:00:1f.0"
#define PMBASE		0x40	/* of ICH9 */

static struct pal *pal;

static void fail(const char *what)
{
	fprintf(stderr, "helper_reset: %s\n", what);
	exit(1);
}

static void tell(const char *name, const uint8_t *bytes)
{
	printf("%s ", name);
	for (int i = 0; i < SECRET_SIZE; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

static void *work(void *unused)
{
	uint64_t rounds = 100000000;

	(void)unused;
	hostile_run_on(hostile_cpu_count() - 1);
	for (;;)
		pal_call(pal, SECRET_WORK, &rounds, sizeof(rounds), NULL, 0,
			 NULL);
	return NULL;
}

/* Of this program: what shows that RAM is looked at and has outlived the end. */
static void make_canary(void)
{
	static uint64_t canary[SECRET_SIZE / 8];
	uint64_t hidden[SECRET_SIZE / 8];
	FILE *random = fopen("/dev/urandom", "r");

	if (!random || fread(hidden, sizeof(hidden), 1, random) != 1)
		fail("no random numbers");
	fclose(random);
	for (int i = 0; i < SECRET_SIZE / 8; i++)
		canary[i] = hidden[i] ^ SECRET_MASK;
	__asm__ volatile("" : : "r"(canary) : "memory");
	tell("canary", (const uint8_t *)hidden);
}

static void make_secret(void)
{
	uint8_t masked[SECRET_SIZE];
	pthread_t worker;

	if (pal_open(SECRET_IMAGE, &pal) ||
	    pal_call(pal, SECRET_MAKE, NULL, 0, masked, sizeof(masked), NULL) ||
	    pthread_create(&worker, NULL, work, NULL))
		fail(pal_error_text());
	tell("secret", masked);
	usleep(300000);
}

static void out(uint16_t port, uint16_t width, uint32_t value)
{
	struct attack_port order = {
		.port = port,
		.width = width,
		.value = value,
	};

	hostile_order(ATTACK_PORT, &order);
}

/*
 * reset_test has the machine send one to the CPU that runs the PAL.  The tests'
 * Linux has no machine checks, so that it ends as it would without us.
 */
static void wait_for_machine_check(void)
{
	printf("ready\n");
	fflush(stdout);
	sleep(600);
}

static uint16_t sleep_port(void)
{
	uint32_t port = 0;
	FILE *fadt = fopen(FADT, "r");

	if (!fadt || fseek(fadt, FADT_SLEEP, SEEK_SET) ||
	    fread(&port, sizeof(port), 1, fadt) != 1)
		fail("no " FADT);
	fclose(fadt);
	return (uint16_t)port;
}

/*
 * The south bridge's PMBASE names ACPI's ports; they appear elsewhere, and the
 * one that is known to sleep is not guarded there.
 */
static uint16_t move_sleep_port(void)
{
	const uint32_t base = 0x1800;
	uint16_t port = (uint16_t)(base + 4);	/* PM1_CNT */

	if (hostile_config_write(SOUTH_BRIDGE, PMBASE, &base, sizeof(base)))
		fail("no configuration of the south bridge");
	return port;
}

/* Keyboard controller, reset the machine; else stop here. */
static const uint8_t next_kernel[] = {
	0xb0, 0xfe, 0xe6, 0x64, 0xf4, 0xeb, 0xfd,
};

static uint64_t protected_page(void)
{
	static struct attack_refused refused;
	struct range hypervisor;
	const char *why;

	if (hostile_was_before_linux()) {
		if (!hostile_find_reserved(&hypervisor))
			fail("where is the hypervisor?");
		return hypervisor.base;
	}
	why = hostile_find_protected(&refused);
	if (why)
		fail(why);
	return refused.ranges[0].base;
}

/* A kernel that lies where the hypervisor is: Linux copies it there. */
static void start_kernel_over_hypervisor(void)
{
	uint64_t page = protected_page();
	struct kexec_segment segment = {
		.buf = next_kernel,
		.bufsz = sizeof(next_kernel),
		.mem = (const void *)page,
		.memsz = HOSTILE_PAGE,
	};

	if (syscall(SYS_kexec_load, page, 1ul, &segment, KEXEC_ARCH_X86_64))
		fail("kexec_load");
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
		LINUX_REBOOT_CMD_KEXEC, NULL);
}

static void end(const char *way)
{
	struct attack_execute fault = {.instruction = ATTACK_TRIPLE_FAULT};

	if (!strcmp(way, "cf9")) {
		out(0xcf9, 1, 0x6);
	} else if (!strcmp(way, "cf9-wide")) {
		out(0xcf8, 2, 0x600);
		out(0xcf9, 2, 0x6);
	} else if (!strcmp(way, "keyboard")) {
		out(0x64, 1, 0xfe);
	} else if (!strcmp(way, "keyboard-output")) {
		out(0x64, 1, 0xd1);
		out(0x64, 1, 0xae);	/* QEMU's still waits */
		out(0x60, 1, 0xfe);
	} else if (!strcmp(way, "fast")) {
		out(0x92, 1, 0x1);
	} else if (!strcmp(way, "off")) {
		out(sleep_port(), 2, SLEEP_S5);
	} else if (!strcmp(way, "off-bytewise")) {
		out(sleep_port() + 1, 1, SLEEP_S5 >> 8);
	} else if (!strcmp(way, "sleep")) {
		out(sleep_port(), 2, SLEEP_S3);
	} else if (!strcmp(way, "sleep-elsewhere")) {
		out(move_sleep_port(), 2, SLEEP_S3);
		fprintf(stderr, "helper_reset: no port there\n");
		out(sleep_port(), 2, SLEEP_S3);
	} else if (!strcmp(way, "triple-fault")) {
		hostile_order(ATTACK_EXECUTE, &fault);
	} else if (!strcmp(way, "kexec-image")) {
		start_kernel_over_hypervisor();
	} else if (!strcmp(way, "machine-check")) {
		wait_for_machine_check();
	} else if (!strcmp(way, "power-cut")) {
		out(DEBUG_EXIT, 4, 0);
	} else {
		fail("unknown way");
	}
}

int main(int argc, char **argv)
{
	if (argc != 2)
		fail("usage: helper_reset WAY");
	hostile_run_on(0);
	make_canary();
	make_secret();
	fflush(stdout);
	sleep(1);
	end(argv[1]);
	printf("alive\n");
	return 0;
}
