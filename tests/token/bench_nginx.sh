#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# TLS handshakes of nginx, one after the other: nanoseconds for each.
# Usage: bench_nginx.sh ours|softhsm|file rsa|ec COUNT

. /in/token/lib.sh
. /in/token/nginx.sh

who=$1 kind=$2 count=$3
case $kind in
rsa) type=rsa:2048 ;;
ec) type=EC:prime256v1 ;;
esac

if [ "$who" = file ]; then
	key=$work/web.key
	case $kind in
	rsa) openssl genrsa -out "$key" 2048 ;;
	ec) openssl ecparam -genkey -noout -name prime256v1 -out "$key" ;;
	esac >/dev/null 2>&1
	makes_a_certificate "$key" && write_nginx_conf "$key"
else
	write_openssl_conf
	uri="pkcs11:token=web$kind;object=web;type=private"
	new_token "web$kind" && new_pair "web$kind" $type web 01 &&
		makes_a_certificate "$uri" -engine pkcs11 -keyform engine &&
		write_nginx_conf "engine:pkcs11:$uri"
fi >log 2>&1 || exit 1
open_to_workers
starts && shakes_hands 2 1 >/dev/null && shakes_hands "$count" 1 >/dev/null ||
	exit 1
stops 2>log
sed -n 's/^Time per request: *\([0-9]*\)\.\([0-9]\{3\}\) .*(mean)$/\1\2000/p' ab.log
