#include "analysis/claim.h"

#include "analysis/outcome.h"
#include "base/memory.h"
#include "base/number.h"
#include "program/names.h"
#include "program/observation.h"
#include "program/predicate.h"
#include "program/program.h"

#include <ctype.h>
#include <string.h>

static const char *skip_spaces(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

static const char *read_relation(const char *text, enum claim_relation *relation)
{
    /* Two characters before one, so that >= is not taken for >. */
    static const struct {
        const char *name;
        enum claim_relation relation;
    } relations[] = {{">=", RELATION_GE}, {"<=", RELATION_LE}, {"==", RELATION_EQ},
                     {"!=", RELATION_NE}, {">", RELATION_GT},  {"<", RELATION_LT}};
    for (size_t o = 0; o < sizeof relations / sizeof relations[0]; o++)
        if (strncmp(text, relations[o].name, strlen(relations[o].name)) == 0) {
            *relation = relations[o].relation;
            return text + strlen(relations[o].name);
        }
    return NULL;
}

/* What a claim is read against. */
struct claim_reader {
    const struct program *program;
    const struct observation *observation;
    struct observation_place value; /* what `value` is */
    bool has_value;
    const char *text;
    struct error *error;
};

static bool has_variable(const struct program *program, const char *name)
{
    return program_find_word(program, name) >= 0;
}

/* The first number that is observed; where there is none, the first variable. */
static void find_value(struct claim_reader *self)
{
    const struct observation *observation = self->observation;
    for (size_t p = observation->count; p-- > 0;)
        if (observation->places[p].thread != OBSERVED_OUTPUT) {
            self->value = observation->places[p];
            self->has_value = true;
        }
    if (self->has_value || self->program->declared_words == 0)
        return;
    self->value = (struct observation_place){OBSERVED_WORD, 0};
    self->has_value = true;
}

/* The name of the observed variable as new, or NULL where it is not one variable. */
static char *observed_name(const struct claim_reader *self)
{
    uint32_t word;
    return observation_is_word(self->observation, &word) ? program_word_name(self->program, word) : NULL;
}

static const char *behind_name(const struct claim_reader *self, const char *text)
{
    size_t length = strcspn(text, " \t<>=!");
    char *observe = observed_name(self);
    bool is_own = observe != NULL && length == strlen(observe) && strncmp(text, observe, length) == 0;
    bool is_value = observe != NULL && length == strlen("value") && strncmp(text, "value", length) == 0 &&
                    !has_variable(self->program, "value");
    memory_free(observe);
    return is_own || is_value ? text + length : NULL;
}

/* Reads a number; returns what stands behind it, or NULL where there is none. */
static const char *read_number(const char *text, int64_t *number)
{
    bool fits;
    const char *rest = number_take_written(text, number, &fits);
    return rest != NULL && fits ? rest : NULL;
}

static bool read_comparison(struct claim *self, const struct claim_reader *reader)
{
    const char *rest = behind_name(reader, skip_spaces(reader->text));
    rest = rest != NULL ? read_relation(skip_spaces(rest), &self->relation) : NULL;
    rest = rest != NULL ? read_number(skip_spaces(rest), &self->number) : NULL;
    return rest != NULL && *skip_spaces(rest) == '\0';
}

/* The words that a claim can be by itself; and behind them those that stand before, or between, what it speaks of. */
static const char *const claim_words[] = {"no-deadlock", "no-error", "exclusive", "no-starvation",
                                          "terminates",  "no-hang",  "always",    "possible",
                                          "leads-to",    "bypass",   NULL};
static const enum claim_kind kinds_alone[] = {CLAIM_NO_DEADLOCK,   CLAIM_NO_ERROR,   CLAIM_EXCLUSIVE,
                                              CLAIM_NO_STARVATION, CLAIM_TERMINATES, CLAIM_NO_HANG};

enum { KINDS_ALONE = sizeof kinds_alone / sizeof kinds_alone[0] };

/* The position of a word among those of claims; of NULL where it is none. */
static size_t find_claim_word(const char *text)
{
    size_t w = 0;
    while (claim_words[w] != NULL && strcmp(text, claim_words[w]) != 0)
        w++;
    return w;
}

static bool find_word(struct claim *self, const char *text)
{
    size_t w = find_claim_word(text);
    if (w < KINDS_ALONE)
        self->kind = kinds_alone[w];
    return w < KINDS_ALONE;
}

/* ---- Conditions ------------------------------------------------------------------------------------------------- */

/* Says where in the claim something is wrong with a condition, of which the first character is at *place. */
static bool fail_in(const char *text, const char *place, const struct error *reason, struct error *error)
{
    return error_set(error, NULL, 0, 0, "--assert '%s', column %zu: %s", text, (size_t)(place - text) + reason->column,
                     reason->text);
}

/* Reads the condition that is so many characters from a place in the claim. */
static bool read_condition(struct predicate **condition, const struct claim_reader *reader, const char *first,
                           size_t length, enum predicate_scope scope)
{
    struct error reason = ERROR_INIT;
    const struct predicate_context context = {.program = reader->program,
                                              .scope = scope,
                                              .value = reader->has_value ? &reader->value : NULL,
                                              .is_strict = true,
                                              .words = claim_words};
    *condition = predicate_read(&context, first, length, &reason);
    return *condition != NULL || fail_in(reader->text, first, &reason, reader->error);
}

/* Where "leads-to" stands as a word of its own, outside of texts in quotation marks; NULL where it does not. */
static const char *find_leads_to(const char *text)
{
    bool is_quoted = false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"' && (at == text || at[-1] != '\\'))
            is_quoted = !is_quoted;
        bool begins = at == text || isspace((unsigned char)at[-1]) || at[-1] == ')';
        if (!is_quoted && begins && strncmp(at, "leads-to", strlen("leads-to")) == 0)
            return at;
    }
    return NULL;
}

