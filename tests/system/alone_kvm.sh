# SPDX-License-Identifier: BSD-2-Clause
#
# KVM and Palisade want the same thing: whoever comes second does not get it.
# vm: --kernel 6.1
# vm: --kernel 6.12

. /usr/lib/palisade/tests/lib.sh

kvm_holds_svm() {
	"$tests/helper_kvm" >/run/kvm 2>&1 &
	echo $! >/run/kvm.pid
	for _ in $(seq 50); do
		grep -q ready /run/kvm && return 0
		sleep 0.1
	done
	cat /run/kvm
	return 1
}

kvm_lets_go() {
	kill -9 "$(cat /run/kvm.pid)"
}

enable_names_kvm() {
	if said=$(enable 2>&1); then
		echo "it worked: $said"
		return 1
	fi
	echo "$said"
	echo "$said" | grep -q 'KVM' && dmesg | grep 'palisade:' | grep -q 'KVM'
}

# A machine's last pieces go some time after its process; and some kernels keep
# SVM on for as long as the module is loaded.
launch_after_kvm() {
	for _ in $(seq 50); do
		enable >/dev/null 2>&1 && break
		rmmod kvm_amd 2>/dev/null
		sleep 0.2
	done
	good_pal_works
}

# Its instructions are refused one by one, which Linux logs; it goes on.
kvm_beside_palisade_does_no_harm() {
	modprobe kvm_amd 2>/dev/null
	timeout 5 "$tests/helper_kvm" >/run/kvm 2>&1
	rmmod kvm_amd 2>/dev/null
	good_pal_works
}

expect_log 'kvm|unchecked MSR access error|Call Trace:'
claim the_module_loads insmod "$module"
if modprobe kvm_amd && [ -c /dev/kvm ]; then
	claim kvm_makes_a_machine kvm_holds_svm
	claim a_launch_is_refused_beside_kvm enable_names_kvm
	kvm_lets_go
	claim a_launch_works_when_kvm_has_gone launch_after_kvm
	claim kvm_beside_palisade_does_no_harm kvm_beside_palisade_does_no_harm
	claim the_hypervisor_ends pal disable
else
	skip a_launch_is_refused_beside_kvm 'no KVM in this guest'
fi
claim the_module_unloads rmmod palisade
claim the_kernel_log_is_clean no_damage_in_log
exit 0
