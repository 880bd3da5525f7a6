#include "report/members.h"

#include "base/memory.h"
#include "report/prose.h"

#include <inttypes.h>
#include <string.h>

size_t members_count(const struct outcome *outcome)
{
    return outcome->observation.count;
}

bool members_are_number(const struct outcome *outcome)
{
    return members_count(outcome) == 1 && !members_is_output(outcome, 0);
}

bool members_have_others(const struct outcome *outcome)
{
    return outcome->outputs != NULL && outcome->has_behaviour && !outcome->has_all_outputs;
}

bool members_have_extremes(const struct outcome *outcome)
{
    return outcome->has_extremes && members_are_number(outcome);
}

bool members_is_output(const struct outcome *outcome, size_t member)
{
    return outcome->observation.places[member].thread == OBSERVED_OUTPUT;
}

static char *cut(const char *name, size_t length)
{
    struct text text = TEXT_INIT;
    text_append(&text, name, length);
    return text_take(&text);
}

/* Whether a byte is one of UTF-8 that goes on with a character. */
static bool is_inside_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Observed are these, and perhaps an output that is no member. */
char *members_name(const struct outcome *outcome, size_t member)
{
    const char *name = outcome->observe;
    bool drops = outcome->outputs == NULL && outcome->has_behaviour;
    for (size_t left = member;; left--) {
        size_t length = strcspn(name, ",");
        if (drops && length == strlen("output") && strncmp(name, "output", length) == 0) {
            name += length + 1;
            drops = false;
            length = strcspn(name, ",");
        }
        if (left == 0)
            return cut(name, length);
        name += length + 1;
    }
}

int64_t members_number(const struct outcome *outcome, int64_t end, size_t member)
{
    return outcome_width(outcome) > 1 ? tuples_at(&outcome->tuples, (size_t)end)[member] : end;
}

char *members_text(const struct outcome *outcome, int64_t end, size_t member)
{
    return outputs_text(outcome->outputs, members_number(outcome, end, member));
}

struct observed_end members_end(const struct outcome *outcome, int64_t end)
{
    struct observed_end members = {.count = members_count(outcome)};
    for (size_t m = 0; m < members.count; m++)
        if (members_is_output(outcome, m))
            members.output = members_text(outcome, end, m);
        else
            members.numbers[m] = members_number(outcome, end, m);
    return members;
}

static enum reachability known(bool is_possible)
{
    return is_possible ? REACH_POSSIBLE : REACH_IMPOSSIBLE;
}

static enum reachability find_number(const struct outcome *outcome, int64_t value)
{
    if (outcome->has_values)
        return known(intervals_contain(&outcome->values, value));
    if (outcome->has_extremes && (value <= outcome->least || value >= outcome->greatest))
        return known(value == outcome->least || value == outcome->greatest);
    return REACH_UNKNOWN;
}

enum reachability members_reach(const struct outcome *outcome, const struct observed_end *end)
{
    int64_t value;
    if (members_are_number(outcome))
        return find_number(outcome, end->numbers[0]);
    if (outcome->observation.count == end->count && !(members_have_others(outcome) && end->count == 1))
        return outcome->has_values
                   ? known(outcome_find_end(outcome, end, &value) && intervals_contain(&outcome->values, value))
                   : REACH_UNKNOWN;
    /* Where outputs are not told apart, or some are, the automaton tells whether one is among them, unless none is of a schedule that
     * ends. */
    return outcome->has_behaviour && end->count == 1
               ? known(!outcome->behaviour->is_of_prefixes && behaviour_has(outcome->behaviour, end->output))
               : REACH_UNKNOWN;
}

void members_print_output(struct text *text, const char *output, bool is_full)
{
    enum { BYTES_MAX = 64, BYTES_SHOWN_EACH_END = 24 };
    size_t length = strlen(output), first = BYTES_SHOWN_EACH_END, last = length - BYTES_SHOWN_EACH_END;
    if (is_full || length <= BYTES_MAX) {
        text_print_quoted(text, output);
        return;
    }
    while (is_inside_character(output[first]))
        first--;
    while (is_inside_character(output[last]))
        last++;
    char *begin = cut(output, first);
    text_print_quoted(text, begin);
    text_print(text, " ... ");
    text_print_quoted(text, output + last);
    memory_free(begin);
}

void members_print_one(struct text *text, const struct outcome *outcome, int64_t end, size_t member)
{
    if (!members_is_output(outcome, member)) {
        struct observation_place place = outcome->observation.places[member];
        uint32_t word = place.thread == OBSERVED_WORD ? (uint32_t)place.number : UINT32_MAX;
        value_names_print(text, &outcome->value_names, word, members_number(outcome, end, member));
        return;
    }
    char *output = members_text(outcome, end, member);
    if (output != NULL)
        members_print_output(text, output, false);
    else
        text_print(text, "another");
    memory_free(output);
}

static void print_output(struct text *text, const char *quoted, bool is_prose)
{
    text_print(text, "output ");
    if (is_prose)
        prose_print_code(text, quoted);
    else
        text_print(text, "%s", quoted);
}

void members_print(struct text *text, const struct outcome *outcome, int64_t end, bool is_prose)
{
    const char *mark = is_prose ? "`" : "";
    for (size_t m = 0; m < members_count(outcome); m++) {
        struct text value = TEXT_INIT;
        char *name = members_name(outcome, m);
        members_print_one(&value, outcome, end, m);
        text_print(text, "%s", m > 0 ? ", " : "");
        if (members_is_output(outcome, m) && outcome_is_other(outcome, end))
            text_print(text, "another output");
        else if (!members_is_output(outcome, m))
            text_print(text, "%s%s%s = %s", mark, name, mark, text_string(&value));
        else
            print_output(text, text_string(&value), is_prose);
        memory_free(name);
        text_free(&value);
    }
}

void members_print_names(struct text *text, const struct outcome *outcome, bool is_prose)
{
    for (const char *name = outcome->observe; *name != '\0';) {
        size_t length = strcspn(name, ",");
        text_print(text, is_prose ? "%s`%.*s`" : "%s%.*s", name > outcome->observe ? ", " : "", (int)length, name);
        name += length + (name[length] == ',');
    }
}
