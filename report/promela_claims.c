/* What a model for SPIN claims: of the ends in assertions, of states and of schedules that go on in never claims (Holzmann, The SPIN
 * model checker, 2003). */
#include "report/members.h"
#include "report/promela_parts.h"

#include "base/memory.h"
#include "program/outputs.h"

#include <inttypes.h>

enum { VECTOR_SIZE_DEFAULT = 1024, VECTOR_SIZE_SPARE = 256, FAIR_DEFAULT = 2, FAIR_EACH = 4 };

/* ---- What can be told ---------------------------------------------------------------------------------------- */

static bool is_endless(const struct claim *claim)
{
    return claim->kind == CLAIM_TERMINATES || claim->kind == CLAIM_LEADS_TO;
}

static bool refuse(const struct claim *claim, const char *why, struct error *error)
{
    return error_set(error, NULL, 0, 0, "the claim '%.200s' has no counterpart in the model for SPIN%s", claim->text,
                     why);
}

static void note_register(void *context, int thread, unsigned number)
{
    struct promela *self = context;
    self->watched |= UINT64_C(1) << number;
    self->observed[thread] |= UINT64_C(1) << number;
}

static void note_early_register(void *context, int thread, unsigned number)
{
    struct promela *self = context;
    self->keeps_dead = true;
    note_register(self, thread, number);
}

static bool read_predicate(struct promela *self, const struct claim *claim, const struct predicate *predicate,
                           struct error *error)
{
    bool is_of_ends = claim->kind == CLAIM_FINAL || claim->kind == CLAIM_POSSIBLE;
    if (predicate == NULL)
        return true;
    predicate_visit(predicate, self, NULL, is_of_ends ? note_register : note_early_register);
    return promela_check_value(NULL, NULL, "the number", predicate_greatest_number(predicate), error);
}

static bool read_claim(struct promela *self, const struct claim *claim, struct error *error)
{
    bool is_strong = is_endless(claim) && self->outcome->fairness == FAIRNESS_STRONG;
    if (claim->kind == CLAIM_NO_HANG)
        return refuse(claim, ": it is about what schedules could still do, and SPIN looks at what they do", error);
    if (claim->kind == CLAIM_NO_STARVATION)
        return refuse(claim, " (expected terminates, leads-to or bypass)", error);
    if (is_strong && self->program->thread_count > PROMELA_FAIR_MAX)
        return refuse(claim, " under strong fairness with so many threads", error);
    if (claim->kind == CLAIM_VALUE && !promela_check_value(NULL, NULL, "the number", claim->number, error))
        return false;
    self->goes_on |= is_endless(claim);
    self->watches |= claim->kind == CLAIM_BYPASS;
    self->tells_needs |= is_strong || claim->kind == CLAIM_BYPASS;
    return read_predicate(self, claim, claim->condition, error) && read_predicate(self, claim, claim->response, error);
}

/* Whether ends are told one by one: as those that are more than a number. */
static bool lists_ends(const struct promela *self)
{
    return members_count(self->outcome) > 0 && !members_are_number(self->outcome);
}

static bool check_row(const struct promela *self, int64_t value, struct error *error)
{
    for (size_t m = 0; m < members_count(self->outcome); m++)
        if (!members_is_output(self->outcome, m) &&
            !promela_check_value(NULL, NULL, "the value", members_number(self->outcome, value, m), error))
            return false;
    return true;
}

static bool check_ends(const struct promela *self, struct error *error)
{
    const struct outcome *outcome = self->outcome;
    if (members_have_extremes(outcome))
        return promela_check_value(NULL, NULL, "the minimum", outcome->least, error) &&
               promela_check_value(NULL, NULL, "the maximum", outcome->greatest, error);
    if (!lists_ends(self))
        return true;
    if (outcome->has_values && outcome->row_count > PROMELA_OUTCOMES_MAX)
        return error_set(error, NULL, 0, 0,
                         "there are too many outcomes for a model for SPIN (%zu, expected at most %d)",
                         outcome->row_count, PROMELA_OUTCOMES_MAX);
    for (size_t r = 0; r < outcome->row_count; r++)
        if (!check_row(self, outcome->rows[r].value, error))
            return false;
    return true;
}

