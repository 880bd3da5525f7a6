/* prose: sentences in which `backticks` enclose code and *asterisks* one stressed word.
 *
 * This is the little markup that content (report/content.h) has; every renderer reads it here. Code that has backticks stands between
 * runs of more of them, as in Markdown. A backtick or an asterisk
 * without a partner is itself. Nothing else means anything, so text of any origin may stand in prose. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum prose_kind { PROSE_PLAIN, PROSE_CODE, PROSE_STRESSED };

/* A stretch of one kind, without its marks. */
struct prose_part {
    enum prose_kind kind;
    const char *bytes;
    size_t length;
};

/* Reads the part at *at and moves *at behind it; returns false at the end. */
bool prose_next(const char **at, struct prose_part *part);

/* Returns the words without their marks, fit for one line of a terminal, as new. */
char *prose_plain(const char *words);

/* Appends words of foreign origin as code: control characters in them are replaced, and backticks at their ends. */
void prose_print_code(struct text *text, const char *words);