/* What follows a word that a claim begins with; NULL where it begins otherwise. */
static const char *behind_word(const char *text, const char *word)
{
    text = skip_spaces(text);
    size_t length = strlen(word);
    bool is_there = strncmp(text, word, length) == 0 &&
                    (text[length] == '\0' || text[length] == '(' || isspace((unsigned char)text[length]));
    return is_there ? text + length : NULL;
}

/* T0 <= 2, behind the word; the column of what is wrong is counted from there. */
static bool read_bypass(struct claim *self, const struct program *program, const char *text, struct error *reason)
{
    const char *name = skip_spaces(text);
    size_t length = strcspn(name, " \t<>=!");
    const char *rest = read_relation(skip_spaces(name + length), &self->relation);
    int thread = program_find_thread(program, name, length);
    struct spelling spelling = names_of_threads(program, name, length);
    if (length == 0)
        return error_set(reason, NULL, 1, (unsigned)(name - text) + 1, "a thread is missing%s",
                         spelling_list(&spelling));
    if (thread < 0)
        return error_set(reason, NULL, 1, (unsigned)(name - text) + 1, "there is no thread '%.*s'%s", (int)length, name,
                         spelling_hint_or_list(&spelling));
    self->thread = (uint32_t)thread;
    if (rest == NULL || (self->relation != RELATION_LE && self->relation != RELATION_LT))
        return error_set(reason, NULL, 1, (unsigned)(skip_spaces(name + length) - text) + 1,
                         "expected '<= NUMBER' or '< NUMBER' behind the thread");
    const char *digits = skip_spaces(rest);
    const char *end = read_number(digits, &self->number);
    int64_t least = self->relation == RELATION_LT ? 1 : 0;
    if (end == NULL || *skip_spaces(end) != '\0' || self->number < least || self->number > CLAIM_BYPASS_MAX)
        return error_set(reason, NULL, 1, (unsigned)(digits - text) + 1, "expected a number from %d to %d", (int)least,
                         CLAIM_BYPASS_MAX);
    self->number -= self->relation == RELATION_LT;
    return true;
}

static bool read_leads_to(struct claim *self, const struct claim_reader *reader, const char *word)
{
    const char *rest = word + strlen("leads-to");
    const char *second = find_leads_to(rest);
    if (second != NULL)
        return error_set(reader->error, NULL, 0, 0,
                         "--assert '%s', column %zu: a second 'leads-to' (expected one; what is to follow"
                         " what is a claim each)",
                         reader->text, (size_t)(second - reader->text) + 1);
    self->kind = CLAIM_LEADS_TO;
    return read_condition(&self->condition, reader, reader->text, (size_t)(word - reader->text), PREDICATE_OF_STATE) &&
           read_condition(&self->response, reader, rest, strlen(rest), PREDICATE_OF_STATE);
}

/* A claim that has conditions in it, or a thread. */
static bool read_expression(struct claim *self, const struct claim_reader *reader)
{
    static const struct {
        const char *word;
        enum claim_kind kind;
        enum predicate_scope scope;
    } words[] = {{"always", CLAIM_ALWAYS, PREDICATE_OF_STATE}, {"possible", CLAIM_POSSIBLE, PREDICATE_OF_END}};
    const char *text = reader->text, *leads_to = find_leads_to(text), *rest = behind_word(text, "bypass");
    if (leads_to != NULL)
        return read_leads_to(self, reader, leads_to);
    if (rest != NULL && !has_variable(reader->program, "bypass")) {
        struct error reason = ERROR_INIT;
        self->kind = CLAIM_BYPASS;
        return read_bypass(self, reader->program, rest, &reason) || fail_in(text, rest, &reason, reader->error);
    }
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        rest = behind_word(text, words[w].word);
        if (rest == NULL || has_variable(reader->program, words[w].word))
            continue;
        self->kind = words[w].kind;
        return read_condition(&self->condition, reader, rest, strlen(rest), words[w].scope);
    }
    self->kind = CLAIM_FINAL;
    return read_condition(&self->condition, reader, text, strlen(text), PREDICATE_OF_END);
}

