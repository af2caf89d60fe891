# SPDX-License-Identifier: BSD-2-Clause
#
# The published vectors, by the cryptography in a PAL.

. /usr/lib/palisade/tests/lib.sh

claim the_module_loads insmod "$module"
claim the_hypervisor_is_launched enable
cd /usr/lib/palisade || exit 2
VECTORS_PAL=vectors.pal run_vectors vectors/*.txt
status=$?
[ "$status" -le 1 ] || not_ok the_vectors_run_to_their_end "status $status"
claim the_hypervisor_ends pal disable
claim the_module_unloads rmmod palisade
claim the_kernel_log_is_clean no_damage_in_log
exit 0
