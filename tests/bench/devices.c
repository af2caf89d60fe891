/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What devices carry: a disk that costs the host nothing, and two network cards
 * on one wire, eth0 and eth1.
 */
#include "bench.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define DISK_PIECE	(256u << 10)
#define DISK_PIECES	512u
#define FRAME_SIZE	1514u
#define FRAME_PROTOCOL	0x88b5u	/* for experiments (IEEE 802) */
#define BURST		32u
#define BURSTS		200u
#define FRAME_WAIT_MS	2000

typedef ssize_t (*transfer)(int disk, void *piece, size_t size);

static ssize_t write_piece(int disk, void *piece, size_t size)
{
	return write(disk, piece, size);
}

static void measure_disk(const char *name, const char *path, transfer move)
{
	int disk = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	void *piece = aligned_alloc(4096, DISK_PIECE);
	uint64_t start;

	if (disk < 0 || !piece)
		fail(path);
	memset(piece, 0x5a, DISK_PIECE);
	start = now_ns();
	for (unsigned int i = 0; i < DISK_PIECES; i++)
		if (move(disk, piece, DISK_PIECE) != (ssize_t)DISK_PIECE)
			fail(path);
	figure(name, 1e9 * DISK_PIECE * DISK_PIECES /
			     (double)(now_ns() - start));
	free(piece);
	close(disk);
}

/* A socket for all that the card sees; the card is switched on. */
static int open_card(const char *name)
{
	int card = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC,
			  htons(FRAME_PROTOCOL));
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(FRAME_PROTOCOL),
		.sll_ifindex = (int)if_nametoindex(name),
	};
	struct ifreq request = {.ifr_flags = IFF_UP | IFF_PROMISC};

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (card < 0 || !address.sll_ifindex ||
	    ioctl(card, SIOCSIFFLAGS, &request) ||
	    bind(card, (struct sockaddr *)&address, sizeof(address)))
		fail(name);
	return card;
}

/* Send a burst and wait for it; returns how many frames came. */
static unsigned int pass_burst(int from, int to, const char *frame)
{
	struct pollfd arrival = {.fd = to, .events = POLLIN};
	char buffer[FRAME_SIZE];
	unsigned int count = 0;

	for (unsigned int i = 0; i < BURST; i++)
		if (send(from, frame, FRAME_SIZE, 0) != (ssize_t)FRAME_SIZE)
			fail("send");
	while (count < BURST && poll(&arrival, 1, FRAME_WAIT_MS) > 0 &&
	       recv(to, buffer, sizeof(buffer), 0) > 0)
		count++;
	return count;
}

static void measure_network(void)
{
	int from = open_card("eth0"), to = open_card("eth1");
	char frame[FRAME_SIZE] = {0};
	unsigned int count = 0;
	uint64_t start;

	memset(frame, 0xff, ETH_ALEN);		/* to everybody */
	frame[2 * ETH_ALEN] = (char)(FRAME_PROTOCOL >> 8);
	frame[2 * ETH_ALEN + 1] = (char)(FRAME_PROTOCOL & 0xff);
	for (int tries = 0; !pass_burst(from, to, frame); tries++)
		if (tries == 5)		/* the wire takes a while */
			fail("the network");
	start = now_ns();
	for (unsigned int i = 0; i < BURSTS; i++)
		count += pass_burst(from, to, frame);
	figure("network_bytes_per_second",
	       1e9 * count * FRAME_SIZE / (double)(now_ns() - start));
	close(from);
	close(to);
}

void bench_devices(const char *disk)
{
	measure_disk("disk_read_bytes_per_second", disk, read);
	measure_disk("disk_write_bytes_per_second", disk, write_piece);
	measure_network();
}
