# SPDX-License-Identifier: BSD-2-Clause
# From gcov's listings of hv/core: one line for each file and the whole, each
# line that was not reached, and a verdict.  What UNREACHABLE() says is no line.
# Exit status 1 below `least` per cent, or if a line that returns an error of its
# own was not reached and is not one of `races`.
function finish() {
	if (lines)
		printf "%-16s %5.1f %% of %4d lines\n", file, \
			100 * reached / lines, lines
	all += lines
	all_reached += reached
	lines = reached = 0
}

/^ *-: *0:Source:/ {
	finish()
	file = $0
	sub(/.*Source:/, "", file)
	is_core = file ~ /^hv\/core\/.*\.c$/ && !seen[file]++
	sub(/.*\//, "", file)
}

!is_core || /UNREACHABLE\(\)/ { next }

/^ *[0-9]+\*?: *[0-9]+:/ {
	lines++
	reached++
}

/^ *[#=]+: *[0-9]+:/ {
	lines++
	split($0, part, ":")
	text = part[3]
	gsub(/^[ \t]+/, "", text)
	missed[++missed_count] = file ":" part[2] + 0 ": " text
	if (match(text, /HV_E[A-Z]+/) && text ~ /^return/ &&
	    !index(races, file ":" substr(text, RSTART, RLENGTH)))
		errors++
}

END {
	finish()
	for (i = 1; i <= missed_count; i++)
		print "# not reached: " missed[i]
	percent = all ? 100 * all_reached / all : 0
	printf "%-16s %5.1f %% of %4d lines\n", "hv/core", percent, all
	print (percent < least ? "not ok" : "ok") " - at least " least \
		" % of the lines of hv/core are reached"
	print (errors ? "not ok" : "ok") " - every error is returned"
	if (figures)
		printf "{\"percent\": %.1f, \"lines\": %d}\n", percent, all \
			>figures
	exit percent < least || errors > 0
}
