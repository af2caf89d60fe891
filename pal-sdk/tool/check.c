/* SPDX-License-Identifier: BSD-2-Clause */
/* pal check: tell whether this machine can run Palisade, and what to do. */
#include <stdio.h>
#include "command.h"
#include "json.h"
#include "machine.h"
#include "place.h"

static const struct option_rule rules[] = {
	{'i', "image", "FILE", "hypervisor; default: the installed one"},
	{'j', "json", NULL, "print JSON"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal check [--image FILE] [--json]",
	.text = "Tell whether this machine can run Palisade, and what to do "
		"about what is missing.\nChanges nothing.  Root learns more.  "
		"Exit status 1 when something is missing.\n",
	.options = rules,
	.operand_count = 0,
};

static const char *level_text(enum finding_level level)
{
	switch (level) {
	case FINDING_GOOD:
		return "ok";
	case FINDING_NOTE:
		return "note";
	case FINDING_BAD:
		return "missing";
	}
	return "?";
}

static void print_text(const struct machine *machine,
		       const struct finding *findings, int count)
{
	printf("%s, %u CPUs\n", machine->model, machine->cpu_count);
	for (int i = 0; i < count; i++)
		printf("%-8s %-17s %s\n", level_text(findings[i].level),
		       findings[i].what, findings[i].text);
}

static void print_json(const struct machine *machine,
		       const struct finding *findings, int count, bool is_good)
{
	fputs("{\"model\":", stdout);
	json_string(machine->model, sizeof(machine->model));
	printf(",\"cpus\":%u,\"ok\":%s,\"findings\":[", machine->cpu_count,
	       is_good ? "true" : "false");
	for (int i = 0; i < count; i++) {
		printf("%s{\"level\":\"%s\",\"what\":", i ? "," : "",
		       level_text(findings[i].level));
		json_string(findings[i].what, SIZE_MAX);
		fputs(",\"text\":", stdout);
		json_string(findings[i].text, SIZE_MAX);
		putchar('}');
	}
	puts("]}");
}

static int check(const char *image, bool as_json)
{
	struct finding findings[FINDING_LIMIT];
	struct machine machine;
	bool is_good = true;
	int count, status;

	machine_probe(&machine, image);
	count = machine_judge(&machine, findings);
	for (int i = 0; i < count; i++)
		is_good = is_good && findings[i].level != FINDING_BAD;
	if (as_json)
		print_json(&machine, findings, count, is_good);
	else
		print_text(&machine, findings, count);
	status = finish_output();
	return is_good ? status : EXIT_FAILURE;
}

int command_check(int argc, char **argv)
{
	const char *image = place_hypervisor();
	bool as_json = false;
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'i')
			image = optarg;
		else
			as_json = true;
	}
	if (option != OPTION_END)
		return option_exit(option);
	return check(image, as_json);
}
