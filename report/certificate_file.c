#include "report/certificate_file.h"

#include "base/text.h"
#include "report/parametric_text.h"

#include <inttypes.h>
#include <nettle/sha2.h>
#include <string.h>

enum { ITEMS_A_LINE = 16, CHUNK = 1 << 16 };

/* A file under way: what was written to text and not yet to the stream. */
struct writing {
    FILE *stream;
    const struct certificate *certificate;
    const struct outcome *outcome;
    struct text text;
    struct sha256_ctx digest; /* of what was written to the stream */
};

/* Writes out what has gathered. */
static void flush(struct writing *self)
{
    fwrite(text_string(&self->text), 1, self->text.length, self->stream);
    sha256_update(&self->digest, self->text.length, (const uint8_t *)text_string(&self->text));
    self->text.length = 0;
}

static void flush_much(struct writing *self)
{
    if (self->text.length > CHUNK)
        flush(self);
}

/* A digest as hexadecimal digits; it can go on. */
static void tell_digest(const struct sha256_ctx *digest, char checksum[CERTIFICATE_CHECKSUM_SIZE])
{
    struct sha256_ctx copy = *digest;
    uint8_t bytes[SHA256_DIGEST_SIZE];
    sha256_digest(&copy, sizeof bytes, bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(checksum + 2 * i, 3, "%02x", bytes[i]);
}

/* ---- What it is about ------------------------------------------------------------------------------------------ */

/* Printable ASCII and tabs as they are; any other byte, and the backslash, escaped. */
static void write_escaped(struct text *text, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == '\\')
            text_append(text, "\\\\", 2);
        else if (byte == '\t' || (byte >= ' ' && byte <= '~'))
            text_append(text, bytes + i, 1);
        else
            text_print(text, "\\x%02x", byte);
    }
}

/* The lines of the program, each behind '>'; a last line without its newline gets one. */
static void write_program(struct text *text, const char *program)
{
    struct text body = TEXT_INIT;
    size_t lines = 0;
    for (const char *at = program; *at != '\0'; lines++) {
        size_t length = strcspn(at, "\n");
        text_append(&body, ">", 1);
        write_escaped(&body, at, length);
        text_append(&body, "\n", 1);
        at += length + (at[length] == '\n');
    }
    text_print(text, "text %zu\n%s", lines, text_string(&body));
    text_free(&body);
}

/* What sha256sum prints of the program, whose last line has its newline. */
static void write_program_digest(struct text *text, const char *program)
{
    char checksum[CERTIFICATE_CHECKSUM_SIZE];
    struct sha256_ctx digest;
    size_t length = strlen(program);
    sha256_init(&digest);
    sha256_update(&digest, length, (const uint8_t *)program);
    if (length > 0 && program[length - 1] != '\n')
        sha256_update(&digest, 1, (const uint8_t *)"\n");
    tell_digest(&digest, checksum);
    text_print(text, "\nprogram %s", checksum);
}

static void write_scheduler(struct text *text, const struct outcome *outcome)
{
    text_print(text, "scheduler %s", outcome->scheduler);
    for (size_t p = 0; p < outcome->parameter_count; p++) {
        text_print(text, " ");
        property_print(text, &outcome->parameters[p], "=");
    }
    text_print(text, "\n");
}

static void write_numbers(struct text *text, const char *keyword, const struct property *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_print(text, "%s %s %" PRId64 "\n", keyword, list[i].name, list[i].number);
}

static void write_claim(struct text *text, const struct certificate_claim *claim, bool is_upper)
{
    if (claim->is_bound)
        text_print(text, "claim %s %s %" PRId64 "\n", claim->text, is_upper ? "<=" : ">=", claim->bound);
    else
        text_print(text, "claim always %s\n", claim->text);
}

static void write_head(struct writing *self)
{
    const struct certificate *certificate = self->certificate;
    const struct outcome *outcome = self->outcome;
    struct text *text = &self->text;
    text_print(text, "racecheck-certificate 1\n");
    for (size_t c = 0; c < certificate->claim_count; c++)
        write_claim(text, &certificate->claims[c], certificate->is_upper);
    text_print(text, "model ");
    write_escaped(text, outcome->model, strlen(outcome->model));
    write_program_digest(text, outcome->text);
    text_print(text, "\nthreads %" PRId64 "\niters %" PRId64 "\n", outcome->given_threads, outcome->iters);
    write_numbers(text, "symbol", outcome->symbols, outcome->symbol_count);
    write_numbers(text, "register", certificate->registers, certificate->register_count);
    write_scheduler(text, outcome);
    write_program(text, outcome->text);
}

