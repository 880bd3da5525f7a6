/* Claims that are searched for: random programs against a naive judge. Takes a number of random programs as its argument:
 * tests/units/test_claim_search 2000.
 *
 * The naive judge has all states of the plain machine in a list, with the steps between them, and judges by fixpoints that go over
 * all of them until nothing changes. Its conditions are computed here, not by program/predicate.h. */
#include "base/memory.h"
#include "machine/machine.h"
#include "tests/oracles/oracle.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { STATES_MAX = 3000, CLAIMS = 7 };

static unsigned runs = 200;

/* ---- Conditions ------------------------------------------------------------------------------------------------- */

/* "(a OP number) LINK (b OP number)", where a and b are words or registers. */
struct side {
    int thread; /* -1: a word */
    unsigned number;
    unsigned relation;
    int64_t constant;
};

struct formula {
    struct side sides[2];
    bool is_or;
};

static const char *const relations[] = {"==", "!=", "<", ">="};

static struct side draw_side(const struct program *program, uint64_t *random)
{
    struct side side = {.thread = -1,
                        .number = (unsigned)(subject_random(random) % program->declared_words),
                        .relation = (unsigned)(subject_random(random) % 4),
                        .constant = (int64_t)(subject_random(random) % 5) - 1};
    if (subject_random(random) % 4 != 0)
        return side;
    side.thread = (int)(subject_random(random) % program->thread_count);
    side.number = (unsigned)(subject_random(random) % 2);
    return side;
}

static struct formula draw_condition(const struct program *program, uint64_t *random)
{
    struct formula formula = {.is_or = subject_random(random) % 2 == 0};
    formula.sides[0] = draw_side(program, random);
    formula.sides[1] = draw_side(program, random);
    return formula;
}

static void print_side(struct text *text, const struct program *program, const struct side *side)
{
    char *name = side->thread < 0 ? program_word_name(program, side->number) : NULL;
    if (name != NULL)
        text_print(text, "%s", name);
    else
        text_print(text, "%s.%%%s", program->threads[side->thread].name, side->number == 0 ? "ax" : "bx");
    text_print(text, " %s %" PRId64, relations[side->relation], side->constant);
    memory_free(name);
}

static void print_condition(struct text *text, const struct program *program, const struct formula *formula)
{
    print_side(text, program, &formula->sides[0]);
    text_print(text, formula->is_or ? " || " : " && ");
    print_side(text, program, &formula->sides[1]);
}

/* ---- States ----------------------------------------------------------------------------------------------------- */

struct step_between {
    size_t from;
    size_t to; /* SIZE_MAX: an error of the program */
};

struct naive {
    const struct program *program;
    struct machine *machine;
    size_t words;
    uint64_t *states;
    size_t *depths;
    size_t count;
    struct step_between *steps;
    size_t step_count;
    size_t step_capacity;
    bool is_narrow; /* the machine was widened: begin anew */
};

static const uint64_t *state_at(const struct naive *self, size_t number)
{
    return self->states + number * self->words;
}

static size_t find(struct naive *self, const uint64_t *state, size_t depth)
{
    for (size_t s = 0; s < self->count; s++)
        if (memcmp(state_at(self, s), state, self->words * sizeof *state) == 0)
            return s;
    if (self->count == STATES_MAX)
        return self->count;
    memcpy(self->states + self->count * self->words, state, self->words * sizeof *state);
    self->depths[self->count] = depth;
    return self->count++;
}

static void take(struct naive *self, size_t from, size_t thread, unsigned choice, uint64_t *after)
{
    struct step step;
    memcpy(after, state_at(self, from), self->words * sizeof *after);
    machine_choose(self->machine, after, thread, choice, &step);
    if (step.result == STEP_TOO_NARROW) {
        machine_widen(self->machine, step.narrow, step.narrow_value);
        self->is_narrow = true;
        return;
    }
    size_t to = step.result == STEP_FAILED ? SIZE_MAX : find(self, after, self->depths[from] + 1);
    self->steps = memory_grow(self->steps, self->step_count, &self->step_capacity, sizeof *self->steps);
    self->steps[self->step_count++] = (struct step_between){from, to};
}

