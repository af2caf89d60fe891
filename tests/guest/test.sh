#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Tests of the virtual machine itself: what the other tests rely on.  One line
# a case, "pass NAME" or "FAIL NAME"; exit status 1 if any failed.
#
# Usage: tests/guest/test.sh [DISK]   (after make guest; of make guest-disk)

set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$top/build/guest/test
failed=0

rm -rf "$work"
mkdir -p "$work"

verdict() {	# name, status of what was tested
	if [ "$2" = 0 ]; then
		echo "pass $1"
	else
		echo "FAIL $1 (see $work)"
		failed=1
	fi
}

# Run the scenario on standard input with vm's options "$@"; print its status.
scenario() {
	cat >"$work/scenario"
	"$here/vm" --log "$work/console.log" "$@" "$work/scenario" \
		>"$work/output" 2>"$work/errors" </dev/null
	echo $?
}

build_hello() {	# kernel
	mkdir -p "$work/hello-$1"
	cat >"$work/hello-$1/hello.c" <<-'END'
		#include <linux/module.h>
		static int __init hello_init(void)
		{
			pr_info("hello was loaded\n");
			return 0;
		}
		module_init(hello_init);
		MODULE_LICENSE("Dual BSD/GPL");
	END
	echo 'obj-m := hello.o' >"$work/hello-$1/Kbuild"
	make -s -C "$top/build/download/kernel-$1/headers" \
		M="$work/hello-$1" modules >"$work/hello-$1/log" 2>&1
}

for kernel in 6.1 6.12; do
	"$here/vm" --kernel "$kernel" --log "$work/console.log" \
		"$here/smoke.sh" >"$work/output" 2>&1
	verdict "kernel_${kernel}_boots" $?

	build_hello "$kernel"
	status=$(scenario --kernel "$kernel" --in "$work/hello-$kernel" <<-END
		insmod /in/hello-$kernel/hello.ko
		dmesg | grep 'hello was loaded'
	END
	)
	verdict "a_module_built_for_${kernel}_loads" "$status"
done

status=$(scenario --cpus 4 <<-'END'
	[ "$(nproc)" = 4 ]
END
)
verdict four_cpus_come_up "$status"

status=$(scenario --icount <<-'END'
	[ "$(nproc)" = 1 ]
END
)
verdict the_instruction_clock_works "$status"

status=$(scenario --tpm "$work/tpm" <<-'END'
	[ -c /dev/tpmrm0 ] && [ "$(cat /sys/class/tpm/tpm0/tpm_version_major)" = 2 ]
END
)
verdict a_tpm_is_there_when_asked_for "$status"

head -c 20000001 /dev/urandom >"$work/large"
status=$(scenario --in "$work/large" --out "$work/out" <<-'END'
	cp /in/large /out/copy
	echo this is stdout
	echo this is stderr >&2
	exit 7
END
)
[ "$status" = 7 ]
verdict the_exit_status_comes_out $?
printf 'this is stdout\nthis is stderr\n' | cmp -s - "$work/output"
verdict the_output_comes_out_clean $?
cmp -s "$work/large" "$work/out/copy"
verdict files_go_in_and_out_unchanged $?

disk_is_entered() {
	scenario --disk "$1" <<-'END'
		mount "/dev/$disk" /mnt && chroot /mnt /usr/bin/openssl version &&
			touch /mnt/changed && umount /mnt
	END
}
if [ $# = 1 ]; then
	before=$(cksum <"$1")
	status=$(disk_is_entered "$1")
	verdict programs_on_a_disk_run "$status"
	[ "$before" = "$(cksum <"$1")" ]
	verdict what_changes_on_the_disk_is_forgotten $?
fi

status=$(scenario <<-'END'
	echo before
	echo c >/proc/sysrq-trigger
	echo after
END
)
[ "$status" = 125 ] && grep -q 'kernel died' "$work/errors" &&
	[ "$(cat "$work/output")" = before ]
verdict a_panic_is_reported $?

status=$(scenario --timeout 5 <<-'END'
	sleep 1000
END
)
[ "$status" = 125 ] && grep -q 'did not finish' "$work/errors"
verdict a_hang_is_reported $?

status=$(scenario <<-'END'
	reboot -f
	sleep 10
END
)
[ "$status" = 125 ] && grep -q 'was reset' "$work/errors"
verdict a_reset_is_reported $?

[ "$failed" = 0 ]
