/* SPDX-License-Identifier: BSD-2-Clause */
/* For test scripts: hold a KVM machine until ended; says "ready". */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm < 0 || ioctl(kvm, KVM_CREATE_VM, 0) < 0) {
		perror("kvm");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