static void expand(struct naive *self, size_t from, uint64_t *after)
{
    uint64_t enabled = machine_enabled(self->machine, state_at(self, from));
    for (size_t t = 0; t < self->program->thread_count; t++)
        for (unsigned c = 0; (enabled >> t & 1) != 0 && !self->is_narrow &&
                             c < machine_choice_count(self->machine, state_at(self, from), t);
             c++)
            take(self, from, t, c, after);
}

static void begin(struct naive *self)
{
    memory_free(self->states);
    memory_free(self->depths);
    self->is_narrow = false;
    self->words = machine_bits(self->machine) / 64 + 1;
    self->states = memory_new((STATES_MAX + 1) * self->words, sizeof *self->states);
    self->depths = memory_new(STATES_MAX + 1, sizeof *self->depths);
    self->count = self->step_count = 0;
}

/* Returns false where there are too many states. */
static bool explore(struct naive *self)
{
    do {
        begin(self);
        uint64_t *after = memory_new(self->words, sizeof *after);
        machine_start(self->machine, after);
        find(self, after, 0);
        for (size_t s = 0; s < self->count && self->count < STATES_MAX && !self->is_narrow; s++)
            expand(self, s, after);
        memory_free(after);
    } while (self->is_narrow);
    return self->count < STATES_MAX;
}

/* ---- Judging ---------------------------------------------------------------------------------------------------- */

static bool side_holds(const struct naive *self, const struct side *side, size_t state)
{
    location_id location = side->thread < 0
                               ? (location_id)side->number
                               : machine_register_location(self->machine, (size_t)side->thread, side->number);
    int64_t value = machine_value(self->machine, state_at(self, state), location);
    const bool results[] = {value == side->constant, value != side->constant, value < side->constant,
                            value >= side->constant};
    return results[side->relation];
}

static bool holds(const struct naive *self, const struct formula *formula, size_t state)
{
    bool first = side_holds(self, &formula->sides[0], state), second = side_holds(self, &formula->sides[1], state);
    return formula->is_or ? first || second : first && second;
}

static bool is_final(const struct naive *self, size_t state)
{
    return machine_finished(self->machine, state_at(self, state)) == machine_everybody(self->machine);
}

/* The states from which a good one can be reached; or, if that must be so, is reached on all ways. */
static bool *close_backwards(const struct naive *self, const bool *good, bool failures_are_good, bool on_all_ways)
{
    bool *closed = memory_copy(good, self->count * sizeof *closed);
    bool *some = memory_new(self->count, sizeof *some), *all = memory_new(self->count, sizeof *all);
    bool has_changed = true;
    while (has_changed) {
        has_changed = false;
        memset(some, 0, self->count);
        memset(all, 1, self->count);
        for (size_t s = 0; s < self->step_count; s++) {
            const struct step_between *step = &self->steps[s];
            bool is_good = step->to == SIZE_MAX ? failures_are_good : closed[step->to];
            some[step->from] |= is_good;
            all[step->from] &= is_good;
        }
        for (size_t s = 0; s < self->count; s++) {
            bool is_closed = closed[s] || (some[s] && (!on_all_ways || all[s]));
            has_changed |= is_closed != closed[s];
            closed[s] = is_closed;
        }
    }
    memory_free(some);
    memory_free(all);
    return closed;
}

/* The least depth of a state that is marked; SIZE_MAX where none is. */
static size_t least_depth(const struct naive *self, const bool *marked)
{
    size_t least = SIZE_MAX;
    for (size_t s = 0; s < self->count; s++)
        if (marked[s] && self->depths[s] < least)
            least = self->depths[s];
    return least;
}

/* ---- Comparing -------------------------------------------------------------------------------------------------- */

