#!/bin/sh
# Tests of @name@, in the simulator: it runs the same image, protecting nothing.
PAL_BACKEND=sim
export PAL_BACKEND

[ "$(./@name@ 1 2 3 2>errors)" = "$(printf '1\n3\n6')" ] || {
	if grep -q /dev/palisade errors; then
		rm -f errors
		echo 'skipped: this libpal has no simulator'
		exit 0
	fi
	cat errors
	echo 'not ok: 1 2 3 do not add up'
	exit 1
}
./@name@ 9223372036854775807 1 >/dev/null 2>errors && {
	echo 'not ok: too large a total is not refused'
	exit 1
}
rm -f errors
echo 'ok'