/* ---- The witness ----------------------------------------------------------------------------------------------- */

static bool is_same(struct action a, struct action b)
{
    return (a.kind == ACTION_FLUSH) == (b.kind == ACTION_FLUSH) && a.thread == b.thread && a.choice == b.choice;
}

/* Who steps, in which of several ways, and whose stores reach memory, is all that a certificate tells of a schedule, as 0*3 1:2*1 0f*2. */
static void write_witness(struct writing *self, const struct schedule *schedule)
{
    struct text *text = &self->text;
    size_t first = schedule_first_step(schedule), items = 0;
    text_print(text, "witness %zu\n", schedule->count - first);
    for (size_t a = first, end; a < schedule->count; a = end) {
        struct action action = schedule->actions[a];
        for (end = a + 1; end < schedule->count && is_same(action, schedule->actions[end]);)
            end++;
        text_print(text, "%s%d", items == 0 ? "" : items % ITEMS_A_LINE == 0 ? "\n" : " ", (int)action.thread);
        if (action.choice > 0)
            text_print(text, ":%u", (unsigned)action.choice);
        text_print(text, "%s*%zu", action.kind == ACTION_FLUSH ? "f" : "", end - a);
        items++;
    }
    text_print(text, "%s", items > 0 ? "\n" : "");
    flush_much(self);
}

static void write_witnesses(struct writing *self)
{
    for (size_t c = 0; c < self->certificate->claim_count; c++)
        if (self->certificate->claims[c].is_bound)
            write_witness(self, &self->certificate->claims[c].schedule);
}

/* ---- The states ------------------------------------------------------------------------------------------------ */

/* What stands in front of a column: a blank, and a bar where the bounds begin. */
static const char *separator(const struct certificate *certificate, size_t column)
{
    if (column == 0)
        return "";
    bool begins_bounds = certificate->columns[column].kind == CERTIFICATE_BOUND &&
                         certificate->columns[column - 1].kind != CERTIFICATE_BOUND;
    return begins_bounds ? " | " : " ";
}

static void write_columns(struct writing *self)
{
    static const char *const kinds[] = {
        [CERTIFICATE_AT] = "at:",       [CERTIFICATE_MUTEX] = "mutex:",   [CERTIFICATE_RWLOCK] = "rwlock:",
        [CERTIFICATE_QUEUE] = "queue:", [CERTIFICATE_BUFFER] = "buffer:", [CERTIFICATE_KNOWN] = "known:",
        [CERTIFICATE_TURN] = "turn",    [CERTIFICATE_COUNT] = "count",    [CERTIFICATE_LEAD] = "lead:",
        [CERTIFICATE_BOUND] = "bound:",
    };
    const struct certificate *certificate = self->certificate;
    text_print(&self->text, "columns ");
    for (size_t c = 0; c < certificate->column_count; c++)
        text_print(&self->text, "%s%s%s", separator(certificate, c), kinds[certificate->columns[c].kind],
                   certificate->columns[c].name);
    text_print(&self->text, "\n");
}

/* The instructions at which a register is not told, as ranges. */
static void write_forgotten(struct writing *self, size_t column)
{
    const struct certificate *certificate = self->certificate;
    uint32_t end = certificate_end(certificate, column);
    bool is_any = false;
    for (uint32_t first = 0, last; first <= end; first = last + 1) {
        last = first;
        if (!certificate_forgets(certificate, column, first))
            continue;
        while (last < end && certificate_forgets(certificate, column, last + 1))
            last++;
        if (!is_any)
            text_print(&self->text, "forget %s", certificate->columns[column].name);
        text_print(&self->text, last > first ? " %" PRIu32 "-%" PRIu32 : " %" PRIu32, first, last);
        is_any = true;
    }
    text_append(&self->text, "\n", is_any);
    flush_much(self);
}

