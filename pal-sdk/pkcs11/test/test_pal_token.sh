#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# `pal token` as its owner uses it, in the simulator: output, messages, exit
# statuses, and what openssl says of the keys.
#
# Usage: test_pal_token.sh PAL KEY-PAL TOKEN-SIGN

set -u
pal=$1 sign=$3
export PALISADE_KEY_PAL="$2"
. pal-sdk/test/tap.sh

mkdir "$dir/tokens" "$dir/state"
head -c 32 /dev/urandom >"$dir/root"
export PAL_BACKEND=sim PAL_SIM_QUIET=1
export PAL_SIM_ROOT="$dir/root" PAL_SIM_STATE="$dir/state"
export PALISADE_TOKENS="$dir/tokens"
export PALISADE_PIN=1234 PALISADE_SO_PIN=12345678
echo 4321 >"$dir/new-pin"

token() {	# command...
	$pal token "$@"
}

# Nothing has to be said.
works() {	# claim, command...
	works=$1
	shift
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	result $? "$works"
}

is_refused() {	# claim, command...
	refused=$1
	shift
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	[ $? = 1 ]
	result $? "$refused"
}

# The public key of the token's key is this one.
is_same_key() {	# token, label, public key as PEM
	token export "$1" "$2" >"$dir/exported" 2>"$dir/err" &&
		openssl pkey -pubin -in "$dir/exported" -outform DER \
			-out "$dir/one" 2>"$dir/log" &&
		openssl pkey -pubin -in "$3" -outform DER -out "$dir/other" \
			2>"$dir/log" &&
		cmp -s "$dir/one" "$dir/other"
}

signs() {	# token, label
	"$sign" "$1" "$2" sign text >"$dir/signature" 2>"$dir/err" &&
		"$sign" "$1" "$2" verify text <"$dir/signature" 2>"$dir/err"
}

# ---- Making and looking ------------------------------------------------------

works without_tokens_there_is_nothing_to_list token list
works a_token_is_made token init -r 1000 web
expect it_is_listed 0 web token list
expect a_name_that_leaves_the_folder_is_refused 1 'is no name' \
	token init -r 1000 ../web
[ ! -e "$dir/web" ]
result $? and_nothing_is_made_there
expect a_token_that_is_not_there_is_told 1 'nobody' token list nobody
expect too_few_rounds_are_refused 2 'rounds' token init -r 10 weak
expect a_key_is_made 0 'pkcs11:token=web' token generate -l first web
expect it_is_in_the_token 0 first token list web
expect as_json_too 0 '"first"' token list --json web
python3 -m json.tool <"$dir/out" >"$dir/log" 2>&1
result $? which_others_can_read
expect an_unknown_type_is_refused 2 'rsa1024' token generate -t rsa1024 web
signs web first
result $? the_key_signs
token export web first >"$dir/first.pem" &&
	openssl pkey -pubin -in "$dir/first.pem" -noout 2>"$dir/log"
result $? openssl_reads_its_public_key
expect a_label_that_is_not_there_is_told 1 'nothing' token export web second
expect a_missing_key_pal_is_told 5 "$dir/none" \
	env PALISADE_KEY_PAL="$dir/none" "$pal" token list web

# ---- Keys from elsewhere -----------------------------------------------------

for type in EC:ec_paramgen_curve:P-256 EC:ec_paramgen_curve:P-521 \
		RSA:rsa_keygen_bits:2048; do
	label=$(echo "${type##*:}-${type%%:*}" | tr A-Z a-z)
	openssl genpkey -algorithm "${type%%:*}" -pkeyopt "${type#*:}" \
		-out "$dir/key.pem" 2>"$dir/log"
	openssl pkey -in "$dir/key.pem" -pubout -out "$dir/public.pem" \
		2>"$dir/log"
	expect "a_key_comes_in_$label" 0 'pkcs11:' \
		token import -l "$label" web "$dir/key.pem"
	is_same_key web "$label" "$dir/public.pem"
	result $? "and_is_the_same_$label"
done
openssl req -x509 -new -key "$dir/key.pem" -subj /CN=web -days 2 \
	-out "$dir/web.pem" 2>"$dir/log"
works a_certificate_comes_in \
	token import -l cert -i 77 web "$dir/web.pem"
