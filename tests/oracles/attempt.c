#include "tests/oracles/attempt.h"

#include "base/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

const char *attempt_find_line(const char *answer, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = answer; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1;
    }
    return NULL;
}

static bool read_ranges(struct attempt *self, const char *text)
{
    self->given |= LINE_RANGES;
    if (strcmp(text, " none\n") == 0)
        return true;
    while (*text == ' ' && self->range_count < ATTEMPT_RANGES_MAX) {
        struct attempt_range *range = &self->ranges[self->range_count++];
        char *next;
        range->first = range->last = strtoll(text + 1, &next, 10);
        if (strncmp(next, "..", 2) == 0)
            range->last = strtoll(next + 2, &next, 10);
        text = next;
    }
    return *text == '\n';
}

static bool read_schedule(struct attempt *self, const char *text)
{
    self->given |= LINE_SCHEDULE;
    while (*text == ' ' && isupper((unsigned char)text[1])) {
        char *next = (char *)(uintptr_t)(text + 2);
        long times = *next == '*' ? strtol(next + 1, &next, 10) : 1;
        for (; times > 0 && self->step_count < ATTEMPT_STEPS_MAX; times--)
            self->steps[self->step_count++] = (uint32_t)(text[1] - 'A');
        text = next;
    }
    return *text == '\n';
}

static bool read_chain(struct attempt *self, const char *text)
{
    self->given |= LINE_CHAIN;
    while (*text == ' ' && isupper((unsigned char)text[1]) && self->link_count < ATTEMPT_LINKS_MAX) {
        char *next;
        uint32_t store = (uint32_t)strtoul(text + 2, &next, 10);
        self->links[self->link_count++] = (struct attempt_link){(uint32_t)(text[1] - 'A'), store};
        text = next;
    }
    return *text == '\n';
}

static bool read_value(struct attempt *self, const char *text)
{
    char *end;
    self->given |= LINE_VALUE;
    self->value = strtoll(text, &end, 10);
    return *end == '\n';
}

static bool read_count(struct attempt *self, const char *text)
{
    size_t length = strcspn(text + 1, "\n");
    self->given |= LINE_COUNT;
    if (length > ATTEMPT_DIGITS_MAX)
        return false;
    memcpy(self->digits, text + 1, length);
    return true;
}

static bool read_program(struct attempt *self, const char *text)
{
    self->given |= LINE_PROGRAM;
    self->program = memory_copy_string(text + 1);
    return *text == '\n';
}

void attempt_add_end(struct attempt *self, char *end)
{
    if (self->end_count < ATTEMPT_ENDS_MAX)
        self->ends[self->end_count++] = end;
    else
        memory_free(end);
}

/* Model answers have one blank between ends, and none in them. */
static bool read_ends(struct attempt *self, const char *text)
{
    self->given |= LINE_ENDS;
    while (*text == ' ') {
        size_t length = strcspn(text + 1, " \n");
        struct text end = TEXT_INIT;
        text_append(&end, text + 1, length);
        attempt_add_end(self, text_take(&end));
        text += 1 + length;
    }
    return *text == '\n';
}

bool attempt_read(struct attempt *self, const struct key *key)
{
    static const struct {
        const char *name;
        bool (*read)(struct attempt *self, const char *text);
    } lines[] = {
        {"values", read_ranges},   {"quanta", read_ranges}, {"schedule", read_schedule},
        {"value", read_value},     {"chain", read_chain},   {"count", read_count},
        {"program", read_program}, {"outcomes", read_ends}, {"outputs", read_ends},
    };
    bool is_good = true;
    *self = (struct attempt){.kind = key->kind};
    for (size_t l = 0; l < sizeof lines / sizeof lines[0]; l++) {
        const char *text = attempt_find_line(key->answer, lines[l].name);
        if (text != NULL)
            is_good = lines[l].read(self, text) && is_good;
    }
    return is_good && self->given != 0;
}

/* ---- Writing ---------------------------------------------------------------------------------------------------- */

/* A text under way. */
struct pen {
    const struct attempt *attempt;
    struct generator *generator;
    struct text *text;
};

