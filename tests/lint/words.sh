#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fail on what does not belong into the tree: notes to oneself, conflict marks,
# and the addresses of package servers, which are the user's own affair.
. tests/lint/files.sh

bad=0
ours() {
	tracked | grep -vE '^tests/vectors/.*\.txt$|^tests/lint/words\.sh$'
}
ours | xargs grep -nIwE 'TODO|FIXME|XXX|HACK' && bad=1
ours | xargs grep -nIE '^(<<<<<<<|>>>>>>>) ' && bad=1
ours | xargs grep -nIE \
	'(deb|ftp|httpredir|security|snapshot|mirrors?|packages|artifactory|nexus)[a-z0-9.-]*\.(debian|ubuntu|[a-z0-9-]+)\.(org|com|net|io|dev|internal|local)\b' |
	grep -vE '(www|manpages|wiki)\.debian\.org' && bad=1
exit $bad
