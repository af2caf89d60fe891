/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UEFI's boot services (UEFI 2.10, 7): what only they can tell, and their end.
 *
 * GRUB leaves them running for us.  Called on the firmware's own stack and page
 * tables, before anything is placed in memory.
 */
#ifndef GRUB_FIRMWARE_H
#define GRUB_FIRMWARE_H

#include "info.h"

/* Have print.h talk on the firmware's console; nothing if there is none. */
void firmware_begin(const struct info *info);

/*
 * Ask the firmware to overwrite memory at the next reset, however that comes
 * about, and to take no other word on it from the OS.  Nothing where it does
 * not know how (TCG Platform Reset Attack Mitigation 1.10, 4).
 */
void firmware_ask_to_overwrite(const struct info *info);

/* Put the memory map as it is now into info; the boot services run on. */
void firmware_read_map(struct info *info);

/*
 * While they run: have the TPM do a command, whose response goes to `response`.
 * Returns its bytes, at most `room`; 0: there are no boot services, no TPM 2.0
 * that they know, or no answer.
 */
uint32_t firmware_ask_tpm(const struct info *info, const void *command,
			  uint32_t size, void *response, uint32_t room);

/* While they run. */
void firmware_wait_us(const struct info *info, uint64_t us);

/*
 * Have the TPM's event log for the OS, find out whether Secure Boot is on, end
 * the boot services, and put the firmware's memory map into info.  Nothing if
 * there are no boot services.  Fails the machine if they do not end.
 */
void firmware_leave(struct info *info);

/*
 * Bytes of a log of TCG's crypto-agile form (PC Client Platform Firmware
 * Profile, 10.2) up to the event at `last`, that one included; 0 if it is not
 * understood.
 */
uint64_t firmware_log_size(const void *log, const void *last);

#endif