static bool is_drawn(struct pen *self, uint64_t times)
{
    return generator_one_in(self->generator, times);
}

/* What separates the words of a line; a line may go on in the next one. */
static void write_gap(struct pen *self)
{
    static const char *const gaps[] = {", ", ",", "  ", "\t", "\n  ", " # so far\n "};
    const char *gap = is_drawn(self, 6) ? gaps[generator_below(self->generator, sizeof gaps / sizeof gaps[0])] : " ";
    text_print(self->text, "%s", gap);
}

static void write_name(struct pen *self, const char *name)
{
    bool is_loud = is_drawn(self, 6);
    for (; *name != '\0'; name++)
        text_print(self->text, "%c", is_loud ? toupper((unsigned char)*name) : *name);
    text_print(self->text, "%s", is_drawn(self, 8) ? " :\t" : is_drawn(self, 8) ? ":" : ": ");
}

static void end_line(struct pen *self)
{
    static const char *const ends[] = {" \n", "\n\n", "\n# that is it\n", " # I think\n"};
    const char *end = is_drawn(self, 4) ? ends[generator_below(self->generator, sizeof ends / sizeof ends[0])] : "\n";
    text_print(self->text, "%s", end);
}

static void write_flaw(struct pen *self, enum attempt_line line)
{
    if (self->attempt->flaw != FLAW_WORD || (self->attempt->given & line) == 0)
        return;
    write_gap(self);
    text_print(self->text, "?!");
}

static void write_ranges(struct pen *self)
{
    const struct attempt *attempt = self->attempt;
    write_name(self, attempt->kind == ASSIGNMENT_QUANTUM ? "quanta" : "values");
    if (attempt->range_count == 0 && attempt->kind == ASSIGNMENT_QUANTUM)
        text_print(self->text, "none");
    for (size_t r = 0; r < attempt->range_count; r++) {
        const struct attempt_range *range = &attempt->ranges[r];
        if (r > 0)
            write_gap(self);
        text_print(self->text, "%" PRId64, range->first);
        if (range->last > range->first || is_drawn(self, 10))
            text_print(self->text, "..%" PRId64, range->last);
    }
    write_flaw(self, LINE_RANGES);
    end_line(self);
}

static void write_thread(struct pen *self, uint32_t thread)
{
    if (is_drawn(self, 3))
        text_print(self->text, "%" PRIu32, thread);
    else
        text_print(self->text, "%c", 'A' + (int)thread);
}

/* A turn of a thread: "A*3", "A A A", "A*2 A". */
static void write_turn(struct pen *self, uint32_t thread, size_t times)
{
    while (times > 0) {
        size_t part = is_drawn(self, 4) ? 1 + (size_t)generator_below(self->generator, times) : times;
        write_thread(self, thread);
        if (part > 1 || is_drawn(self, 10))
            text_print(self->text, "*%zu", part);
        times -= part;
        if (times > 0)
            write_gap(self);
    }
}

static void write_schedule(struct pen *self)
{
    const struct attempt *attempt = self->attempt;
    bool is_plain = is_drawn(self, 4);
    write_name(self, "schedule");
    for (size_t first = 0, next; first < attempt->step_count; first = next) {
        next = first + 1;
        while (!is_plain && next < attempt->step_count && attempt->steps[next] == attempt->steps[first])
            next++;
        if (first > 0)
            write_gap(self);
        write_turn(self, attempt->steps[first], next - first);
    }
    write_flaw(self, LINE_SCHEDULE);
    end_line(self);
}

static void write_value(struct pen *self)
{
    write_name(self, is_drawn(self, 3) ? "minimum" : "value");
    text_print(self->text, "%" PRId64, self->attempt->value);
    write_flaw(self, LINE_VALUE);
    end_line(self);
}