/* Whether it is one word, which is no condition but may be meant as a claim: "no_error", "deadlock". */
static bool is_mere_word(const struct claim_reader *self)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
    return strspn(self->text, letters) == strlen(self->text) && claim_words[find_claim_word(self->text)] == NULL &&
           !has_variable(self->program, self->text);
}

static bool refuse(const struct claim_reader *reader)
{
    struct spelling spelling = spelling_start(reader->text, strlen(reader->text));
    for (size_t w = 0; claim_words[w] != NULL; w++)
        spelling_consider(&spelling, claim_words[w]);
    for (size_t v = 0; v < reader->program->variable_count; v++)
        spelling_suspect(&spelling, reader->program->variables[v].name);
    const char *hint = spelling_hint(&spelling);
    if (hint[0] != '\0')
        return error_set(reader->error, NULL, 0, 0, "--assert: '%s' is no claim%s", reader->text, hint);
    char *observe = observed_name(reader);
    error_set(reader->error, NULL, 0, 0,
              "--assert: '%s' is no claim (expected '%s >= NUMBER' with >=, <=, >, <, == or !=, a condition such as"
              " 'x + y == 3', no-deadlock, no-error, exclusive, no-starvation, terminates, no-hang, 'always ...',"
              " 'possible ...', '... leads-to ...' or 'bypass T0 <= N')",
              reader->text, observe != NULL ? observe : "x");
    memory_free(observe);
    return false;
}

bool claim_parse(struct claim *self, const struct program *program, const struct observation *observation,
                 const char *text, struct error *error)
{
    struct claim_reader reader = {.program = program, .observation = observation, .text = text, .error = error};
    *self = (struct claim){.witness = CLAIM_NO_WITNESS};
    find_value(&reader);
    if (!find_word(self, text) && !read_comparison(self, &reader)) {
        if (is_mere_word(&reader))
            return refuse(&reader);
        if (!read_expression(self, &reader)) {
            claim_free(self);
            return false;
        }
    }
    self->text = memory_copy_string(text);
    return true;
}

void claim_free(struct claim *self)
{
    memory_free(self->text);
    memory_free(self->unfound);
    predicate_free(self->condition);
    predicate_free(self->response);
}

/* ---- Judging --------------------------------------------------------------------------------------------------- */

/* Which values a claim holds of: those below its number, the number itself, those above. */
static const bool holds_of[][3] = {
    [RELATION_GE] = {false, true, true},  [RELATION_LE] = {true, true, false},  [RELATION_GT] = {false, false, true},
    [RELATION_LT] = {true, false, false}, [RELATION_EQ] = {false, true, false}, [RELATION_NE] = {true, false, true}};

bool claim_is_violated_by(const struct claim *self, int64_t value)
{
    return !holds_of[self->relation][(value >= self->number) + (value > self->number)];
}

/* Of the values that violate a claim one is the least, the greatest, or, of !=, the number itself. What is asserted not
 * to be exceeded is shown by how far it is. */
static bool find_violation(const struct claim *self, const struct outcome *outcome, int64_t *value)
{
    bool from_above = self->relation == RELATION_LE || self->relation == RELATION_LT;
    int64_t least, greatest;
    if (!outcome_extremes(outcome, &least, &greatest))
        return false;
    const int64_t candidates[] = {from_above ? greatest : least, greatest, self->number};
    for (size_t c = 0; c < sizeof candidates / sizeof candidates[0]; c++) {
        *value = candidates[c];
        bool is_final = *value == least || *value == greatest || intervals_contain(&outcome->values, *value);
        if (is_final && claim_is_violated_by(self, *value))
            return true;
    }
    return false;
}

static bool is_omitted(const struct outcome *outcome, const char *question)
{
    for (size_t o = 0; o < outcome->omission_count; o++)
        if (strcmp(outcome->omissions[o].question, question) == 0)
            return true;
    return false;
}

/* Whether the values tell whether each of them is as claimed: the extremes decide all but !=. */
static bool values_decide(const struct claim *self, const struct outcome *outcome)
{
    if (outcome->has_values)
        return true;
    if (!outcome->has_extremes)
        return !is_omitted(outcome, "extremes");
    return self->relation != RELATION_NE || self->number <= outcome->least || self->number >= outcome->greatest;
}

