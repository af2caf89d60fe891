#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# nginx serves TLS; its key is in the token.

. /in/token/lib.sh
. /in/token/nginx.sh

token=nginx
uri='pkcs11:token=nginx;object=web;type=private'

presents_the_certificate() {
	echo | OPENSSL_CONF=/dev/null openssl s_client \
		-connect 127.0.0.1:4443 -CAfile web.pem -verify_return_error \
		>client.log 2>&1
}

workers() {
	pgrep -P "$(cat nginx.pid)" | sort | tr '\n' ' '
}

are_new() {	# the workers until now
	now=$(workers)
	[ -n "$now" ] && ! echo " $now" | grep -qF " ${1%% *} "
}

reloads() {
	before=$(workers)
	web -s reload
	wait_for are_new "$before"
}

write_openssl_conf
write_nginx_conf "engine:pkcs11:$uri"
claim a_token_is_made new_token $token
claim a_key_is_made new_pair $token EC:prime256v1 web 01
open_to_workers
claim a_certificate_is_made makes_a_certificate "$uri" -engine pkcs11 \
	-keyform engine
claim nginx_starts starts
claim nginx_presents_the_certificate presents_the_certificate
claim clients_shake_hands shakes_hands 200 4
claim nginx_reloads reloads
claim it_works_after_the_reload shakes_hands 20 4
claim nginx_stops stops
claim nginx_starts_again starts
claim it_works_after_the_restart shakes_hands 20 4
claim nginx_stops_again stops
grep -v 'signal process started\|start worker\|gracefully\|exit' error.log |
	sed 's/^/# /' | head
exit 0
