# SPDX-License-Identifier: BSD-2-Clause
# Before `make shell` gives its prompt: the hypervisor runs, and what to try.

insmod "/lib/palisade/palisade-$(uname -r | cut -d. -f1-2).ko" &&
	chgrp palisade /dev/palisade && chmod 660 /dev/palisade &&
	pal enable
cat <<'TEXT'

Try: hello you; sign /etc/os-release; pal status; pal top; pal log; pal disable.
PALs are in /usr/lib/palisade; `su user` is one of group palisade, not root.
Your own files: what the host has below build/guest/root when the guest boots.
TEXT
