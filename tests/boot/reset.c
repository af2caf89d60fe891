/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways in which software resets a PC; which one, the disk's sector says. */
#include "bios.h"
#include "layout.h"

#define KEYBOARD_STATUS		0x64
#define KEYBOARD_BUSY		2
#define KEYBOARD_RESET		0xfe
#define RESET_CONTROL		0xcf9
#define RESET_FULL		0x0e
#define SYSTEM_CONTROL_A	0x92
#define FAST_RESET		1

static void by_keyboard_controller(void)
{
	while (inb(KEYBOARD_STATUS) & KEYBOARD_BUSY)
		;
	outb(KEYBOARD_STATUS, KEYBOARD_RESET);
}

/* In q35 this is ACPI's reset register, too. */
static void by_reset_control(void)
{
	outb(RESET_CONTROL, RESET_FULL & ~4);
	outb(RESET_CONTROL, RESET_FULL);
}

static void by_system_control_port(void)
{
	outb(SYSTEM_CONTROL_A, inb(SYSTEM_CONTROL_A) | FAST_RESET);
}

/* No vectors: the exception, its double fault and that one's have no gate. */
static void by_triple_fault(void)
{
	static const struct {
		uint16_t limit;
		uint32_t base;
	} __attribute__((packed)) none;

	__asm__ volatile("lidt %0\n\tud2" : : "m"(none));
}

static const struct {
	const char *name;
	void (*reset)(void);
} ways[] = {
	{ "keyboard controller", by_keyboard_controller },
	{ "reset control register", by_reset_control },
	{ "system control port", by_system_control_port },
	{ "triple fault", by_triple_fault },
};

void reset_if_wanted(void)
{
	uint32_t way = far_read32(RESET_WAY) & 0xff;
	uint32_t patience = 0x1000000;

	if (way < 1 || way > sizeof(ways) / sizeof(ways[0]))
		return;
	print("reset by ");
	print(ways[way - 1].name);
	print_end();
	ways[way - 1].reset();
	while (patience--)
		__asm__ volatile("pause");
	verdict("the_machine_is_reset", false);
	outb(0xf4, 0);
}
