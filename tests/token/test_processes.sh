#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Several processes with the same token at once.

. /in/token/lib.sh

token=many
count=3 signatures=1
[ -z "$is_long" ] || count=4 signatures=3

sign_often() {	# number
	for i in $(seq $signatures); do
		as_user $token --sign --id 01 --mechanism ECDSA \
			--signature-format openssl --input-file digest \
			--output-file "signature-$1-$i" || return 1
		openssl pkeyutl -verify -pubin -inkey public -in digest \
			-sigfile "signature-$1-$i" || return 1
	done
}

all_sign() {
	processes=
	for i in $(seq $count); do
		sign_often "$i" >"log-$i" 2>&1 &
		processes="$processes $!"
	done
	status=0
	for process in $processes; do
		wait "$process" || status=1
	done
	[ $status = 0 ] || tail -n 3 log-*
	return $status
}

all_make_keys() {
	processes=
	for i in $(seq $count); do
		new_pair $token EC:prime256v1 "made-$i" "1$i" >"log-$i" 2>&1 &
		processes="$processes $!"
	done
	status=0
	for process in $processes; do
		wait "$process" || status=1
	done
	[ $status = 0 ] || tail -n 3 log-*
	as_user $token --list-objects --type privkey >list
	[ $status = 0 ] && [ "$(grep -c 'label: *made-' list)" = $count ]
}

claim a_token_is_made new_token $token
claim a_key_is_made new_pair $token EC:prime256v1 shared 01
as_user $token --read-object --type pubkey --id 01 --output-file public.der \
	2>/dev/null
openssl pkey -pubin -inform DER -in public.der -out public
head -c 32 /dev/urandom >digest
claim several_processes_sign_at_once all_sign
claim several_processes_make_keys_at_once all_make_keys
exit 0
