# SPDX-License-Identifier: BSD-2-Clause
#
# Tokens under the hypervisor: what their tests do in the simulator, too, and a
# shorter set of kills and guesses.  An unsigned key PAL has counters for five
# tokens, so the hypervisor begins anew in between.

. /usr/lib/palisade/tests/lib.sh

run_tokens() {		# program
	claim the_hypervisor_is_launched enable
	"$tests/token_$1"
	status=$?
	[ "$status" -le 1 ] || not_ok "token_$1_ends_well" "status $status"
	claim the_hypervisor_ends pal disable
}

claim the_module_loads insmod "$module"
for program in crypto token limits robust; do
	run_tokens "$program"
done
claim the_module_unloads rmmod palisade
claim the_kernel_log_is_clean no_damage_in_log
exit 0
