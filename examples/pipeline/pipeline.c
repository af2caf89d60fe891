/* SPDX-License-Identifier: BSD-2-Clause */
/* Has orders checked and stamped by two PALs; tries to go past the first. */
#include <pal_host.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pipeline.h"

PAL_STUBS(PIPELINE_FUNCTIONS);
PAL_STUBS(STAMP_FUNCTIONS);

#define DEFAULT_IMAGE "/usr/lib/palisade/pipeline.pal"
#define DEFAULT_STAMP "/usr/lib/palisade/stamp.pal"

static const char *words(int status)
{
	switch (status) {
	case 0:
		return "good";
	case PIPELINE_ETO:
		return "refused: nobody to pay";
	case PIPELINE_EAMOUNT:
		return "refused: the amount";
	case PIPELINE_EPEER:
		return "refused: no stamp (does the policy allow the call?)";
	case STAMP_ECALLER:
		return "refused: not by the PAL pipeline";
	case STAMP_EFORGED:
		return "forged";
	default:
		return pal_error_text();
	}
}

static int verify(struct pal *stamper, const struct order *order,
		  const struct stamp *stamp)
{
	struct stamped stamped = {.amount = order->amount};

	memcpy(stamped.to, order->to, sizeof(stamped.to));
	memcpy(stamped.mark, stamp->mark, sizeof(stamped.mark));
	return stamp_verify(stamper, &stamped);
}

/* Returns 0 if all went as the README says. */
static int pay(struct pal *checker, struct pal *stamper, const char *to,
	       const char *amount)
{
	struct order order = {.amount = strtoull(amount, NULL, 10)};
	struct stamp stamp;
	int status;

	snprintf(order.to, sizeof(order.to), "%s", to);
	status = order_submit(checker, &order, &stamp);
	if (status) {
		printf("%s %s: %s\n", to, amount, words(status));
		return status == PIPELINE_EPEER;
	}
	printf("%s %s: stamped, and the stamp is %s\n", to, amount,
	       words(verify(stamper, &order, &stamp)));
	order.amount++;
	printf("with one more: the stamp is %s\n",
	       words(verify(stamper, &order, &stamp)));
	printf("past the check: %s\n",
	       words(stamp_make(stamper, &order, &stamp)));
	return 0;
}

static int open_both(const char *image, const char *stamp_image,
		     struct pal **checker, struct pal **stamper)
{
	if (!pal_open(image, checker) && !pal_open(stamp_image, stamper))
		return 0;
	fprintf(stderr, "pipeline: %s\n", pal_error_text());
	return -1;
}

int main(int argc, char **argv)
{
	const char *image = DEFAULT_IMAGE, *stamp_image = DEFAULT_STAMP;
	struct pal *checker, *stamper;
	int first = 1, failed;

	if (argc > 3 && !strcmp(argv[1], "-i")) {
		image = argv[2];
		stamp_image = argv[3];
		first = 4;
	}
	if (argc != first + 2) {
		fputs("usage: pipeline [-i PIPELINE.pal STAMP.pal] TO AMOUNT\n",
		      stderr);
		return 2;
	}
	if (open_both(image, stamp_image, &checker, &stamper))
		return 1;
	failed = pay(checker, stamper, argv[first], argv[first + 1]);
	pal_close(checker);
	pal_close(stamper);
	return failed;
}