bool promela_read_claims(struct promela *self, struct error *error)
{
    const struct outcome *outcome = self->outcome;
    for (size_t p = 0; p < outcome->observation.count; p++)
        if (outcome->observation.places[p].thread >= 0)
            note_register(self, outcome->observation.places[p].thread, outcome->observation.places[p].number);
    for (size_t c = 0; c < outcome->claim_count; c++)
        if (!read_claim(self, &outcome->claims[c], error))
            return false;
    return check_ends(self, error);
}

/* ---- Expressions --------------------------------------------------------------------------------------------- */

static void name_word(void *context, size_t word, struct text *text)
{
    promela_print_word(context, word, text);
}

static void name_element(void *context, const struct variable *variable, const char *index, struct text *text)
{
    (void)context;
    text_print(text, variable->words > 1 ? "shared_%s[%s]" : "shared_%s", variable->name, index);
}

static void name_register(void *context, int thread, unsigned number, struct text *text)
{
    char name[16] = "_pid";
    if (thread >= 0)
        snprintf(name, sizeof name, "%d", thread);
    promela_print_register(context, number, name, text);
}

static void name_output(void *context, const char *output, struct text *text)
{
    const struct outputs *outputs = ((struct promela *)context)->outputs;
    uint32_t node = outputs_end(outputs, outputs_go(outputs, 0, output));
    if (node == outputs_other(outputs))
        text_print(text, "false");
    else
        text_print(text, "(output == %" PRIu32 ")", node);
}

void promela_print_predicate(struct promela *self, const struct predicate *predicate, struct text *text)
{
    struct predicate_names names = {self, name_word, name_element, name_register, name_output};
    predicate_export(predicate, &names, text);
}

static void print_member(struct promela *self, size_t member)
{
    const struct observation_place *place = &self->outcome->observation.places[member];
    if (place->thread == OBSERVED_OUTPUT)
        text_print(self->text, "output");
    else if (place->thread == OBSERVED_WORD)
        promela_print_word(self, place->number, self->text);
    else
        name_register(self, place->thread, place->number, self->text);
}

/* ---- The heading --------------------------------------------------------------------------------------------- */

/* About how large SPIN's states are, in bytes: what it has to be told where that is much. */
static size_t vector_size(const struct promela *self)
{
    const struct program *program = self->program;
    size_t size = sizeof(int32_t) * (program->word_count + 2 * program->section_count);
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        size += 2 * sizeof(int32_t) * program->objects[kind].count;
    for (size_t q = 0; q < program->objects[OBJECT_QUEUE].count; q++)
        size += sizeof(int32_t) * (size_t)program_object(program, OBJECT_QUEUE, q)->number + 1;
    size_t registers = REGISTER_COUNT + program->local_count;
    return size + program->thread_count * (sizeof(int32_t) * registers + 2 * sizeof(int64_t)) + VECTOR_SIZE_SPARE;
}

/* The command, for a macro, and for a claim about schedules that go on. */
static void print_run(struct promela *self, const char *macro, bool is_endless_claim)
{
    bool is_fair = is_endless_claim && self->outcome->fairness == FAIRNESS_WEAK;
    size_t fair = (self->program->thread_count + FAIR_EACH - 1) / FAIR_EACH + 1;
    text_print(self->text, " *     spin -a %s%smodel.pml && gcc -O2 %s-DNOREDUCE", macro, *macro != '\0' ? " " : "",
               is_endless_claim ? "" : "-DSAFETY ");
    if (vector_size(self) > VECTOR_SIZE_DEFAULT)
        text_print(self->text, " -DVECTORSZ=%zu", vector_size(self));
    if (is_fair && fair > FAIR_DEFAULT)
        text_print(self->text, " -DNFAIR=%zu", fair);
    text_print(self->text, " -o pan pan.c && ./pan -m1000000%s%s%s%s\n", is_endless_claim ? " -a" : "",
               is_fair ? " -f" : "", !is_endless_claim && self->outcome->can_deadlock ? " -E" : "",
               !is_endless_claim && self->ends_at_barriers ? " -q" : "");
}

