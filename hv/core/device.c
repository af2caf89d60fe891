/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/device.h"

#include "core/hv.h"
#include "core/insn.h"
#include "core/step.h"

#define PCI_ADDRESS		0xcf8u
#define PCI_DATA		0xcfcu
#define PCI_ENABLED		0x80000000u
#define PCI_FUNCTION		0x80ffff00u
#define PCI_CLASS		8u
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

/* What the OS writes to a device. */
struct store {
	enum access_kind kind;
	uint64_t at;
	unsigned int size;
	uint32_t value;
};

static const struct access_row *find(const struct hv *hv,
				     enum access_kind kind, uint64_t at)
{
	unsigned int i;

	for (i = 0; i < hv->machine_row_count; i++)
		if (access_has(&hv->machine_rows[i], kind, at))
			return &hv->machine_rows[i];
	return access_find(kind, at);
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

/* By maker and class, or by class alone. */
static enum access_rule config_rule(uint32_t id, uint32_t class,
				    uint64_t offset)
{
	uint64_t at = ACCESS_CONFIG_AT(0, class >> 16, offset);
	uint64_t maker = ACCESS_CONFIG_AT(id & 0xffff, 0, 0);
	const struct access_row *row = access_find(ACCESS_PCI, maker | at);

	if (!row)
		row = access_find(ACCESS_PCI, at);
	return row->write == ACCESS_IOMMU && !iommu_is_on() ? ACCESS_PASS :
							      row->write;
}

static uint32_t read_config(uint32_t address)
{
	platform_port_write(PCI_ADDRESS, sizeof(address), address);
	return platform_port_read(PCI_DATA, sizeof(address));
}

/* Bits 24 to 27 of the address are the register's upper ones, AMD's. */
static enum access_rule port_config_rule(uint64_t port)
{
	uint32_t address = platform_port_read(PCI_ADDRESS, sizeof(address));
	uint32_t function = address & PCI_FUNCTION, id, class;

	if (!(address & PCI_ENABLED))
		return ACCESS_PASS;
	id = read_config(function);
	class = read_config(function | PCI_CLASS);
	platform_port_write(PCI_ADDRESS, sizeof(address), address);
	return config_rule(id, class, (address & 0xfc) | (port & 3) |
			   (address >> 16 & 0xf00));
}

static enum access_rule memory_config_rule(const struct cpu *cpu, uint64_t at)
{
	hpa_t function = os_gpa_to_hpa(gpa(at & ~(PAGE_SIZE - 1)));

	return config_rule(platform_register_read(cpu->id, function),
			   platform_register_read(cpu->id,
						  hpa_add(function, PCI_CLASS)),
			   at & (PAGE_SIZE - 1));
}

/* What becomes of one byte: it is passed, it ends the OS, or neither. */
static enum access_rule judge_byte(struct cpu *cpu, enum access_kind kind,
				   uint64_t at, uint8_t byte)
{
	const struct access_row *row = find(cpu->hv, kind, at);
	bool resets;

	if (row->write == ACCESS_CONFIG)
		return kind == ACCESS_PORT ? port_config_rule(at) :
					     memory_config_rule(cpu, at);
	if (row->write == ACCESS_KEYBOARD)
		resets = keyboard_resets(cpu->hv, (uint32_t)at, byte);
	else if (row->write == ACCESS_RESET)
		resets = byte & row->value;
	else if (row->write == ACCESS_RESET_VALUE)
		resets = byte == row->value;
	else
		return row->write;
	return resets ? ACCESS_RESET : ACCESS_PASS;
}

static enum access_rule judge(struct cpu *cpu, const struct store *store)
{
	enum access_rule rule, all = ACCESS_PASS;
	unsigned int i;

	for (i = 0; i < store->size && all != ACCESS_RESET; i++) {
		rule = judge_byte(cpu, store->kind, store->at + i,
				  (uint8_t)(store->value >> i * 8));
		if (rule != ACCESS_PASS)
			all = rule;
	}
	return all;
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

static void do_store(const struct cpu *cpu, const struct store *store)
{
	if (store->kind == ACCESS_PORT)
		platform_port_write((uint16_t)store->at, store->size,
				    store->value);
	else
		platform_register_write(cpu->id, hpa(store->at), store->size,
					store->value);
}

/*
 * Wipe, then let it happen.  The PALs were not ended in order, so the OS does
 * not come back, even if nothing happens: that ends like a triple fault.
 */
static void __attribute__((noreturn)) give_up_machine(struct cpu *cpu,
						      const struct store *store)
{
	unsigned int i;

	log_line(&cpu->hv->log, "CPU %u: reset or sleep by 0x%lx; wiping",
		 cpu->id, store->at);
	spin_lock(&cpu->hv->lock);
	pal_wipe_for_reset(cpu);
	do_store(cpu, store);
	for (i = 0; i < SLEEP_PATIENCE; i++)
		platform_pause();
	platform_reset();
}

/* With port_lock. */
static void write(struct cpu *cpu, const struct store *store)
{
	enum access_rule rule = judge(cpu, store);

	if (rule == ACCESS_RESET)
		give_up_machine(cpu, store);
	if (rule == ACCESS_PASS)
		do_store(cpu, store);
}

static void write_port(struct cpu *cpu, uint16_t port, unsigned int size,
		       uint32_t value)
{
	struct store store = { ACCESS_PORT, port, size, value };
	unsigned int i;

	spin_lock(&cpu->hv->port_lock);
	for (i = 0; i < size; i++)
		store.value |= a20_line(cpu->hv, port + i,
					(uint8_t)(value >> i * 8)) << i * 8;
	/* All four bytes are the address of PCI configuration. */
	if (port == PCI_ADDRESS && size == sizeof(uint32_t))
		do_store(cpu, &store);
	else
		write(cpu, &store);
	spin_unlock(&cpu->hv->port_lock);
}

bool device_write(struct cpu *cpu, const struct vmexit *exit)
{
	uint64_t at = os_gpa_to_hpa(exit->npt.at).v;
	struct insn_store insn;
	struct store store;

	if (!step_decode(cpu, exit, &insn) || at % insn.size != 0)
		return false;
	store = (struct store){ ACCESS_MEMORY, at, insn.size, insn.value };
	spin_lock(&cpu->hv->port_lock);
	write(cpu, &store);
	spin_unlock(&cpu->hv->port_lock);
	step_to(cpu, cpu->os_vcpu.regs->rip + insn.length);
	return true;
}

/* What an access of this size leaves of RAX; one of 4 bytes clears the rest. */
static uint64_t merge(uint64_t rax, unsigned int size, uint32_t value)
{
	uint64_t mask = (UINT64_C(1) << size * 8) - 1;

	return size == sizeof(uint32_t) ? value : (rax & ~mask) | value;
}

/* Nobody has a use for strings at these ports. */
bool device_port(struct cpu *cpu, const struct vmexit *exit)
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
		write_port(cpu, port, size, (uint32_t)regs->rax);
	return true;
}
