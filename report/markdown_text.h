/* markdown_text: text of unknown origin inside a Markdown document.
 *
 * Outside code every character that could begin markup or HTML is escaped; inside code, where nothing can be escaped,
 * backticks are replaced. Control characters and what is not valid UTF-8 become '?' and U+FFFD. Write errors stay on
 * the stream. */
#pragma once

#include <stdio.h>

/* Writes text, on one line. */
void markdown_text_write(FILE *stream, const char *text);

/* Writes a name as code. It may stand in a cell of a table. */
void markdown_text_write_code(FILE *stream, const char *name);

/* Writes a sentence in which `backticks` enclose code. */
void markdown_text_write_prose(FILE *stream, const char *sentence);

/* Writes lines as a block of code, under a fence that they cannot close. */
void markdown_text_write_block(FILE *stream, const char *lines);

/* Writes text for a diagram of Mermaid, whose language has no quotes: what could mean something there becomes '?'. */
void markdown_text_write_mermaid(FILE *stream, const char *text);