static void describe_number(struct promela *self)
{
    const struct outcome *outcome = self->outcome;
    text_print(self->text,
               " * The claim: where every thread has finished, the value is at least %" PRId64 " and at most %" PRId64
               ". It is to be confirmed\n * (errors: 0):\n *\n",
               outcome->least, outcome->greatest);
    print_run(self, "", false);
    text_print(self->text,
               " *\n * Both are attained: the claims that the value is always more, or always less, are to be refuted\n"
               " * (errors: 1), each with a schedule, which spin -p -t with the same -D tells step by step:\n *\n");
    print_run(self, "-DNOT_MINIMUM", false);
    print_run(self, "-DNOT_MAXIMUM", false);
    text_print(self->text,
               " *\n * With -DEACH, and pan -c0, both at once. Other bounds can be tried with -DMINIMUM=... and"
               " -DMAXIMUM=...\n");
}

static void describe_list(struct promela *self)
{
    text_print(self->text,
               " * The claim: where every thread has finished, the outcome is one of the %zu that are defined below."
               " It is to be\n * confirmed (errors: 0):\n *\n",
               self->outcome->row_count);
    print_run(self, "", false);
    text_print(
        self->text,
        " *\n * Each is attained: the claim that there is no such end is to be refuted (errors: 1), with a schedule,"
        " which\n * spin -p -t with the same -D tells step by step:\n *\n");
    print_run(self, "-DNOT=OUTCOME_1", false);
    text_print(self->text,
               " *\n * With -DEACH, and pan -c0, all are refuted at once, each by an assertion of its own.\n");
}

static void describe_prefixes(struct promela *self)
{
    size_t last = self->prefixes->state_count - 1;
    char macro[48];
    text_print(
        self->text,
        " * The claim: no schedule comes to its end, and whatever is printed on the way is what the automaton of %zu state%s"
        " below\n * allows. It is to be confirmed (errors: 0):\n *\n",
        last + 1, last > 0 ? "s" : "");
    print_run(self, "", false);
    if (last == 0)
        return;
    text_print(
        self->text,
        " *\n * Each state is attained: the claim that one is not is to be refuted (errors: 1), with a schedule, which"
        " spin -p -t with\n * the same -D tells step by step:\n *\n");
    snprintf(macro, sizeof macro, "-DNOT_PRINTED=%zu", last);
    print_run(self, macro, false);
    text_print(self->text, " *\n * With -DEACH, and pan -c0, all but the first at once.\n");
}

static void describe_ends(struct promela *self)
{
    const struct outcome *outcome = self->outcome;
    if (members_have_extremes(outcome)) {
        describe_number(self);
    } else if (self->prefixes != NULL) {
        describe_prefixes(self);
    } else if (lists_ends(self) && outcome->row_count > 0) {
        describe_list(self);
    } else {
        text_print(
            self->text,
            members_count(outcome) == 0
                ? " * Nothing is claimed of the ends%s. What else is claimed is to be confirmed (errors: 0):\n *\n"
                : " * The claim: no schedule comes to its end. It is to be confirmed (errors: 0)%s:\n *\n",
            members_count(outcome) == 0 && outcome->has_behaviour ? ": there are too many outputs" : "");
        print_run(self, "", false);
    }
}

