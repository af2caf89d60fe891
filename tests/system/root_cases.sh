# SPDX-License-Identifier: BSD-2-Clause
#
# Sealing roots in a TPM, and keys in tokens under any root, over restarts: what
# is put away goes to /out, and is in /run/out after the restart.  Sourced after
# lib.sh; /in/tpm2 has tpm2-tools.

export PALISADE_PIN=1234 PALISADE_SO_PIN=12345678
export TPM2TOOLS_TCTI=device:/dev/tpmrm0

tpm2() {
	LD_LIBRARY_PATH=/in/tpm2 /in/tpm2/tpm2 "$@"
}

# As in palisade-root(7).
seal_root() {	# place, attributes
	tpm2 createpolicy -Q --policy-pcr -l "sha256:${1#*:}" -L root.policy &&
		tpm2 createprimary -Q -C o -G ecc -c primary.ctx &&
		tpm2 create -Q -C primary.ctx -L root.policy -i root.bytes \
			-a "$2" -u root.pub -r root.priv -c root.ctx &&
		tpm2 evictcontrol -Q -C o -c root.ctx "${1%:*}"
}

# A token of this name with a key, and what the key signed.
key_is_made() {	# name
	export PALISADE_TOKENS=/out/tokens
	pal token init -r 1000 "$1" && pal token generate -l key "$1" &&
		key_signs "$1" key before
}

key_signs() {	# name, label, text
	"$tests/token_sign" "$1" "$2" sign "$3" >"/out/$1.$3" &&
		pal token export -o "/out/$1.pem" "$1" "$2"
}

# The key is what it was: it verifies what it signed before the restart.
key_works_again() {	# name, label
	export PALISADE_TOKENS=/run/out/tokens
	"$tests/token_sign" "$1" "$2" verify before <"/run/out/$1.before" &&
		key_signs "$1" "$2" after &&
		"$tests/token_sign" "$1" "$2" verify after <"/out/$1.after" &&
		! "$tests/token_sign" "$1" "$2" verify before <"/out/$1.after"
}

token_is_refused() {	# words, folder of tokens, name
	refusal=$(PALISADE_TOKENS=$2 pal token list "$3" 2>&1) && return 1
	echo "$refusal"
	echo "$refusal" | grep -q "$1"
}
