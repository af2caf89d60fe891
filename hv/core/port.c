/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/port.h"

#include "core/hv.h"

#define PCI_ADDRESS		0xcf8u
#define SYSTEM_CONTROL		0x92u
#define KEYBOARD_DATA		0x60u
#define KEYBOARD_COMMAND	0x64u
#define COMMAND_SET_MODE	0x60u
#define COMMAND_OUTPUT_PORT	0xd1u	/* the data that comes next is for it */
#define COMMAND_TO_MOUSE	0xd4u
#define COMMAND_PULSE		0xf0u	/* the lines whose bits are clear */
#define COMMAND_A20_OFF		0xddu
#define RESET_LINE		1u
#define A20_LINE		2u

/* Moments that the machine has to do what it was told: under a second. */
#define SLEEP_PATIENCE		(1u << 23)

static const struct access_row *find(const struct hv *hv, uint32_t port)
{
	const struct access_row *row = access_find(ACCESS_PORT, port);
	unsigned int i;

	for (i = 0; !row && i < hv->power_row_count; i++)
		if (hv->power_rows[i].first == port)
			row = &hv->power_rows[i];
	return row;
}

/* Only such a command makes QEMU's controller forget the one before it. */
static bool wants_data(uint8_t command)
{
	return command == COMMAND_SET_MODE ||
	       (command >= COMMAND_OUTPUT_PORT && command <= COMMAND_TO_MOUSE);
}

/* A controller with two ports, whose output port has the reset line. */
static bool keyboard_resets(struct hv *hv, uint32_t port, uint8_t byte)
{
	bool is_for_output_port = hv->is_output_port_next;

	if (port == KEYBOARD_DATA || wants_data(byte))
		hv->is_output_port_next = port == KEYBOARD_COMMAND &&
					  byte == COMMAND_OUTPUT_PORT;
	if (byte & RESET_LINE)
		return false;
	return port == KEYBOARD_COMMAND ? byte >= COMMAND_PULSE :
					  is_for_output_port;
}

static bool resets(struct hv *hv, uint32_t port, uint8_t byte)
{
	const struct access_row *row = find(hv, port);

	if (!row)
		return false;
	if (row->write == ACCESS_RESET)
		return byte & row->value;
	if (row->write == ACCESS_RESET_VALUE)
		return byte == row->value;
	return keyboard_resets(hv, port, byte);
}

/*
 * The gate that clears bit 20 of each address, the hypervisor's too, stays
 * open: the bit to set in what is written.  CPUs of today have no such gate.
 */
static uint32_t a20_line(const struct hv *hv, uint32_t port, uint8_t byte)
{
	if (port == SYSTEM_CONTROL ||
	    (port == KEYBOARD_DATA && hv->is_output_port_next) ||
	    (port == KEYBOARD_COMMAND &&
	     (byte == COMMAND_A20_OFF || byte >= COMMAND_PULSE)))
		return A20_LINE;
	return 0;
}

/*
 * Wipe, then let it happen.  The PALs were not ended in order, so the OS does
 * not come back, even if nothing happens: that ends like a triple fault.
 */
static void __attribute__((noreturn)) give_up_machine(struct cpu *cpu,
						      uint16_t port,
						      unsigned int size,
						      uint32_t value)
{
	unsigned int i;

	log_line(&cpu->hv->log, "CPU %u: reset or sleep by port 0x%x; wiping",
		 cpu->id, port);
	spin_lock(&cpu->hv->lock);
	pal_wipe_for_reset(cpu);
	platform_port_write(port, size, value);
	for (i = 0; i < SLEEP_PATIENCE; i++)
		platform_pause();
	platform_reset();
}

static void write(struct cpu *cpu, uint16_t port, unsigned int size,
		  uint32_t value)
{
	unsigned int i = 0;

	/* All four bytes are the address of PCI configuration. */
	if (port == PCI_ADDRESS && size == sizeof(uint32_t))
		i = size;
	spin_lock(&cpu->hv->port_lock);
	for (; i < size; i++) {
		uint8_t byte = (uint8_t)(value >> i * 8);
		uint32_t line = a20_line(cpu->hv, port + i, byte);

		if (resets(cpu->hv, port + i, byte))
			give_up_machine(cpu, port, size, value);
		value |= line << i * 8;
	}
	platform_port_write(port, size, value);
	spin_unlock(&cpu->hv->port_lock);
}

/* What an access of this size leaves of RAX; one of 4 bytes clears the rest. */
static uint64_t merge(uint64_t rax, unsigned int size, uint32_t value)
{
	uint64_t mask = (UINT64_C(1) << size * 8) - 1;

	return size == sizeof(uint32_t) ? value : (rax & ~mask) | value;
}

/* Nobody has a use for strings at these ports. */
bool port_access(struct cpu *cpu, const struct vmexit *exit)
{
	struct guest_regs *regs = cpu->os_vcpu.regs;
	unsigned int size = exit->io.size;
	uint16_t port = exit->io.port;

	if (exit->io.is_string)
		return false;
	if (exit->io.is_in)
		regs->rax = merge(regs->rax, size,
				  platform_port_read(port, size));
	else
		write(cpu, port, size, (uint32_t)regs->rax);
	return true;
}
