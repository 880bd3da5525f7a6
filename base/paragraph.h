/* paragraph: running text in lines of at most so many columns. */
#pragma once

#include "base/text.h"

#include <stddef.h>

/* Appends words, which are valid UTF-8, broken into lines at spaces, and a newline at the end. The first line continues
 * one of which `column` columns are used already; the others are indented by `indent`. A word that is too long for a
 * line stands alone. */
void paragraph_print(struct text *text, const char *words, size_t column, size_t indent, size_t width);
