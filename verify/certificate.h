/* certificate: a file as docs/certificate.md describes it, read but not believed.
 *
 * Reading checks the form and the checksum; what the certificate says is for proof.h to check. The states stay the
 * lines of the file, and are read again each time: a state's *key*, the part before its bounds, is what finds it. So
 * a state takes 12 bytes besides its line, however many there are. Names and places are pointers into the file. Lives as
 * long as the process. */
#pragma once

#include "verify/machine.h"
#include "verify/sha256.h"
#include "verify/table.h"

/* Text that grows. */
struct buffer {
    char *text;
    size_t length;
    size_t capacity;
};

/* A location that states list, and, for a known register, at which instructions of its thread they do not. */
struct column {
    size_t location;
    size_t thread;   /* of a register with `forgotten`, or of a place in a store buffer */
    bool *forgotten; /* one an instruction and one for the end, or NULL: never */
    bool is_place;
    size_t place; /* behind so many stores of the thread */
};

struct columns {
    struct column *at;
    size_t count;
    size_t capacity;
};

/* A line that lists a state. */
struct listed_state {
    struct span key;
    struct span bounds;
};

struct run {
    size_t thread;
    unsigned choice; /* of steps that can turn out in several ways */
    int64_t steps;
    bool is_flush; /* so many stores of the thread reach memory */
};

/* What is claimed: a bound for the final value of a location, with a witness that ends with it; or that a condition is true of every
 * state. */
struct claim {
    struct span text;      /* "value", or "always x < 3" */
    struct span condition; /* NULL in a bound */
    size_t location;
    int64_t bound;
    struct run *runs; /* of the witness */
    size_t run_count;
    size_t run_capacity;
    int64_t witness_steps;
    const char *witness;
};

struct certificate {
    struct machine machine; /* with the program, and the direction of the claims that are bounds */
    struct program *program;
    struct scheduler scheduler;
    struct span model;              /* escaped */
    char digest[SHA256_DIGITS + 1]; /* of the program's text */
    struct span parameters;         /* of the scheduler, as the file has them */
    struct span settings;           /* the lines of symbols and registers */
    struct claim *claims;
    size_t claim_count;
    size_t claim_capacity;

    struct columns known;
    struct columns bounded;
    bool *is_known; /* one a word: it has a known column, and what waits for it in store buffers is known, too */

    struct span states; /* their lines, and what is left of the file */
    size_t state_count;
    struct table table; /* finds them by their keys */
};

/* A way along the states, in their order: it begins with all of them. */
struct walk {
    struct span rest;
    size_t left; /* states */
};

/* Whether a claim is a bound. */
static inline bool claim_is_bound(const struct claim *self)
{
    return self->condition.text == NULL;
}

/* Whether these first bytes of a file, or no bytes, can be those of a certificate. */
bool certificate_begins(const char *bytes, size_t length);

/* The last line is "sha256 DIGITS", of all that stands above it. Returns what that is, and the digits; ends the process where they are others. */
struct span certificate_check_sum(struct span file, char digits[SHA256_DIGITS + 1]);

/* The digest of a program's text, lines behind '>': of each line with its line feed, and without the escapes. */
void certificate_digest_text(struct span lines, char digits[SHA256_DIGITS + 1]);

/* Reads a certificate from the bytes of a file, which must stay. Ends the process where it is none. */
struct certificate *certificate_read(struct span file);

/* Reads what it is about, from the first line to the program's last one, and moves *file behind that. */
void certificate_read_subject(struct certificate *self, struct span *file);

/* Takes the next state from a walk; returns false where there is none left. */
bool certificate_next(const struct certificate *self, struct walk *walk, struct listed_state *listed);

/* Fills a state with what a line says: listed values are known or bounded. Those of other locations stay as they are. */
void certificate_parse_state(const struct certificate *self, const struct listed_state *listed, struct state *state);

/* Fills only the bounds of the locations, as values[location]. */
void certificate_parse_bounds(const struct certificate *self, const struct listed_state *listed, struct value *values);

/* What is known of the value of a bounded column in a state: of the store that waits at a place, if there is one without a known value. */
struct value certificate_value(const struct certificate *self, const struct state *state, const struct column *column);

/* Writes the key of a state into the buffer, in place of what was there. Returns a location whose value has to be listed
 * and is not known, or SIZE_MAX. */
size_t certificate_write_key(const struct certificate *self, const struct state *state, struct buffer *buffer);

/* Finds the listed state with a key; returns false where there is none. A moment before, it should be said that it will be
 * asked for, which gives the hash: so memory has time to fetch the entry. */
uint64_t certificate_expect(const struct certificate *self, const struct buffer *key);
bool certificate_find(const struct certificate *self, const struct buffer *key, uint64_t hash,
                      struct listed_state *listed);