const char *claim_gap(const struct claim *self, const struct outcome *outcome)
{
    switch (self->kind) {
    case CLAIM_VALUE:
        return values_decide(self, outcome) ? NULL : "the values were not computed";
    case CLAIM_EXCLUSIVE:
        return outcome->has_exclusion ? NULL : "whether threads are alone in their critical sections was not computed";
    case CLAIM_NO_STARVATION:
        return outcome->has_starvation ? NULL : "whether threads can wait for ever was not computed";
    case CLAIM_NO_ERROR:
        return outcome->overflow_count == 0 ? NULL : "an overflow was not excluded";
    case CLAIM_NO_DEADLOCK:
        break;
    default:
        return self->found != CLAIM_UNKNOWN ? NULL
               : self->unfound != NULL      ? self->unfound
                                            : "the states were not searched";
    }
    return NULL;
}

static bool is_violated(struct claim *self, const struct outcome *outcome)
{
    switch (self->kind) {
    case CLAIM_VALUE:
        return find_violation(self, outcome, &self->value);
    case CLAIM_NO_DEADLOCK:
        return outcome->can_deadlock;
    case CLAIM_NO_ERROR:
        return outcome->can_fail;
    case CLAIM_EXCLUSIVE:
        return outcome->has_exclusion && !outcome->is_exclusive;
    case CLAIM_NO_STARVATION:
        return outcome->has_starvation && outcome->can_starve;
    default:
        return self->found == CLAIM_VIOLATED;
    }
    return false;
}

void claims_judge(struct outcome *outcome)
{
    for (size_t c = 0; c < outcome->claim_count; c++) {
        struct claim *claim = &outcome->claims[c];
        claim->verdict = claim_is_searched(claim) ? claim->found : CLAIM_UNKNOWN;
        if (claim_is_searched(claim))
            continue;
        if (is_violated(claim, outcome))
            claim->verdict = CLAIM_VIOLATED;
        else if (outcome->complete && claim_gap(claim, outcome) == NULL)
            claim->verdict = CLAIM_HOLDS;
    }
}

bool claims_have(const struct outcome *outcome, enum claim_kind kind)
{
    for (size_t c = 0; c < outcome->claim_count; c++)
        if (outcome->claims[c].kind == kind)
            return true;
    return false;
}

bool claims_violate(const struct outcome *outcome, enum claim_kind kind)
{
    for (size_t c = 0; c < outcome->claim_count; c++)
        if (outcome->claims[c].kind == kind && outcome->claims[c].verdict == CLAIM_VIOLATED)
            return true;
    return false;
}

/* ---- Witnesses ------------------------------------------------------------------------------------------------- */

static size_t find_witness(const struct claim *self, const struct outcome *outcome)
{
    size_t number = (size_t)(self - outcome->claims);
    for (size_t w = 0; w < outcome->witness_count; w++)
        if (outcome->witnesses[w].claim == number + 1 ||
            (self->kind == CLAIM_NO_STARVATION && outcome->witnesses[w].wait > 0))
            return w;
    static const enum outcome_end ends[] = {[CLAIM_VALUE] = OUTCOME_VALUE,
                                            [CLAIM_NO_DEADLOCK] = OUTCOME_DEADLOCK,
                                            [CLAIM_NO_ERROR] = OUTCOME_FAILURE,
                                            [CLAIM_EXCLUSIVE] = OUTCOME_OVERLAP};
    bool ends_so = self->verdict == CLAIM_VIOLATED && self->kind < CLAIM_NO_STARVATION;
    for (size_t w = 0; ends_so && w < outcome->witness_count; w++) {
        const struct outcome_witness *witness = &outcome->witnesses[w];
        if (witness->end == ends[self->kind] && (self->kind != CLAIM_VALUE || witness->value == self->value))
            return w;
    }
    return CLAIM_NO_WITNESS;
}

/* The order of the others stays. */
static void move_witness(struct outcome *outcome, size_t from, size_t to)
{
    struct outcome_witness witness = outcome->witnesses[from];
    memmove(outcome->witnesses + to + 1, outcome->witnesses + to, (from - to) * sizeof witness);
    outcome->witnesses[to] = witness;
}

void claims_place_witnesses(struct outcome *outcome)
{
    size_t placed = 0;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        size_t witness = find_witness(&outcome->claims[c], outcome);
        if (outcome->claims[c].verdict != CLAIM_VIOLATED || witness == CLAIM_NO_WITNESS || witness < placed)
            continue;
        move_witness(outcome, witness, placed++);
    }
    for (size_t c = 0; c < outcome->claim_count; c++)
        outcome->claims[c].witness = find_witness(&outcome->claims[c], outcome);
}
