/* SPDX-License-Identifier: BSD-2-Clause */
/* pal measure: what a PAL image is known by. */
#include <stdio.h>
#include "command.h"
#include "image_file.h"
#include "json.h"

static const struct usage usage = {
	.synopsis = "pal measure [--json] FILE.pal",
	.text = "Print the SHA-384 of a PAL image, without signatures that may "
		"follow it.\n",
	.options = option_json_only,
	.operand_count = 1,
};

int command_measure(int argc, char **argv)
{
	struct image_file file;
	bool as_json;
	int option = option_json(argc, argv, &usage, &as_json);

	if (option != OPTION_END)
		return option_exit(option);
	if (image_file_read(argv[optind], &file))
		return EXIT_FAILURE;
	if (!as_json) {
		printf("%s\n", file.measurement);
		return finish_output();
	}
	fputs("{\"name\":", stdout);
	json_string(file.header.name, sizeof(file.header.name));
	printf(",\"algorithm\":\"sha384\",\"measurement\":\"%s\"}\n",
	       file.measurement);
	return finish_output();
}
