# SPDX-License-Identifier: BSD-2-Clause
#
# On the host: tpm2-tools for a guest.  Sourced.

# tpm2, its driver for a device, and the libraries of both.
tpm_tools() {	# folder
	mkdir "$1"
	driver=$(ldconfig -p | sed -n 's/.*libtss2-tcti-device\.so\.0 .*=> //p')
	for file in "$(command -v tpm2)" "$driver"; do
		cp -L "$file" "$1"
		ldd "$file" | sed -nE 's/.* => (\/[^ ]*) .*/\1/p'
	done | sort -u | xargs cp -L -t "$1"
}
