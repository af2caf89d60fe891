/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * helper_kexec [--on-panic] KERNEL INITRD WORDS: have Linux boot another,
 * without firmware: at once, or when it panics.
 */
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	bool is_for_panic = argc == 5 && !strcmp(argv[1], "--on-panic");
	int kernel, initrd;

	argv += is_for_panic;
	if (argc - is_for_panic != 4) {
		fputs("usage: helper_kexec [--on-panic] KERNEL INITRD WORDS\n",
		      stderr);
		return 2;
	}
	kernel = open(argv[1], O_RDONLY);
	initrd = open(argv[2], O_RDONLY);
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(argv[3]) + 1,
		    argv[3], is_for_panic ? KEXEC_FILE_ON_CRASH : 0ul)) {
		perror("kexec_file_load");
		return 1;
	}
	if (is_for_panic)
		return 0;
	sync();
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
		LINUX_REBOOT_CMD_KEXEC, NULL);
	perror("reboot");
	return 1;
}
