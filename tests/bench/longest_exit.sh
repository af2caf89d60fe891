# SPDX-License-Identifier: BSD-2-Clause
# How long the OS waits for the hypervisor: each hypercall of the module, timed
# by probes of its kernel with the clock that counts instructions.  Calls in
# which an interrupt was served do not count; nor does HC_PAL_JUDGE, in which
# the notary runs, and which an interrupt ends.

set -e
in=/in
trace=/sys/kernel/tracing
insmod "/lib/palisade/palisade-$(uname -r | cut -d. -f1-2).ko"
[ -e $trace/kprobe_events ] || mount -t tracefs none $trace
echo x86-tsc >$trace/trace_clock
echo 8192 >$trace/buffer_size_kb
# The second argument: the first is where the result goes.
echo 'p:hv/call palisade:hypercall number=%si:x32' >$trace/kprobe_events
echo 'r:hv/back palisade:hypercall' >>$trace/kprobe_events
echo 1 >$trace/events/hv/enable
echo 1 >$trace/events/irq_vectors/enable

pal enable --image /lib/palisade/palisade.bin >/dev/null
# No such function: it is opened and closed all the same.
for image in sign load_p256 load; do
	! pal run -n -e 999 $in/$image.pal 2>/dev/null
done
pal status >/dev/null
pal disable >/dev/null

echo 0 >$trace/events/enable
awk '
function value(tail,	i) {	# of the word that ends so
	for (i = 1; i <= NF; i++)
		if (substr($i, length($i) - length(tail) + 1) == tail &&
		    $i + 0 > 0)
			return $i + 0
}
/ call: / { start = value(":"); number = $NF; is_clean = 1 }
/_entry: / { is_clean = 0 }
/ back: / && is_clean && number != "number=0x50414c12" {
	length_ = value(":") - start
	if (length_ > longest[number])
		longest[number] = length_
	if (!(number in shortest) || length_ < shortest[number])
		shortest[number] = length_
}
END {
	names["number=0x50414c03"] = "pool_add"
	names["number=0x50414c04"] = "pool_remove"
	names["number=0x50414c05"] = "pal_create"
	names["number=0x50414c06"] = "pal_load"
	names["number=0x50414c07"] = "pal_window"
	names["number=0x50414c08"] = "pal_start"
	names["number=0x50414c09"] = "pal_destroy"
	names["number=0x50414c0e"] = "unload"
	names["number=0x50414c14"] = "notary_start"
	for (number in longest) {
		if (longest[number] > most)
			most = longest[number]
		if (number in names)
			print "longest_exit_" names[number] "_instructions",
			      longest[number]
	}
	print "longest_exit_instructions", most
	print "pool_add_instructions", shortest["number=0x50414c03"]
}' $trace/trace
