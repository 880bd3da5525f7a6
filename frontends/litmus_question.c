/* What a litmus test asks: the locations whose values are told, and a condition on all or some ends. */
#include "frontends/litmus_parts.h"

#include "base/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 200 };

/* ---- Locations ----------------------------------------------------------------------------------------------------- */

static bool has_observed(const struct litmus *self, const char *ours)
{
    const char *list = text_string(&self->observed);
    size_t length = strlen(ours);
    for (const char *found = strstr(list, ours); found != NULL; found = strstr(found + 1, ours))
        if ((found == list || found[-1] == ',') && (found[length] == ',' || found[length] == '\0'))
            return true;
    return false;
}

/* Adds a location to what is observed: as the program calls it, and as the test does. */
static bool observe(struct litmus *self, const char *at, const char *ours, const char *theirs)
{
    struct litmus_test *question = self->question;
    if (has_observed(self, ours))
        return true;
    if (question->name_count == OBSERVATION_MAX)
        return litmus_fail(self, at, "more than %d locations are asked for", OBSERVATION_MAX);
    text_print(&self->observed, "%s%s", self->observed.length > 0 ? "," : "", ours);
    question->names[question->name_count++] = memory_copy_string(theirs);
    return true;
}

/* Reads x, [x] or 0:EAX, and tells what the program calls it. */
static bool read_location(struct litmus *self, char ours[LITMUS_NAME_MAX + 16])
{
    litmus_skip(self);
    const char *at = self->at;
    bool is_bracketed = litmus_take(self, "[");
    bool is_thread =
        !is_bracketed && (isdigit((unsigned char)at[0]) || (at[0] == 'P' && isdigit((unsigned char)at[1])));
    struct span word = litmus_take_word(self);
    char theirs[LITMUS_NAME_MAX + 16];
    if (is_thread && *self->at == ':') {
        self->at++;
        int thread = atoi(word.at + (word.at[0] == 'P'));
        (void)litmus_take(self, "%");
        struct span name = litmus_take_word(self);
        const char *chosen = litmus_register(self, at, name);
        if (chosen == NULL || thread < 0 || (size_t)thread >= self->thread_count)
            return litmus_fail(self, at, "expected a register of a thread, as in 0:EAX");
        snprintf(ours, LITMUS_NAME_MAX + 16, "P%d.%%%s", thread, chosen);
        snprintf(theirs, sizeof theirs, "%d:%.*s", thread, (int)name.length, name.at);
        return observe(self, at, ours, theirs);
    }
    if (word.length == 0)
        return litmus_fail(self, at, "expected a location, as in x, [x] or 0:EAX");
    const char *variable = litmus_variable(self, at + is_bracketed, word);
    if (variable == NULL)
        return false;
    if (is_bracketed && !litmus_take(self, "]"))
        return litmus_fail(self, self->at, "expected ']'");
    snprintf(ours, LITMUS_NAME_MAX + 16, "%s", variable);
    return observe(self, at, ours, variable);
}

static bool read_locations(struct litmus *self)
{
    char ours[LITMUS_NAME_MAX + 16];
    if (!litmus_take(self, "["))
        return litmus_fail(self, self->at, "expected '[' and locations");
    while (!litmus_take(self, "]")) {
        if (!read_location(self, ours))
            return false;
        while (litmus_take(self, ";"))
            continue;
        if (*self->at == '\0')
            return litmus_fail(self, self->at, "expected ']' behind the locations");
    }
    while (litmus_take(self, ";"))
        continue;
    return true;
}

/* ---- Conditions ------------------------------------------------------------------------------------------------------ */

static bool read_either(struct litmus *self, struct text *text, unsigned depth);

static bool read_comparison(struct litmus *self, struct text *text)
{
    char ours[LITMUS_NAME_MAX + 16];
    int64_t number;
    if (!read_location(self, ours))
        return false;
    bool differs = litmus_take(self, "<>") || litmus_take(self, "!=");
    if (!differs && !litmus_take(self, "=="))
        if (!litmus_take(self, "="))
            return litmus_fail(self, self->at, "expected '=' and a number");
    if (!litmus_take_number(self, &number))
        return litmus_fail(self, self->at, "expected a number of 63 bits");
    text_print(text, "%s %s %" PRId64, ours, differs ? "!=" : "==", number);
    return true;
}

