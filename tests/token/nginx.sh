# SPDX-License-Identifier: BSD-2-Clause
#
# nginx serves TLS on port 4443, from $work.  Sourced after lib.sh, in the disk.

# The simulator's counters belong to whom began them.
owner=www-data
[ "$PAL_BACKEND" != sim ] || owner=root

write_nginx_conf() {	# what ssl_certificate_key is to be
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
				ssl_certificate_key "$1";
				ssl_session_cache off;
				ssl_session_tickets off;
				location / { return 200 "kept\n"; }
			}
		}
	END
}

makes_a_certificate() {	# key, more options of openssl req
	key=$1
	shift
	openssl req -x509 -new "$@" -key "$key" -subj /CN=localhost -days 30 \
		-out web.pem
}

web() {	# arguments of nginx
	nginx -c "$work/nginx.conf" "$@"
}

starts() {
	web && wait_for is_listening 4443
}

# Each request is a connection of its own, and a handshake.
shakes_hands() {	# count, at once
	OPENSSL_CONF=/dev/null ab -n "$1" -c "$2" https://127.0.0.1:4443/ \
		>ab.log 2>&1
	status=$?
	grep -E 'Complete requests|HTML transferred|per second|rror' ab.log
	# Of a handshake that failed ab says that the request is complete.
	[ $status = 0 ] && ! grep 'handshake failed' ab.log &&
		grep -q "HTML transferred: *$((5 * $1)) bytes" ab.log
}

stops() {
	master=$(cat nginx.pid)
	web -s stop
	wait_for eval "! kill -0 $master"
}

# What the workers, who are no root, must reach.
open_to_workers() {
	mkdir -p /var/lib/nginx /var/log/nginx
	chmod 755 "$work"
	[ -z "$is_softhsm" ] || chmod -R a+rwX /tmp/softhsm
}