token export -c web cert 2>"$dir/err" | openssl x509 -outform DER \
	>"$dir/one" 2>"$dir/log"
openssl x509 -in "$dir/web.pem" -outform DER | cmp -s - "$dir/one"
result $? and_out_again
echo 'no key' >"$dir/garbage"
expect what_is_no_key_is_told 1 "$dir/garbage" \
	token import -l bad web "$dir/garbage"
grep -rqF "$(sed -n 2p "$dir/key.pem")" "$dir/tokens"
[ $? = 1 ]
result $? no_file_of_the_token_shows_it

# ---- PINs --------------------------------------------------------------------

with_pin() {	# PIN, command...
	with=$1
	shift
	env PALISADE_PIN="$with" "$pal" token "$@"
}

expect a_wrong_pin_is_told 1 PIN with_pin 9999 list web
expect the_public_part_needs_none 0 first with_pin 9999 list --public web
works the_pin_changes token pin -n "$dir/new-pin" web
expect the_old_one_is_wrong_now 1 PIN token list web
expect the_new_one_is_right 0 first with_pin 4321 list web
for _ in 1 2 3 4 5 6 7 8 9 10; do
	with_pin 9999 list web >/dev/null 2>&1
done
expect ten_wrong_ones_lock_it 1 locked with_pin 4321 list web
echo 1234 >"$dir/old-pin"
works the_so_unlocks_it token unlock -n "$dir/old-pin" web
expect with_a_new_pin 0 first token list web
expect a_wrong_so_pin_is_told 1 PIN \
	env PALISADE_SO_PIN=99999999 "$pal" token unlock -n "$dir/old-pin" web

# ---- What the owner allowed --------------------------------------------------

token generate -l two -m 2 web >/dev/null
"$sign" web two sign a >/dev/null && "$sign" web two sign b >/dev/null
result $? a_key_for_two_signatures_makes_two
expect and_no_third 1 'signing' "$sign" web two sign c
token generate -l decrypts -t p256 -u derive web >/dev/null
expect a_key_that_may_not_sign_does_not 1 'signing' "$sign" web decrypts sign a
token generate -l over -e 2020-01-01 web >/dev/null 2>&1
is_refused a_key_whose_time_is_over_does_not "$sign" web over sign a
expect a_date_that_is_none_is_refused 2 '2026-02-31' \
	token generate -l never -e 2026-02-31 web

# ---- The record --------------------------------------------------------------

works the_record_is_whole token audit web
cp "$dir/tokens/web/audit" "$dir/audit"
sed -i 2d "$dir/tokens/web/audit"
is_refused a_line_that_is_gone_is_missed token audit -q web
cp "$dir/audit" "$dir/tokens/web/audit"
sed -i '$d' "$dir/tokens/web/audit"
is_refused the_last_one_too token audit -q web
cp "$dir/audit" "$dir/tokens/web/audit"
works put_back_it_is_whole token audit -q web

# ---- Another machine's token -------------------------------------------------

token init -r 1000 second >/dev/null
expect a_token_tells_where_backups_may_go 0 'PUBLIC KEY' \
	token export -b second
cp "$dir/out" "$dir/second.pem"
works a_token_names_its_backups_place \
	token init -r 1000 -b "$dir/second.pem" main
token generate -l kept main >/dev/null
token export main kept >"$dir/kept.pem"
works a_key_is_backed_up token backup -o "$dir/backup" main kept
works its_token_takes_it token restore second "$dir/backup"
is_same_key second kept "$dir/kept.pem" && signs second kept
result $? and_it_works_there
is_refused no_other_token_takes_it token restore web "$dir/backup"
expect a_token_without_a_place_gives_no_backup 1 'backup' \
	token backup -o "$dir/none" web first
printf x | dd of="$dir/backup" bs=1 seek=100 conv=notrunc 2>/dev/null
is_refused a_changed_backup_is_refused token restore second "$dir/backup"

# ---- The end -----------------------------------------------------------------

works a_key_is_destroyed token remove web first
expect and_is_gone 1 'nothing' token export web first
works a_token_is_removed token remove --token web
expect and_is_gone_with_all 1 'web' token list web
[ ! -e "$dir/tokens/web" ]
result $? nothing_of_it_is_left
finish