static bool take_keyword(struct litmus *self, const char *keyword)
{
    litmus_skip(self);
    size_t length = strlen(keyword);
    bool is_there =
        strncmp(self->at, keyword, length) == 0 && !isalnum((unsigned char)self->at[length]) && self->at[length] != '_';
    self->at += is_there ? length : 0;
    return is_there;
}

static bool read_single(struct litmus *self, struct text *text, unsigned depth)
{
    if (depth == DEPTH_MAX)
        return litmus_fail(self, self->at, "a condition of more than %d levels", DEPTH_MAX);
    if (litmus_take(self, "~") || take_keyword(self, "not")) {
        text_print(text, "!(");
        bool is_good = read_single(self, text, depth + 1);
        text_print(text, ")");
        return is_good;
    }
    if (litmus_take(self, "(")) {
        text_print(text, "(");
        bool is_good = read_either(self, text, depth + 1);
        text_print(text, ")");
        return is_good && (litmus_take(self, ")") || litmus_fail(self, self->at, "expected ')'"));
    }
    if (take_keyword(self, "true") || take_keyword(self, "false")) {
        text_print(text, "%s", self->at[-2] == 'u' ? "1" : "0");
        return true;
    }
    return read_comparison(self, text);
}

static bool read_both(struct litmus *self, struct text *text, unsigned depth)
{
    if (!read_single(self, text, depth))
        return false;
    while (litmus_take(self, "/\\")) {
        text_print(text, " && ");
        if (!read_single(self, text, depth))
            return false;
    }
    return true;
}

static bool read_either(struct litmus *self, struct text *text, unsigned depth)
{
    if (!read_both(self, text, depth))
        return false;
    while (litmus_take(self, "\\/")) {
        text_print(text, " || ");
        if (!read_both(self, text, depth))
            return false;
    }
    return true;
}

static bool read_condition(struct litmus *self, enum quantifier quantifier)
{
    struct litmus_test *question = self->question;
    struct text text = TEXT_INIT, written = TEXT_INIT;
    litmus_skip(self);
    const char *start = self->at;
    bool is_good = read_either(self, &text, 0);
    question->quantifier = quantifier;
    /* On one line, as it was written. */
    for (const char *c = start; c < self->at; c++)
        if (!isspace((unsigned char)*c) || (c > start && !isspace((unsigned char)c[-1])))
            text_append(&written, isspace((unsigned char)*c) ? " " : c, 1);
    text_cut(&written, written.length - (written.length > 0 && text_string(&written)[written.length - 1] == ' '));
    question->condition = text_take(&written);
    question->claim = text_format(quantifier == QUANTIFIER_EXISTS       ? "possible %s"
                                  : quantifier == QUANTIFIER_NOT_EXISTS ? "!(%s)"
                                                                        : "%s",
                                  text_string(&text));
    question->expression = text_take(&text);
    return is_good;
}

static bool find_quantifier(struct litmus *self, enum quantifier *quantifier)
{
    bool is_negated = litmus_take(self, "~");
    bool is_exists = take_keyword(self, "exists") || (!is_negated && take_keyword(self, "final"));
    *quantifier = is_negated ? QUANTIFIER_NOT_EXISTS : is_exists ? QUANTIFIER_EXISTS : QUANTIFIER_FORALL;
    return is_exists || (!is_negated && take_keyword(self, "forall"));
}

/* What others have made of the test stands behind the condition. */
static bool is_remark(struct litmus *self)
{
    while (litmus_take(self, ";"))
        continue;
    litmus_skip(self);
    return *self->at == '\0' || strncmp(self->at, "<<", 2) == 0 || take_keyword(self, "with");
}

bool litmus_read_question(struct litmus *self)
{
    enum quantifier quantifier;
    self->question = memory_new(1, sizeof *self->question);
    self->question->names = memory_new(OBSERVATION_MAX, sizeof *self->question->names);
    self->question->name = memory_copy_string(text_string(&self->test));
    while (take_keyword(self, "locations"))
        if (!read_locations(self))
            return false;
    litmus_skip(self);
    const char *at = self->at;
    if (*at != '\0' && !find_quantifier(self, &quantifier))
        return litmus_fail(self, at, "expected exists, ~exists, forall, final or locations");
    if (*at != '\0' && !read_condition(self, quantifier))
        return false;
    if (*at == '\0' && self->observed.length == 0)
        return litmus_fail(self, at, "expected a condition (exists, ~exists, forall) or locations");
    return is_remark(self) || litmus_fail(self, self->at, "expected the end of the condition");
}
