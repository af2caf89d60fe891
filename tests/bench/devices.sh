# SPDX-License-Identifier: BSD-2-Clause
# What devices carry that an IOMMU is in front of: in turn without a hypervisor
# and with DMA protection on.

set -e
in=/in
kernel=$(uname -r)
for name in net/core/failover drivers/net/net_failover drivers/net/virtio_net; do
	insmod "/lib/modules/$kernel/kernel/$name.ko"
done
insmod "/lib/palisade/palisade-$(echo "$kernel" | cut -d. -f1-2).ko"
for block in /sys/block/vd*; do
	[ "$(cat "$block/size")" = 2097152 ] && disk=/dev/${block##*/}
done
for round in 1 2 3 4 5; do
	$in/bench devices "$disk" | sed 's/^/without /'
	$in/bench launch /lib/palisade/palisade.bin >/dev/null
	pal status | grep -q '^DMA protection  on'
	$in/bench devices "$disk" | sed 's/^/with /'
	pal disable >/dev/null
done
