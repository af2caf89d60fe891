# SPDX-License-Identifier: BSD-2-Clause
#
# KVM and Palisade want the same thing: whoever comes second does not get it.
# Newer kernels' KVM takes it as soon as its module is loaded; there it is told
# not to, so that it can come second.
# vm: --kernel 6.1
# vm: --kernel 6.12

. /usr/lib/palisade/tests/lib.sh

load_kvm() {
	modprobe kvm enable_virt_at_load=0	# older kernels ignore it
	modprobe kvm_amd && [ -c /dev/kvm ]
}

kvm_holds_svm() {
	"$tests/helper_kvm" >/run/kvm 2>&1 &
	echo $! >/run/kvm.pid
	wait_until grep -q ready /run/kvm || {
		cat /run/kvm
		return 1
	}
}

kvm_lets_go() {
	kill -9 "$(cat /run/kvm.pid)"
	wait "$(cat /run/kvm.pid)"
	return 0
}

enable_names_kvm() {
	if said=$(enable 2>&1); then
		echo "it worked: $said"
		return 1
	fi
	echo "$said"
	echo "$said" | grep -q 'KVM' && dmesg | grep 'palisade:' | grep -q 'KVM'
}

# A machine's last pieces go some time after its process.
launch_after_kvm() {
	wait_until enable >/dev/null 2>&1 && good_pal_works
}

# EBUSY, which newer kernels call EIO; and nothing else in the kernel's log.
kvm_is_refused() {
	said=$(timeout 120 "$tests/helper_kvm" 2>&1)
	echo "$said"
	echo "$said" | grep -qE 'Device or resource busy|Input/output error'
}

kvm_cannot_be_loaded() {
	rmmod kvm_amd kvm || return 1
	if said=$(modprobe kvm_amd 2>&1); then
		echo "it was loaded"
		return 1
	fi
	echo "$said"
}

kvm_works_again() {
	load_kvm && kvm_holds_svm && kvm_lets_go
}

claim the_module_loads insmod "$module"
if load_kvm; then
	claim kvm_makes_a_machine kvm_holds_svm
	claim a_launch_is_refused_beside_kvm enable_names_kvm
	kvm_lets_go
	claim a_launch_works_when_kvm_has_gone launch_after_kvm
	claim kvm_makes_no_machine_beside_palisade kvm_is_refused
	claim kvm_can_ask_again kvm_is_refused
	claim a_pal_works_after_kvm_was_refused good_pal_works
	claim kvm_cannot_be_loaded_beside_palisade kvm_cannot_be_loaded
	claim a_pal_works_after_kvm_was_not_loaded good_pal_works
	claim the_hypervisor_ends pal disable
	claim kvm_works_again kvm_works_again
else
	skip a_launch_is_refused_beside_kvm 'no KVM in this guest'
fi
claim the_module_unloads rmmod palisade
claim the_kernel_log_is_clean no_damage_in_log
exit 0
