/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a PIN; what held it is wiped. */
#include "token_pin.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "command.h"

#define TERMINAL "/dev/tty"

void pin_wipe(struct pin *pin)
{
	explicit_bzero(pin, sizeof(*pin));
}

/* One line, without its end, byte by byte: no buffer of stdio keeps it. */
static int read_line(int descriptor, struct pin *pin)
{
	ssize_t got;
	char byte;

	pin->size = 0;
	while ((got = read(descriptor, &byte, 1)) == 1 && byte != '\n') {
		if (pin->size == KEY_PIN_MAX) {
			errno = EFBIG;
			return -1;
		}
		pin->text[pin->size++] = byte;
	}
	pin->text[pin->size] = '\0';
	return got < 0 ? -1 : 0;
}

static int read_file(const struct pin_source *source, struct pin *pin)
{
	int descriptor = open(source->file, O_RDONLY | O_CLOEXEC);
	int status = descriptor < 0 ? -1 : read_line(descriptor, pin);

	if (status)
		report("%s: %s", source->file,
		       errno == EFBIG ? "its first line is too long for a PIN"
				      : strerror(errno));
	if (descriptor >= 0)
		close(descriptor);
	return status;
}

static int read_variable(const struct pin_source *source, const char *value,
			 struct pin *pin)
{
	pin->size = strlen(value);
	if (pin->size > KEY_PIN_MAX) {
		report("%s: longer than %d bytes", source->variable,
		       KEY_PIN_MAX);
		return -1;
	}
	memcpy(pin->text, value, pin->size + 1);
	return 0;
}

static int type(int terminal, const char *words, const char *again,
		struct pin *pin)
{
	struct termios before, silent;
	int status;

	dprintf(terminal, "%s%s: ", words, again);
	if (tcgetattr(terminal, &before))
		return -1;
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(terminal, TCSAFLUSH, &silent);
	status = read_line(terminal, pin);
	tcsetattr(terminal, TCSAFLUSH, &before);
	dprintf(terminal, "\n");
	return status;
}

static int type_twice(int terminal, const char *words, struct pin *pin)
{
	struct pin again;
	bool is_same;

	if (type(terminal, words, "", pin) ||
	    type(terminal, words, " again", &again))
		return -1;
	is_same = pin->size == again.size &&
		  !memcmp(pin->text, again.text, pin->size);
	pin_wipe(&again);
	if (!is_same)
		report("the two are not the same; nothing was changed");
	return is_same ? 0 : -1;
}

static int ask(const struct pin_source *source, struct pin *pin)
{
	int terminal = open(TERMINAL, O_RDWR | O_CLOEXEC);
	int status;

	if (terminal < 0) {
		report("no %s: name a file%s%s%s, or run it in a terminal",
		       source->words, source->variable ? ", set " : "",
		       source->variable ? source->variable : "",
		       source->variable ? "" : "");
		return -1;
	}
	status = source->is_new ? type_twice(terminal, source->words, pin)
				: type(terminal, source->words, "", pin);
	close(terminal);
	return status;
}

int pin_read(const struct pin_source *source, struct pin *pin)
{
	const char *value = source->variable ? getenv(source->variable) : NULL;
	int status;

	if (source->file)
		status = read_file(source, pin);
	else if (value)
		status = read_variable(source, value, pin);
	else
		status = ask(source, pin);
	if (!status && pin->size >= KEY_PIN_MIN)
		return 0;
	if (!status)
		report("a %s has %d to %d bytes", source->words, KEY_PIN_MIN,
		       KEY_PIN_MAX);
	pin_wipe(pin);
	return -1;
}