/* What the naive judge says: the verdict, and the length of the shortest schedule that shows it; SIZE_MAX: not compared. */
struct opinion {
    enum claim_verdict verdict;
    size_t length;
};

static struct opinion judge_states(const struct naive *self, const struct formula *formula, enum claim_kind kind)
{
    bool *marked = memory_new(self->count, sizeof *marked);
    for (size_t s = 0; s < self->count; s++)
        marked[s] = (kind == CLAIM_ALWAYS || is_final(self, s)) && holds(self, formula, s) == (kind == CLAIM_POSSIBLE);
    size_t length = least_depth(self, marked);
    memory_free(marked);
    bool is_shown = length != SIZE_MAX;
    return (struct opinion){is_shown == (kind == CLAIM_POSSIBLE) ? CLAIM_HOLDS : CLAIM_VIOLATED, length};
}

static struct opinion judge_ends(const struct naive *self, enum claim_kind kind)
{
    bool *good = memory_new(self->count, sizeof *good);
    for (size_t s = 0; s < self->count; s++)
        good[s] = is_final(self, s);
    bool *closed = close_backwards(self, good, true, kind == CLAIM_TERMINATES);
    struct opinion opinion = {closed[0] ? CLAIM_HOLDS : CLAIM_VIOLATED, SIZE_MAX};
    for (size_t s = 0; s < self->count; s++)
        closed[s] = !closed[s];
    if (kind == CLAIM_NO_HANG) {
        opinion.length = least_depth(self, closed);
        opinion.verdict = opinion.length == SIZE_MAX ? CLAIM_HOLDS : CLAIM_VIOLATED;
    }
    memory_free(good);
    memory_free(closed);
    return opinion;
}

static struct opinion judge_leads_to(const struct naive *self, const struct formula *asks,
                                     const struct formula *answers)
{
    struct opinion opinion = {CLAIM_HOLDS, SIZE_MAX};
    bool *good = memory_new(self->count, sizeof *good);
    for (size_t s = 0; s < self->count; s++)
        good[s] = holds(self, answers, s);
    bool *closed = close_backwards(self, good, false, true);
    for (size_t s = 0; s < self->count; s++)
        if (holds(self, asks, s) && !closed[s])
            opinion.verdict = CLAIM_VIOLATED;
    memory_free(good);
    memory_free(closed);
    return opinion;
}

static const enum claim_kind kinds[CLAIMS] = {CLAIM_FINAL,   CLAIM_ALWAYS,   CLAIM_POSSIBLE, CLAIM_TERMINATES,
                                              CLAIM_NO_HANG, CLAIM_LEADS_TO, CLAIM_ALWAYS};

static void claim(struct outcome *outcome, const struct program *program, size_t number, const struct formula *first,
                  const struct formula *second)
{
    static const char *const words[] = {[CLAIM_FINAL] = "",
                                        [CLAIM_ALWAYS] = "always ",
                                        [CLAIM_POSSIBLE] = "possible ",
                                        [CLAIM_TERMINATES] = "terminates",
                                        [CLAIM_NO_HANG] = "no-hang",
                                        [CLAIM_LEADS_TO] = ""};
    struct text text = TEXT_INIT;
    struct error error = ERROR_INIT;
    enum claim_kind kind = kinds[number];
    text_print(&text, "%s", words[kind]);
    if (kind != CLAIM_TERMINATES && kind != CLAIM_NO_HANG)
        print_condition(&text, program, first);
    if (kind == CLAIM_LEADS_TO) {
        text_print(&text, " leads-to ");
        print_condition(&text, program, second);
    }
    CU_ASSERT_TRUE_FATAL(
        claim_parse(&outcome->claims[number], program, &program->observation, text_string(&text), &error));
    outcome->claim_count++;
    text_free(&text);
}

static bool agrees(const struct outcome *outcome, size_t number, struct opinion opinion)
{
    const struct claim *found = &outcome->claims[number];
    if (found->verdict != opinion.verdict)
        return false;
    if (!claim_is_shown(found))
        return true;
    if (found->witness == CLAIM_NO_WITNESS)
        return false;
    size_t length = trace_length(outcome->witnesses[found->witness].trace);
    return opinion.length == SIZE_MAX || length == opinion.length;
}