static void write_all_forgotten(struct writing *self)
{
    const struct certificate *certificate = self->certificate;
    for (size_t c = 0; c < certificate->column_count; c++)
        if (certificate->columns[c].kind == CERTIFICATE_KNOWN && certificate->columns[c].thread >= 0)
            write_forgotten(self, c);
}

/* Most of what is written is small numbers: no format is read for each. */
static void write_number(struct text *text, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        digits[--at] = '-';
    text_append(text, digits + at, sizeof digits - at);
}

/* What waits in a store buffer: x=1,y */
static void write_stores(struct text *text, const struct certificate_cell *cell)
{
    for (size_t i = 0; i < cell->count; i++) {
        bool is_told = (cell->untold >> i & 1) == 0;
        text_print(text, "%s%s%s", i > 0 ? "," : "", cell->words[i], is_told ? "=" : "");
        if (is_told)
            write_number(text, cell->numbers[i]);
    }
}

static void write_cell(struct text *text, const struct certificate_cell *cell)
{
    if (cell->count == 0)
        text_append(text, "-", 1);
    for (size_t i = 0; i < cell->count; i++) {
        text_append(text, ",", i > 0);
        write_number(text, cell->numbers[i]);
    }
    text_append(text, &cell->mark, cell->mark != '\0');
}

static void write_state(struct writing *self, size_t state)
{
    const struct certificate *certificate = self->certificate;
    struct certificate_cell cell;
    for (size_t c = 0; c < certificate->column_count; c++) {
        const char *between = separator(certificate, c);
        certificate_cell(certificate, state, c, &cell);
        text_append(&self->text, between, strlen(between));
        if (certificate->columns[c].kind == CERTIFICATE_BUFFER && cell.count > 0)
            write_stores(&self->text, &cell);
        else
            write_cell(&self->text, &cell);
    }
    text_append(&self->text, "\n", 1);
    flush_much(self);
}

/* Returns whether all were written, or at least tried: a stream that has failed once will not do better. */
static bool write_states(struct writing *self)
{
    text_print(&self->text, "states %zu\n", self->certificate->state_count);
    for (size_t state = 0; state < self->certificate->state_count && !ferror(self->stream); state++) {
        if (certificate_is_spent(self->certificate, state))
            return false;
        write_state(self, state);
    }
    return true;
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

bool certificate_file_write(FILE *stream, const struct certificate *certificate, const struct outcome *outcome,
                            char checksum[CERTIFICATE_CHECKSUM_SIZE])
{
    struct writing self = {.stream = stream, .certificate = certificate, .outcome = outcome, .text = TEXT_INIT};
    sha256_init(&self.digest);
    write_head(&self);
    write_witnesses(&self);
    write_columns(&self);
    write_all_forgotten(&self);
    bool is_whole = write_states(&self);
    flush(&self);
    tell_digest(&self.digest, checksum);
    text_print(&self.text, "sha256 %s\n", checksum);
    flush(&self);
    tell_digest(&self.digest, checksum);
    text_free(&self.text);
    return is_whole;
}

/* ---- For every number of repetitions ---------------------------------------------------------------------------- */

void certificate_file_write_parametric(FILE *stream, const struct outcome *outcome, bool is_upper,
                                       char checksum[CERTIFICATE_CHECKSUM_SIZE])
{
    struct writing self = {.stream = stream, .outcome = outcome, .text = TEXT_INIT};
    struct text *text = &self.text;
    sha256_init(&self.digest);
    text_print(text, "racecheck-certificate 2\n");
    parametric_text_print_claim(text, outcome->iterations, is_upper);
    text_print(text, "model ");
    write_escaped(text, outcome->model, strlen(outcome->model));
    write_program_digest(text, outcome->text);
    text_print(text, "\nthreads %" PRId64 "\n", outcome->given_threads);
    write_numbers(text, "symbol", outcome->symbols, outcome->symbol_count);
    write_program(text, outcome->text);
    parametric_text_print(text, outcome->iterations, is_upper);
    flush(&self);
    tell_digest(&self.digest, checksum);
    text_print(text, "sha256 %s\n", checksum);
    flush(&self);
    tell_digest(&self.digest, checksum);
    text_free(text);
}