static void describe_stops(struct promela *self)
{
    const struct outcome *outcome = self->outcome;
    if (outcome->can_deadlock)
        text_print(self->text,
                   " *\n * Schedules can end in a deadlock, which SPIN calls an invalid end state; -E tells it that"
                   " this is no error here.\n * Without -E it finds one.\n");
    else
        text_print(self->text,
                   " *\n * That SPIN finds no invalid end state confirms, too, that no schedule ends in a deadlock.\n");
    if (outcome->can_fail) {
        text_print(
            self->text,
            " *\n * Schedules can end in an error of the program. Here the thread goes round where it is, so that such"
            " schedules\n * have no end. The claim that there is no error is to be refuted (errors: 1):\n *\n");
        print_run(self, "-DNO_ERROR", false);
    }
    if (outcome->has_exclusion && outcome->is_exclusive)
        text_print(self->text,
                   " *\n * No two threads are ever inside the same critical section: that is asserted, too.\n");
    if (outcome->has_exclusion && !outcome->is_exclusive) {
        text_print(self->text,
                   " *\n * Two threads can be inside the same critical section. The claim that they are not is to"
                   " be refuted (errors: 1):\n *\n");
        print_run(self, "-DEXCLUSIVE", false);
    }
}

/* What pan is to find: a claim that something is possible is refuted where it is. */
static void describe_claim(struct promela *self, size_t number)
{
    const struct claim *claim = &self->outcome->claims[number];
    bool is_negation = claim->kind == CLAIM_POSSIBLE, holds = claim->verdict == CLAIM_HOLDS;
    char macro[32];
    snprintf(macro, sizeof macro, "-DCLAIM_%zu", number + 1);
    text_print(self->text, " *\n * ");
    promela_print_comment(self, claim->text, 0);
    text_print(self->text, ": %s%s",
               claim->verdict == CLAIM_UNKNOWN ? "not known"
               : holds                         ? "holds"
                                               : "is violated",
               is_negation ? "; here its negation" : "");
    if (claim->verdict != CLAIM_UNKNOWN)
        text_print(self->text, " (errors: %d)", holds == is_negation);
    if (claim->kind == CLAIM_NO_DEADLOCK && !holds)
        text_print(self->text, ", without -E");
    text_print(self->text, ":\n *\n");
    print_run(self, macro, is_endless(claim));
}

void promela_describe_claims(struct promela *self)
{
    describe_ends(self);
    describe_stops(self);
    for (size_t c = 0; c < self->outcome->claim_count; c++)
        describe_claim(self, c);
}

/* ---- Of ends ------------------------------------------------------------------------------------------------- */

/* The node of one of the outputs that the outcome tells apart: claims may speak of more. */
static uint32_t node_of(const struct promela *self, int64_t number)
{
    char *text = outputs_text(self->outcome->outputs, number);
    uint32_t node = outputs_go(self->outputs, 0, text);
    memory_free(text);
    return node;
}

/* That the output is none of those. */
static void print_other(struct promela *self)
{
    const struct outputs *outputs = self->outcome->outputs;
    text_print(self->text, "true");
    for (uint32_t n = 0; n < outputs->count; n++)
        if (outputs_end(outputs, n) == n)
            text_print(self->text, " && output != %" PRIu32, node_of(self, n));
}

static void print_equation(struct promela *self, size_t member, int64_t number)
{
    bool is_output = members_is_output(self->outcome, member);
    if (is_output && outputs_is_other(self->outcome->outputs, number)) {
        print_other(self);
        return;
    }
    print_member(self, member);
    text_print(self->text, " == %" PRId64, is_output ? node_of(self, number) : number);
}

static void print_outcomes(struct promela *self)
{
    const struct outcome *outcome = self->outcome;
    for (size_t r = 0; r < outcome->row_count; r++) {
        text_print(self->text, "#define OUTCOME_%zu (", r + 1);
        for (size_t m = 0; m < members_count(outcome); m++) {
            text_print(self->text, "%s", m > 0 ? " && " : "");
            print_equation(self, m, members_number(outcome, outcome->rows[r].value, m));
        }
        struct text words = TEXT_INIT;
        members_print(&words, outcome, outcome->rows[r].value, false);
        text_print(self->text, ") /* ");
        promela_print_comment(self, text_string(&words), 0);
        text_print(self->text, " */\n");
        text_free(&words);
    }
}

