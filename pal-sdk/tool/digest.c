/* SPDX-License-Identifier: BSD-2-Clause */
/* pal digest: what a signer elsewhere (an HSM) has to sign. */
#include <stdio.h>
#include "command.h"
#include "image_file.h"

static const struct option_rule rules[] = {
	{'r', "raw", NULL, "print the 48 bytes themselves"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal digest [--raw] FILE.pal",
	.text = "Print the SHA-384 digest that a signature of this image signs, "
		"for keys that `pal sign`\ncannot read.  `pal sign "
		"--signature` puts the signature in.\n",
	.options = rules,
	.operand_count = 1,
};

int command_digest(int argc, char **argv)
{
	struct image_file file;
	bool is_raw = false;
	int option;

	while ((option = option_next(argc, argv, &usage)) == 'r')
		is_raw = true;
	if (option != OPTION_END)
		return option_exit(option);
	if (image_file_read(argv[optind], &file))
		return EXIT_FAILURE;
	if (is_raw)
		fwrite(file.digest, sizeof(file.digest), 1, stdout);
	else
		printf("%s\n", file.measurement);
	return finish_output();
}
