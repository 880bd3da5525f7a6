/* certificate: a file as docs/certificate.md describes it, read but not believed.
 *
 * Reading checks the form and the checksum; what the certificate says is for proof.h to check. The states stay the
 * lines of the file: a state's *key*, the part before its bounds, is what finds it again. Lives as long as the
 * process. */
#ifndef RACECHECK_VERIFY_CERTIFICATE_H
#define RACECHECK_VERIFY_CERTIFICATE_H

#include "verify/machine.h"
#include "verify/words.h"

/* Text that grows. */
struct buffer {
    char *text;
    size_t length;
    size_t capacity;
};

/* A location that states list, and, for a known register, at which instructions of its thread they do not. */
struct column {
    size_t location;
    size_t thread;   /* of a register with `forgotten` */
    bool *forgotten; /* one an instruction and one for the end, or NULL: never */
};

struct listed_state {
    struct span key;
    struct span bounds;
    size_t line;
};

struct run {
    size_t thread;
    int64_t steps;
};

struct certificate {
    struct machine machine; /* with the program, and the direction of the claim */
    struct program *program;
    struct scheduler scheduler;
    struct span model;
    size_t observed; /* a location */
    struct span observed_name;
    int64_t claim;

    struct run *runs; /* of the witness */
    size_t run_count;
    size_t run_capacity;
    int64_t witness_steps;
    size_t witness_line;

    struct column *known;
    size_t known_count;
    size_t known_capacity;
    struct column *bounded;
    size_t bounded_count;
    size_t bounded_capacity;

    struct listed_state *states;
    size_t state_count;
    size_t state_capacity;
    uint32_t *table;   /* open addressing: number of a state + 1, or 0 */
    size_t table_size; /* a power of 2 */
};

/* Reads a certificate from the bytes of a file, which must stay. Ends the process where it is none. */
struct certificate *certificate_read(const char *bytes, size_t length);

/* Fills a state with what a line says: listed values are known or bounded, everything else is unknown. */
void certificate_parse_state(const struct certificate *self, const struct listed_state *listed, struct state *state);

/* Fills only the bounds of the locations, as values[location]. */
void certificate_parse_bounds(const struct certificate *self, const struct listed_state *listed, struct value *values);

/* Forgets what the certificate does not list in such a state. Returns the location of a listed value that is not known,
 * or SIZE_MAX. */
size_t certificate_forget(const struct certificate *self, struct state *state);

/* Writes the key of a state into the buffer, in place of what was there. */
void certificate_write_key(const struct certificate *self, const struct state *state, struct buffer *buffer);

/* The listed state with a key, or NULL. */
const struct listed_state *certificate_find(const struct certificate *self, const struct buffer *key);

#endif