/* What stands for the claim unless another one is asked for. */
static void print_default(struct promela *self)
{
    const struct outcome *outcome = self->outcome;
    text_print(self->text, "#ifndef CLAIM\n");
    if (members_have_extremes(outcome)) {
        text_print(self->text, "#if defined NOT_MINIMUM\n#define CLAIM (OBSERVED > MINIMUM)\n"
                               "#elif defined NOT_MAXIMUM\n#define CLAIM (OBSERVED < MAXIMUM)\n"
                               "#else\n#define CLAIM (OBSERVED >= MINIMUM && OBSERVED <= MAXIMUM)\n#endif\n");
    } else if (lists_ends(self) && outcome->row_count > 0) {
        text_print(self->text, "#ifdef NOT\n#define CLAIM (!(NOT))\n#else\n#define CLAIM (OUTCOME_1");
        for (size_t r = 1; r < outcome->row_count; r++)
            text_print(self->text, "%s || OUTCOME_%zu", r % 8 == 0 ? " \\\n   " : "", r + 1);
        text_print(self->text, ")\n#endif\n");
    } else {
        bool never_ends = members_count(outcome) > 0 || self->prefixes != NULL;
        text_print(self->text, "#define CLAIM %s\n", never_ends ? "false" : "true");
    }
    text_print(self->text, "#endif\n");
}

static void print_claim(struct promela *self, size_t number)
{
    static const char *const relations[] = {[RELATION_GE] = ">=", [RELATION_LE] = "<=", [RELATION_EQ] = "==",
                                            [RELATION_NE] = "!=", [RELATION_GT] = ">",  [RELATION_LT] = "<"};
    const struct claim *claim = &self->outcome->claims[number];
    text_print(self->text, "#ifdef CLAIM_%zu /* ", number + 1);
    promela_print_comment(self, claim->text, 0);
    text_print(self->text, " */\n");
    if (claim->kind == CLAIM_VALUE) {
        text_print(self->text, "#define CLAIM (OBSERVED %s %" PRId64 ")\n", relations[claim->relation], claim->number);
    } else if (claim->kind == CLAIM_FINAL || claim->kind == CLAIM_POSSIBLE) {
        text_print(self->text, "#define CLAIM (%s", claim->kind == CLAIM_POSSIBLE ? "!" : "");
        promela_print_predicate(self, claim->condition, self->text);
        text_print(self->text, ")\n");
    } else if (claim->kind == CLAIM_EXCLUSIVE || claim->kind == CLAIM_NO_ERROR) {
        text_print(self->text, "#define %s\n", claim->kind == CLAIM_EXCLUSIVE ? "EXCLUSIVE" : "NO_ERROR");
    } else if (claim->kind == CLAIM_BYPASS) {
        text_print(self->text, "#define WATCHED %" PRIu32 "\n#define ENTRIES %" PRId64 "\n", claim->thread,
                   claim->number);
    }
    if (is_endless(claim) && self->outcome->can_fail)
        text_print(self->text, "#define ENDLESS\n");
    text_print(self->text, "#endif\n");
}

void promela_print_claims(struct promela *self)
{
    const struct outcome *outcome = self->outcome;
    text_print(self->text, "\n#define THREADS %zu\n", self->program->thread_count);
    if (members_are_number(outcome)) {
        text_print(self->text, "#define OBSERVED ");
        print_member(self, 0);
        text_print(self->text, "\n");
    }
    if (members_have_extremes(outcome))
        text_print(self->text,
                   "\n#ifndef MINIMUM\n#define MINIMUM (%" PRId64
                   ")\n#endif\n#ifndef MAXIMUM\n#define MAXIMUM (%" PRId64 ")\n#endif\n",
                   outcome->least, outcome->greatest);
    else if (lists_ends(self))
        print_outcomes(self);
    for (size_t c = 0; c < outcome->claim_count; c++)
        print_claim(self, c);
    print_default(self);
}

size_t promela_watched_values(const struct promela *self, unsigned number, int64_t *values)
{
    const struct program *program = self->program;
    for (size_t t = 0; t < program->thread_count; t++) {
        bool is_kept = self->keeps_dead || (self->live[program->threads[t].code][0] >> number & 1) != 0;
        values[t] = is_kept && number < REGISTER_COUNT ? program->threads[t].registers[number] : 0;
    }
    return program->thread_count;
}

