/* proof: a report that proves what the least final value is, as content.
 *
 * Where something goes wrong, the report begins with that. The proof has two halves. A schedule that ends with the value shows that it is possible; that all schedules were covered shows
 * that nothing less is. Where there is no such value the report tells what was found. report/html_report.h makes a page of
 * the content, proof_write_markdown() a document. */
#pragma once

#include "analysis/outcome.h"
#include "base/text.h"
#include "report/content.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A certificate that was written beside the report. */
struct proof_certificate {
    const char *file;
    const char *sha256; /* of the file, in hexadecimal */
};

/* What a report is made of; all is borrowed. */
struct proof {
    const struct outcome *outcome;
    const char *title;   /* NULL: what was found */
    const char *author;  /* or NULL */
    const char *date;    /* or NULL */
    const char *command; /* that makes the same report again */
    const char *version; /* "0.1.0" */
    const struct proof_certificate *certificates;
    size_t certificate_count;        /* 0: no certificate was written */
    const char *certificate_command; /* that would write one beside the same report; NULL: there is none to be had */
};

/* Returns the report, without its title, as content that borrows from the outcome; freed with content_free(). */
struct content proof_content(const struct proof *self);

/* Writes the report as Markdown. Write errors stay on the stream. */
void proof_write_markdown(FILE *stream, const struct proof *self);

/* Appends the title: as given, else "counter = 2 is the least final value"; plain text. */
void proof_print_title(struct text *text, const struct proof *self);

/* Whether the least and the greatest value may be claimed. */
bool proof_has_claim(const struct outcome *outcome);

/* Whether there is something that a certificate could prove: what is claimed of every state, else the least values. */
bool proof_can_be_certified(const struct outcome *outcome);

/* The witness that the report tells first: that of a deadlock, of a hang, or of whatever else goes wrong; where nothing does, that
 * for the least value; else the first one. Borrowed, or NULL. */
const struct outcome_witness *proof_first_witness(const struct outcome *outcome);
