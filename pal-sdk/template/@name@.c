/* The program: adds up its arguments in the PAL. */
#include <pal_host.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "@name@.h"

PAL_STUBS(@NAME@_FUNCTIONS);

static int add(struct pal *pal, const char *text)
{
	struct @name@_amount amount = {strtoll(text, NULL, 10)}, total;

	if (@name@_add(pal, &amount, &total)) {
		fprintf(stderr, "@name@: %s\n", pal_error_text());
		return 1;
	}
	printf("%" PRId64 "\n", total.value);
	return 0;
}

int main(int argc, char **argv)
{
	struct pal *pal;
	int failed = 0;

	if (pal_open("@name@.pal", &pal)) {
		fprintf(stderr, "@name@: %s\n", pal_error_text());
		return 1;
	}
	for (int i = 1; i < argc; i++)
		failed |= add(pal, argv[i]);
	pal_close(pal);
	return failed;
}
