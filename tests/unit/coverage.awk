# SPDX-License-Identifier: BSD-2-Clause
# From gcov's summary: one line for each file of the core, and the whole.
/^File '.*core\/.*\.c'/ {
	split($0, part, "'")
	file = part[2]
	sub(/.*core\//, "", file)
}
/^Lines executed:/ && file != "" {
	split($0, part, "[:% ]")
	lines = $NF
	reached = int(part[3] * lines / 100 + 0.5)
	printf "%-16s %5.1f %% of %4d lines\n", file, part[3], lines
	all += lines
	all_reached += reached
	file = ""
}
END {
	printf "%-16s %5.1f %% of %4d lines\n", "hv/core", \
		100 * all_reached / all, all
}