static bool compare(const struct program *program, const struct naive *naive, uint64_t *random, const char **wrong)
{
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct formula formulas[CLAIMS][2];
    struct outcome *outcome = outcome_new();
    outcome->claims = memory_new(CLAIMS, sizeof *outcome->claims);
    for (size_t c = 0; c < CLAIMS; c++) {
        formulas[c][0] = draw_condition(program, random);
        formulas[c][1] = draw_condition(program, random);
        claim(outcome, program, c, &formulas[c][0], &formulas[c][1]);
    }
    struct analysis_options options = {.observation = observation_of(0),
                                       .questions = QUESTION_ALL,
                                       .witness = WITNESS_MINIMUM,
                                       .no_slice = subject_random(random) % 2 == 0,
                                       .budget = &budget};
    budget_start(&budget);
    CU_ASSERT_TRUE_FATAL(analysis_run(program, &options, outcome, &error));
    bool agree = true;
    for (size_t c = 0; c < CLAIMS && agree && outcome->complete; c++) {
        struct opinion opinion = kinds[c] == CLAIM_LEADS_TO ? judge_leads_to(naive, &formulas[c][0], &formulas[c][1])
                                 : kinds[c] == CLAIM_TERMINATES || kinds[c] == CLAIM_NO_HANG
                                     ? judge_ends(naive, kinds[c])
                                     : judge_states(naive, &formulas[c][0], kinds[c]);
        agree = agrees(outcome, c, opinion);
        if (!agree)
            unit_note("%s: verdict %d, the naive judge says %d, length %zu", outcome->claims[c].text,
                      (int)outcome->claims[c].verdict, (int)opinion.verdict, opinion.length);
        if (kinds[c] == CLAIM_TERMINATES)
            agree &= outcome_terminates(outcome) == opinion.verdict;
        if (kinds[c] == CLAIM_NO_HANG)
            agree &= outcome_hangs(outcome) != opinion.verdict;
    }
    *wrong = agree ? NULL : "a verdict, or its schedule, differs";
    outcome_free(outcome);
    return agree;
}

static bool check_seed(uint64_t seed, unsigned *compared)
{
    static const enum oracle_kind sorts[] = {ORACLE_SMALL, ORACLE_ENDLESS, ORACLE_OBJECTS, ORACLE_ENDLESS};
    struct oracle_request request = oracle_request(sorts[seed % 4]);
    struct random_program *text = random_program_new(seed, &request.options);
    struct program *program = subject_program(text->text, text->threads, 1);
    struct naive naive = {.program = program, .machine = machine_new(program, NULL, true)};
    uint64_t random = seed;
    const char *wrong = NULL;
    if (explore(&naive) && program->declared_words > 0) {
        ++*compared;
        if (!compare(program, &naive, &random, &wrong))
            unit_note("seed %" PRIu64 ": %s\n%s", seed, wrong, text->text);
    }
    machine_free(naive.machine);
    memory_free(naive.states);
    memory_free(naive.depths);
    memory_free(naive.steps);
    program_free(program);
    random_program_free(text);
    return wrong == NULL;
}

static void test_random_claims(void)
{
    unsigned compared = 0;
    for (uint64_t seed = 1; seed <= runs; seed++)
        CU_ASSERT_TRUE(check_seed(seed, &compared));
    unit_note("%u of %u programs compared", compared, runs);
    CU_ASSERT_TRUE(compared > runs / 2);
}

int main(int count, char **arguments)
{
    if (count > 1)
        runs = (unsigned)strtoul(arguments[1], NULL, 10);
    static const CU_TestInfo tests[] = {
        {"random programs, against a naive judge", test_random_claims},
        CU_TEST_INFO_NULL,
    };
    return unit_run("claim search", tests);
}
