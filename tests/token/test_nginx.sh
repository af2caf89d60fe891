#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# nginx serves TLS; its key is in the token.

. /in/token/lib.sh

token=nginx
handshakes=40 again=4
[ -z "$is_long" ] || handshakes=200 again=20
uri='pkcs11:token=nginx;object=web;type=private'

# The simulator's counters belong to whom began them.
owner=www-data
[ "$PAL_BACKEND" != sim ] || owner=root

write_conf() {
	cat >nginx.conf <<-END
		user $owner;
		worker_processes 2;
		error_log $work/error.log;
		env PAL_BACKEND; env PAL_SIM_QUIET;
		env PAL_SIM_STATE; env PAL_SIM_ROOT;
		pid $work/nginx.pid;
		events { worker_connections 64; }
		http {
			access_log off;
			server {
				listen 127.0.0.1:4443 ssl;
				ssl_certificate $work/web.pem;
				ssl_certificate_key "engine:pkcs11:$uri";
				ssl_session_cache off;
				ssl_session_tickets off;
				location / { return 200 "kept\n"; }
			}
		}
	END
}

makes_a_certificate() {
	openssl req -x509 -new -engine pkcs11 -keyform engine -key "$uri" \
		-subj /CN=localhost -days 30 -out web.pem
}

web() {	# arguments of nginx
	nginx -c "$work/nginx.conf" "$@"
}

starts() {
	web && wait_for is_listening 4443
}

# Each request is a connection of its own, and a handshake.
shakes_hands() {	# count
	OPENSSL_CONF=/dev/null ab -n "$1" -c 4 https://127.0.0.1:4443/ \
		>ab.log 2>&1
	status=$?
	grep -E 'Complete requests|HTML transferred|per second|rror' ab.log
	# Of a handshake that failed ab says that the request is complete.
	[ $status = 0 ] && ! grep 'handshake failed' ab.log &&
		grep -q "HTML transferred: *$((5 * $1)) bytes" ab.log
}

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

stops() {
	master=$(cat nginx.pid)
	web -s stop
	wait_for eval "! kill -0 $master"
}

mkdir -p /var/lib/nginx /var/log/nginx
chmod 755 "$work"
write_openssl_conf
write_conf
claim a_token_is_made new_token $token
claim a_key_is_made new_pair $token EC:prime256v1 web 01
# nginx' workers are no root.
[ -z "$is_softhsm" ] || chmod -R a+rwX /tmp/softhsm
claim a_certificate_is_made makes_a_certificate
claim nginx_starts starts
claim nginx_presents_the_certificate presents_the_certificate
claim clients_shake_hands shakes_hands $handshakes
claim nginx_reloads reloads
claim it_works_after_the_reload shakes_hands $again
claim nginx_stops stops
claim nginx_starts_again starts
claim it_works_after_the_restart shakes_hands $again
claim nginx_stops_again stops
grep -v 'signal process started\|start worker\|gracefully\|exit' error.log |
	sed 's/^/# /' | head
exit 0
