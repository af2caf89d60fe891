# SPDX-License-Identifier: BSD-2-Clause
#
# A machine without SVM, or without nested paging: clear words, nothing changed.
# vm: --cpu EPYC,-svm
# vm: --cpu EPYC,+svm,-npt

. /usr/lib/palisade/tests/lib.sh

fails_saying() {	# words, command...
	words=$1
	shift
	if said=$("$@" 2>&1); then
		echo "it worked: $said"
		return 1
	fi
	echo "$said"
	echo "$said" | grep -qi "$words"
}

expected='SVM'
grep -qw svm /proc/cpuinfo && expected='nested paging'

claim the_module_loads insmod "$module"
claim check_names_what_is_missing fails_saying "$expected" pal check
claim enable_names_what_is_missing fails_saying "$expected" enable
claim enable_does_so_again fails_saying "$expected" enable
claim a_program_is_told_that_there_is_no_hypervisor \
	fails_saying 'pal enable' hello world
claim the_module_unloads rmmod palisade
claim a_program_is_told_that_there_is_no_module \
	fails_saying 'palisade.ko' hello world
claim the_kernel_log_is_clean no_damage_in_log
exit 0