static void write_chain(struct pen *self)
{
    write_name(self, "chain");
    for (size_t l = 0; l < self->attempt->link_count; l++) {
        const struct attempt_link *link = &self->attempt->links[l];
        if (l > 0)
            write_gap(self);
        if (is_drawn(self, 3))
            text_print(self->text, "%" PRIu32 ":%" PRIu32, link->thread, link->store);
        else
            text_print(self->text, "%c%" PRIu32, 'A' + (int)link->thread, link->store);
    }
    write_flaw(self, LINE_CHAIN);
    end_line(self);
}

static void write_count(struct pen *self)
{
    write_name(self, "count");
    text_print(self->text, "%s", self->attempt->digits);
    write_flaw(self, LINE_COUNT);
    end_line(self);
}

/* An output may stand without its quotation marks, and with its name. */
static void write_end(struct pen *self, const char *end)
{
    size_t length = strlen(end);
    if (end[0] != '"')
        text_print(self->text, "%s", end);
    else if (is_drawn(self, 4) && length > 2)
        text_print(self->text, "%.*s", (int)length - 2, end + 1);
    else
        text_print(self->text, "%s%s", is_drawn(self, 8) ? "output=" : "", end);
}

/* A comma stands between the members of an outcome, and so does not between outcomes. */
static void write_ends(struct pen *self)
{
    static const char *const gaps[] = {"; ", ";", "  ", "\t", "\n  ", " # so far\n "};
    write_name(self, self->attempt->kind == ASSIGNMENT_OUTPUTS ? "outputs" : "outcomes");
    for (size_t e = 0; e < self->attempt->end_count; e++) {
        if (e > 0)
            text_print(self->text, "%s",
                       is_drawn(self, 6) ? gaps[generator_below(self->generator, sizeof gaps / sizeof gaps[0])] : " ");
        write_end(self, self->attempt->ends[e]);
    }
    if (self->attempt->flaw == FLAW_WORD)
        text_print(self->text, " \"?!");
    end_line(self);
}

static void write_kind(struct pen *self)
{
    const struct attempt *attempt = self->attempt;
    bool is_other = attempt->flaw == FLAW_KIND;
    int kind = is_other ? ((int)attempt->kind + 1) % ASSIGNMENT_KINDS : (int)attempt->kind;
    if (!is_other && is_drawn(self, 4))
        return;
    write_name(self, "kind");
    text_print(self->text, "%s", assignment_kind_name((enum assignment_kind)kind));
    end_line(self);
}

static void write_head(struct pen *self)
{
    if (self->attempt->flaw == FLAW_TWICE || !is_drawn(self, 4))
        text_print(self->text, "student: alice\n");
    write_kind(self);
    if (self->attempt->flaw == FLAW_UNKNOWN)
        text_print(self->text, "answer: 42\n");
    if (self->attempt->flaw == FLAW_TWICE)
        text_print(self->text, "student: alice\n");
    if (self->attempt->flaw == FLAW_WORD && self->attempt->kind == ASSIGNMENT_REPAIR)
        text_print(self->text, "schedule: 0 1 ?!\n");
}

void attempt_write(const struct attempt *self, struct generator *generator, struct text *text)
{
    static const struct {
        enum attempt_line line;
        void (*write)(struct pen *self);
    } lines[] = {{LINE_RANGES, write_ranges}, {LINE_VALUE, write_value}, {LINE_SCHEDULE, write_schedule},
                 {LINE_CHAIN, write_chain},   {LINE_COUNT, write_count}, {LINE_ENDS, write_ends}};
    enum { LINES = sizeof lines / sizeof lines[0] };
    struct pen pen = {self, generator, text};
    size_t turn = (size_t)generator_below(generator, LINES);
    write_head(&pen);
    for (size_t l = 0; l < LINES; l++)
        if ((self->given & lines[(l + turn) % LINES].line) != 0)
            lines[(l + turn) % LINES].write(&pen);
    /* A program goes on to the end of the file. */
    if ((self->given & LINE_PROGRAM) != 0)
        text_print(text, "program:\n%s", self->program);
}

void attempt_free(struct attempt *self)
{
    memory_free(self->program);
    self->program = NULL;
    for (size_t e = 0; e < self->end_count; e++)
        memory_free(self->ends[e]);
    self->end_count = 0;
}