void promela_print_watched(struct promela *self)
{
    int64_t values[PROGRAM_THREADS_MAX];
    for (unsigned r = 0; r < REGISTERS_MAX; r++) {
        if ((self->watched >> r & 1) == 0)
            continue;
        size_t count = promela_watched_values(self, r, values);
        text_print(self->text, "int ");
        promela_print_register(self, r, "THREADS", self->text);
        promela_print_values(self, values, count);
    }
}

/* That there is no such end, of each that there is. */
static void print_negations(struct promela *self)
{
    const struct outcome *outcome = self->outcome;
    size_t count = lists_ends(self) ? outcome->row_count : 0;
    text_print(self->text, "#ifdef EACH\n");
    if (members_have_extremes(outcome))
        text_print(self->text, "    ; assert(finished < THREADS || OBSERVED != MINIMUM)\n%s",
                   outcome->least < outcome->greatest ? "    ; assert(finished < THREADS || OBSERVED != MAXIMUM)\n"
                                                      : "");
    for (size_t r = 0; r < count; r++)
        text_print(self->text, "    ; assert(finished < THREADS || !OUTCOME_%zu)\n", r + 1);
    text_print(self->text, "#endif\n");
}

void promela_print_ends(struct promela *self)
{
    bool stops = self->goes_on && self->outcome->can_fail;
    text_print(self->text,
               "\ninline finish()\n{\n    finished = finished + 1;\n%s"
               "    assert(finished < THREADS || CLAIM)\n",
               self->does[MICRO_JOIN] ? "    done[_pid] = true;\n" : "");
    print_negations(self);
    text_print(self->text, "}\n");
    if (stops)
        text_print(self->text,
                   "\n/* Where schedules that go on are looked at, an error stops all threads. */\n#ifdef ENDLESS\n"
                   "bool failed = false;\n#define GOES_ON provided (!failed)\n#else\n#define GOES_ON\n#endif\n");
    if (self->outcome->can_fail)
        text_print(self->text,
                   "\n/* An error of the program. */\ninline fail()\n{\n#if defined NO_ERROR\n    assert(false)\n%s"
                   "#else\n    skip\n#endif\n}\n",
                   stops ? "#elif defined ENDLESS\n    failed = true\n" : "");
}

/* ---- Of critical sections ------------------------------------------------------------------------------------ */

static void print_section(struct promela *self, size_t section)
{
    const struct program *program = self->program;
    bool is_asserted = self->outcome->has_exclusion && self->outcome->is_exclusive;
    size_t inside = 0, shared = 0;
    for (size_t t = 0; t < program->thread_count; t++) {
        const struct code *code = promela_code(self, t);
        inside += code->count > 0 && (code->instructions[0].sections >> section & 1) != 0;
        shared += code->count > 0 && (code->instructions[0].shared >> section & 1) != 0;
    }
    text_print(self->text,
               "byte inside_%zu = %zu;        /* threads in the critical section %s ... */\n"
               "byte shared_inside_%zu = %zu; /* ... and those of them that share it */\n",
               section, inside, program->sections[section], section, shared);
    text_print(self->text, "%s#define ALONE_%zu (inside_%zu <= 1 || shared_inside_%zu == inside_%zu)\n",
               is_asserted ? "" : "#ifdef EXCLUSIVE\n", section, section, section, section);
    if (!is_asserted)
        text_print(self->text, "#else\n#define ALONE_%zu true\n#endif\n", section);
}

void promela_print_sections(struct promela *self)
{
    for (size_t s = 0; s < self->program->section_count; s++)
        print_section(self, s);
    if (self->program->section_count > 0)
        text_print(self->text,
                   "\n/* A thread comes into a critical section, or leaves it. */\n"
                   "inline cross(inside, change, sharing, changes, alone)\n{\n    assert(alone);\n"
                   "    inside = inside + change;\n    sharing = sharing + changes;\n    assert(alone)\n}\n");
}
