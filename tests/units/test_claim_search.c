/* Claims that are searched for: random programs against a naive judge, under all schedulers and with any fairness. Takes a number of
 * random programs as its argument: tests/units/test_claim_search 2000.
 *
 * The naive judge has all states of the plain machine in a list, with the steps between them, and judges by fixpoints that go over
 * all of them until nothing changes: of fair schedules by the formulas of Emerson and Lei (Efficient model checking in fragments of the
 * propositional mu-calculus, 1986), without components. Its conditions are computed here, not by program/predicate.h. */
#include "base/memory.h"
#include "machine/machine.h"
#include "schedulers/scheduler.h"
#include "space/system.h"
#include "tests/oracles/oracle.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { STATES_MAX = 3000, CLAIMS = 8, STATE_CLAIMS = 3, BYPASS_MAX = 2 };

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
    size_t thread;
};

struct naive {
    const struct program *program;
    struct machine *machine;
    const struct scheduler *scheduler;
    struct system *system;
    size_t quads;
    uint64_t *states;
    uint64_t *may; /* of each state: who may step, as fairness sees it */
    size_t *depths;
    size_t count;
    size_t start_count;
    struct step_between *steps;
    size_t step_count;
    size_t step_capacity;
    bool is_narrow; /* the machine was widened: begin anew */
};

static const uint64_t *state_at(const struct naive *self, size_t number)
{
    return self->states + number * self->quads;
}

static size_t find(struct naive *self, const uint64_t *state, size_t depth)
{
    for (size_t s = 0; s < self->count; s++)
        if (memcmp(state_at(self, s), state, self->quads * sizeof *state) == 0)
            return s;
    if (self->count == STATES_MAX)
        return self->count;
    memcpy(self->states + self->count * self->quads, state, self->quads * sizeof *state);
    self->depths[self->count] = depth;
    return self->count++;
}

static void take(struct naive *self, size_t from, const struct system_choices *choices, unsigned option, size_t thread,
                 uint64_t *after)
{
    struct step step;
    system_step(self->system, state_at(self, from), choices, option, thread, after, &step);
    if (step.result == STEP_TOO_NARROW) {
        machine_widen(self->machine, step.narrow, step.narrow_value);
        self->is_narrow = true;
        return;
    }
    size_t to = step.result == STEP_FAILED ? SIZE_MAX : find(self, after, self->depths[from] + 1);
    self->steps = memory_grow(self->steps, self->step_count, &self->step_capacity, sizeof *self->steps);
    self->steps[self->step_count++] = (struct step_between){from, to, thread};
}

static void expand(struct naive *self, size_t from, uint64_t *after)
{
    struct system_choices choices;
    system_choices(self->system, state_at(self, from), &choices);
    self->may[from] = choices.threads[0] & ~machine_asleep(self->machine, state_at(self, from));
    for (size_t t = 0; t < self->program->thread_count; t++)
        for (unsigned o = 0; o < choices.options; o++)
            if ((choices.threads[o] >> t & 1) != 0 && !self->is_narrow)
                take(self, from, &choices, o, t, after);
}

static void forget(struct naive *self)
{
    memory_free(self->states);
    memory_free(self->may);
    memory_free(self->depths);
    system_free(self->system);
}

static void begin(struct naive *self)
{
    static const struct system_options options = {0};
    forget(self);
    self->is_narrow = false;
    self->system = system_new(self->machine, self->scheduler, &options);
    self->quads = self->system->quads;
    self->states = memory_new((STATES_MAX + 1) * self->quads, sizeof *self->states);
    self->may = memory_new(STATES_MAX + 1, sizeof *self->may);
    self->depths = memory_new(STATES_MAX + 1, sizeof *self->depths);
    self->count = self->step_count = 0;
}

/* Returns false where there are too many states. */
static bool explore(struct naive *self)
{
    do {
        begin(self);
        uint64_t *after = memory_new(self->quads, sizeof *after);
        for (uint64_t s = 0; s < system_start_count(self->system); s++) {
            memset(after, 0, self->quads * sizeof *after);
            system_start(self->system, s, after);
            find(self, after, 0);
        }
        self->start_count = self->count;
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

/* The states from which a good one can be reached, as new. */
static bool *close_backwards(const struct naive *self, const bool *good, bool failures_are_good)
{
    bool *closed = memory_copy(good, self->count * sizeof *closed), has_changed = true;
    while (has_changed) {
        has_changed = false;
        for (size_t s = 0; s < self->step_count; s++) {
            const struct step_between *step = &self->steps[s];
            bool is_good = step->to == SIZE_MAX ? failures_are_good : closed[step->to];
            has_changed |= is_good && !closed[step->from];
            closed[step->from] |= is_good;
        }
    }
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

static struct opinion judge_hang(const struct naive *self)
{
    bool *marked = memory_new(self->count, sizeof *marked);
    for (size_t s = 0; s < self->count; s++)
        marked[s] = is_final(self, s);
    bool *closed = close_backwards(self, marked, true);
    for (size_t s = 0; s < self->count; s++)
        marked[s] = !closed[s];
    size_t length = least_depth(self, marked);
    memory_free(marked);
    memory_free(closed);
    return (struct opinion){length == SIZE_MAX ? CLAIM_HOLDS : CLAIM_VIOLATED, length};
}

/* ---- Fair schedules --------------------------------------------------------------------------------------------- */

/* What must happen again and again: with a thread, a step of it or, if that is enough, a state in which it may not step. */
struct demand {
    size_t thread; /* SIZE_MAX: any step */
    bool excuses;
};

static bool meets(const struct naive *self, const struct demand *demand, const struct step_between *step)
{
    return demand->thread == SIZE_MAX || step->thread == demand->thread ||
           (demand->excuses && (self->may[step->from] >> demand->thread & 1) == 0);
}

/* Takes away from some states those from which no way through them leads to a step that meets a demand. Returns whether there are such. */
static bool restrict_to(const struct naive *self, const struct demand *demand, bool *states)
{
    bool *reach = memory_new(self->count, sizeof *reach), has_changed = true, is_less = false;
    while (has_changed) {
        has_changed = false;
        for (size_t s = 0; s < self->step_count; s++) {
            const struct step_between *step = &self->steps[s];
            if (step->to == SIZE_MAX || !states[step->from] || !states[step->to] || reach[step->from] ||
                !(reach[step->to] || meets(self, demand, step)))
                continue;
            reach[step->from] = has_changed = true;
        }
    }
    for (size_t s = 0; s < self->count; s++) {
        is_less |= states[s] && !reach[s];
        states[s] &= reach[s];
    }
    memory_free(reach);
    return is_less;
}

/* Leaves of some states those from which a schedule goes on for ever through them and meets all demands again and again. */
static void go_round(const struct naive *self, const struct demand *demands, size_t count, bool *states)
{
    bool has_changed = true;
    while (has_changed) {
        has_changed = false;
        for (size_t d = 0; d < count; d++)
            has_changed |= restrict_to(self, &demands[d], states);
    }
}

/* By strong fairness a thread steps again and again, or from some moment on may not step: for each set of the former. */
static void go_round_strongly(const struct naive *self, bool *states)
{
    size_t threads = self->program->thread_count;
    bool *all = memory_new(self->count, sizeof *all), *some = memory_new(self->count, sizeof *some);
    for (uint64_t set = 0; set < UINT64_C(1) << threads; set++) {
        struct demand demands[PROGRAM_THREADS_MAX + 1] = {{.thread = SIZE_MAX}};
        size_t count = 1;
        for (size_t t = 0; t < threads; t++)
            if ((set >> t & 1) != 0)
                demands[count++] = (struct demand){.thread = t};
        for (size_t s = 0; s < self->count; s++)
            some[s] = states[s] && (self->may[s] & ~set) == 0;
        go_round(self, demands, count, some);
        for (size_t s = 0; s < self->count; s++)
            all[s] |= some[s];
    }
    memcpy(states, all, self->count * sizeof *states);
    memory_free(all);
    memory_free(some);
}

static void go_round_fairly(const struct naive *self, enum outcome_fairness fairness, bool *states)
{
    struct demand demands[PROGRAM_THREADS_MAX + 1] = {{.thread = SIZE_MAX}};
    size_t threads = fairness == FAIRNESS_WEAK ? self->program->thread_count : 0;
    for (size_t t = 0; t < threads; t++)
        demands[t + 1] = (struct demand){.thread = t, .excuses = true};
    if (fairness == FAIRNESS_STRONG)
        go_round_strongly(self, states);
    else
        go_round(self, demands, threads + 1, states);
}

/* Whether each state has a step, or one that fails. */
static bool *find_steps(const struct naive *self, bool failing)
{
    bool *found = memory_new(self->count, sizeof *found);
    for (size_t s = 0; s < self->step_count; s++)
        found[self->steps[s].from] |= !failing || self->steps[s].to == SIZE_MAX;
    return found;
}

static struct opinion judge_termination(const struct naive *self, enum outcome_fairness fairness)
{
    bool *rounds = memory_new(self->count, sizeof *rounds), *steps = find_steps(self, false), is_violated = false;
    memset(rounds, true, self->count);
    go_round_fairly(self, fairness, rounds);
    for (size_t s = 0; s < self->count; s++)
        is_violated |= rounds[s] || (!steps[s] && !is_final(self, s));
    memory_free(rounds);
    memory_free(steps);
    return (struct opinion){is_violated ? CLAIM_VIOLATED : CLAIM_HOLDS, SIZE_MAX};
}

/* ---- Schedules that are watched --------------------------------------------------------------------------------- */

/* Something that watches a schedule and is in one of a few modes. */
struct watch {
    const struct naive *naive;
    size_t modes;
    size_t (*begin)(const struct watch *self, size_t state);
    size_t (*go_on)(const struct watch *self, size_t mode, const struct step_between *step);
    bool *asks, *answers; /* of leads-to: of each state */
    size_t thread;        /* of bypass */
    bool *outside;        /* ... of each of its instructions: outside of all critical sections, with one ahead */
};

/* How long the shortest schedule is that leads to a state in a mode, for each pair; SIZE_MAX where none does. New. */
static size_t *watch_all(const struct watch *self)
{
    const struct naive *naive = self->naive;
    size_t pairs = naive->count * self->modes, *lengths = memory_new(pairs, sizeof *lengths);
    bool has_changed = true;
    for (size_t p = 0; p < pairs; p++)
        lengths[p] = SIZE_MAX;
    for (size_t s = 0; s < naive->start_count; s++)
        lengths[s * self->modes + self->begin(self, s)] = 0;
    while (has_changed) {
        has_changed = false;
        for (size_t s = 0; s < naive->step_count; s++)
            for (size_t mode = 0; mode < self->modes && naive->steps[s].to != SIZE_MAX; mode++) {
                size_t length = lengths[naive->steps[s].from * self->modes + mode];
                size_t to = naive->steps[s].to * self->modes;
                to += length != SIZE_MAX ? self->go_on(self, mode, &naive->steps[s]) : 0;
                if (length == SIZE_MAX || lengths[to] <= length + 1)
                    continue;
                lengths[to] = length + 1;
                has_changed = true;
            }
    }
    return lengths;
}

static size_t begin_asking(const struct watch *self, size_t state)
{
    return self->asks[state] && !self->answers[state];
}

static size_t go_on_asking(const struct watch *self, size_t mode, const struct step_between *step)
{
    return (mode == 1 || self->asks[step->to]) && !self->answers[step->to];
}

/* Unanswered is a schedule that ends while something is to come, or goes on so for ever. */
static struct opinion judge_leads_to(const struct naive *self, const struct formula *asks,
                                     const struct formula *answers, enum outcome_fairness fairness)
{
    struct watch watch = {.naive = self, .modes = 2, .begin = begin_asking, .go_on = go_on_asking};
    bool *open = memory_new(self->count, sizeof *open), *steps = find_steps(self, false),
         *fails = find_steps(self, true), goes_round = false;
    struct opinion opinion = {CLAIM_HOLDS, SIZE_MAX};
    watch.asks = memory_new(self->count, sizeof *watch.asks);
    watch.answers = memory_new(self->count, sizeof *watch.answers);
    for (size_t s = 0; s < self->count; s++) {
        watch.asks[s] = holds(self, asks, s);
        watch.answers[s] = holds(self, answers, s);
        open[s] = !watch.answers[s];
    }
    size_t *lengths = watch_all(&watch);
    go_round_fairly(self, fairness, open);
    for (size_t s = 0; s < self->count; s++) {
        size_t length = lengths[2 * s + 1];
        goes_round |= length != SIZE_MAX && open[s];
        if (length != SIZE_MAX && (!steps[s] || fails[s]) && length + steps[s] < opinion.length)
            opinion.length = length + steps[s];
    }
    if (goes_round || opinion.length != SIZE_MAX)
        opinion.verdict = CLAIM_VIOLATED;
    memory_free(watch.asks);
    memory_free(watch.answers);
    memory_free(lengths);
    memory_free(open);
    memory_free(steps);
    memory_free(fails);
    return opinion;
}

/* ---- Overtaking ------------------------------------------------------------------------------------------------- */

static bool is_outside(const struct watch *self, size_t state)
{
    const struct machine *machine = self->naive->machine;
    const uint64_t *at = state_at(self->naive, state);
    uint64_t gone = machine_finished(machine, at) | (machine_away(machine, at) & ~machine_asleep(machine, at)) |
                    machine_unborn(machine, at);
    return (gone >> self->thread & 1) == 0 && self->outside[machine_index(machine, at, self->thread)];
}

static bool can_step(const struct watch *self, size_t state)
{
    const struct machine *machine = self->naive->machine;
    return (machine_enabled(machine, state_at(self->naive, state)) >> self->thread & 1) != 0;
}

/* What a thread does on its way out, or on its way from here to there. */
static bool is_on_its_way_in(const struct watch *self, size_t state)
{
    const struct naive *naive = self->naive;
    uint32_t index = machine_index(naive->machine, state_at(naive, state), self->thread);
    switch (program_code(naive->program, self->thread)->instructions[index].opcode) {
    case OPCODE_UNLOCK:
    case OPCODE_RWUNLOCK:
    case OPCODE_POST:
    case OPCODE_SIGNAL:
    case OPCODE_BROADCAST:
    case OPCODE_SET:
    case OPCODE_CLEAR:
    case OPCODE_J:
    case OPCODE_JE:
    case OPCODE_JNE:
    case OPCODE_JGT:
    case OPCODE_JGTE:
    case OPCODE_JLT:
    case OPCODE_JLTE:
        return false;
    default:
        return true;
    }
}

/* How many other threads come into a section by a step, whoever makes it. */
static size_t count_entries(const struct watch *self, const struct step_between *step)
{
    const struct machine *machine = self->naive->machine;
    uint64_t entering = 0;
    for (size_t s = 0; s < machine_section_count(machine); s++)
        entering |= machine_inside(machine, state_at(self->naive, step->to), s) &
                    ~machine_inside(machine, state_at(self->naive, step->from), s);
    return (size_t)__builtin_popcountll(entering & ~(UINT64_C(1) << self->thread));
}

/* The modes are 0: does not wait; and 1 + the entries of others since it does, the last mode: or more. */
static size_t begin_waiting(const struct watch *self, size_t state)
{
    return is_outside(self, state) && !can_step(self, state);
}

static size_t go_on_waiting(const struct watch *self, size_t mode, const struct step_between *step)
{
    if (!is_outside(self, step->to))
        return 0;
    if (mode > 0) {
        size_t more = mode + count_entries(self, step);
        return more < self->modes ? more : self->modes - 1;
    }
    bool begins = step->thread == self->thread && is_outside(self, step->from) && is_on_its_way_in(self, step->from);
    return begins || !can_step(self, step->to);
}

static struct opinion judge_bypass(const struct naive *self, size_t thread, size_t most)
{
    const struct code *code = program_code(self->program, thread);
    struct watch watch = {
        .naive = self, .modes = most + 3, .begin = begin_waiting, .go_on = go_on_waiting, .thread = thread};
    struct opinion opinion = {CLAIM_HOLDS, SIZE_MAX};
    watch.outside = memory_new((size_t)code->count + 1, sizeof *watch.outside);
    for (uint32_t i = 0; i < code->count; i++)
        watch.outside[i] = code->instructions[i].sections == 0 && subject_leads_inside(code, i);
    size_t *lengths = watch_all(&watch);
    for (size_t s = 0; s < self->count; s++)
        if (lengths[s * watch.modes + most + 2] < opinion.length)
            opinion.length = lengths[s * watch.modes + most + 2];
    if (opinion.length != SIZE_MAX)
        opinion.verdict = CLAIM_VIOLATED;
    memory_free(watch.outside);
    memory_free(lengths);
    return opinion;
}

/* ---- Comparing -------------------------------------------------------------------------------------------------- */

/* A claim that was drawn. */
struct drawn {
    struct formula first, second;
    size_t thread, most; /* of a bypass */
};

static const enum claim_kind kinds[CLAIMS] = {CLAIM_FINAL,   CLAIM_ALWAYS,   CLAIM_POSSIBLE, CLAIM_TERMINATES,
                                              CLAIM_NO_HANG, CLAIM_LEADS_TO, CLAIM_LEADS_TO, CLAIM_BYPASS};

static void claim(struct outcome *outcome, const struct program *program, size_t number, const struct drawn *drawn)
{
    static const char *const words[] = {[CLAIM_FINAL] = "",
                                        [CLAIM_ALWAYS] = "always ",
                                        [CLAIM_POSSIBLE] = "possible ",
                                        [CLAIM_TERMINATES] = "terminates",
                                        [CLAIM_NO_HANG] = "no-hang",
                                        [CLAIM_LEADS_TO] = "",
                                        [CLAIM_BYPASS] = "bypass "};
    struct text text = TEXT_INIT;
    struct error error = ERROR_INIT;
    enum claim_kind kind = kinds[number];
    text_print(&text, "%s", words[kind]);
    if (kind == CLAIM_BYPASS)
        text_print(&text, "%s <= %zu", program->threads[drawn->thread].name, drawn->most);
    else if (kind != CLAIM_TERMINATES && kind != CLAIM_NO_HANG)
        print_condition(&text, program, &drawn->first);
    if (kind == CLAIM_LEADS_TO) {
        text_print(&text, " leads-to ");
        print_condition(&text, program, &drawn->second);
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

static struct opinion judge(const struct naive *naive, enum claim_kind kind, const struct drawn *drawn,
                            enum outcome_fairness fairness)
{
    switch (kind) {
    case CLAIM_TERMINATES:
        return judge_termination(naive, fairness);
    case CLAIM_NO_HANG:
        return judge_hang(naive);
    case CLAIM_LEADS_TO:
        return judge_leads_to(naive, &drawn->first, &drawn->second, fairness);
    case CLAIM_BYPASS:
        return judge_bypass(naive, drawn->thread, drawn->most);
    default:
        return judge_states(naive, &drawn->first, kind);
    }
}

static struct drawn draw(const struct program *program, uint64_t *random)
{
    struct drawn drawn;
    drawn.first = draw_condition(program, random);
    drawn.second = draw_condition(program, random);
    drawn.thread = subject_random(random) % program->thread_count;
    drawn.most = subject_random(random) % (BYPASS_MAX + 1);
    return drawn;
}

/* How many claims of each kind were compared, and violated. */
struct tally {
    unsigned programs;
    unsigned claims[CLAIMS];
    unsigned violated[CLAIMS];
};

static bool compare(const struct program *program, const struct naive *naive, uint64_t *random, struct tally *tally)
{
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct drawn drawn[CLAIMS];
    struct outcome *outcome = outcome_new();
    size_t count = program->section_count > 0 ? CLAIMS : CLAIMS - 1; /* the last one is about critical sections */
    if (subject_random(random) % 2 == 0)
        count = STATE_CLAIMS; /* then cells can decide */
    outcome->claims = memory_new(CLAIMS, sizeof *outcome->claims);
    for (size_t c = 0; c < count; c++) {
        drawn[c] = draw(program, random);
        claim(outcome, program, c, &drawn[c]);
    }
    struct analysis_options options = {.observation = observation_of(0),
                                       .scheduler = naive->scheduler,
                                       .questions = QUESTION_ALL,
                                       .witness = WITNESS_MINIMUM,
                                       .fairness = (enum outcome_fairness)(subject_random(random) % 3),
                                       .eager = count == STATE_CLAIMS,
                                       .no_slice = subject_random(random) % 2 == 0,
                                       .budget = &budget};
    budget_start(&budget);
    CU_ASSERT_TRUE_FATAL(analysis_run(program, &options, outcome, &error));
    bool agree = true;
    for (size_t c = 0; c < count && agree && outcome->complete; c++) {
        struct opinion opinion = judge(naive, kinds[c], &drawn[c], options.fairness);
        agree = agrees(outcome, c, opinion);
        if (!agree)
            unit_note("%s, fairness %d: verdict %d, the naive judge says %d, length %zu", outcome->claims[c].text,
                      (int)options.fairness, (int)outcome->claims[c].verdict, (int)opinion.verdict, opinion.length);
        if (kinds[c] == CLAIM_TERMINATES)
            agree &= outcome_terminates(outcome) == opinion.verdict;
        if (kinds[c] == CLAIM_NO_HANG)
            agree &= outcome_hangs(outcome) != opinion.verdict;
        tally->claims[c]++;
        tally->violated[c] += opinion.verdict == CLAIM_VIOLATED;
    }
    outcome_free(outcome);
    return agree;
}

/* Threads that go round a few critical sections and what may keep them out, as new: few states, and many ways to overtake. */
static char *draw_protocol(uint64_t *random, unsigned threads)
{
    static const char *const pieces[] = {
        " lock m\n",
        " unlock m\n",
        " wait s\n",
        " post s\n",
        " arrive b\n",
        " nop\n",
        " mov $1, x\n",
        " mov $0, x\n",
        ".critical\n nop\n.endcritical\n",
        " lock m\n.critical\n nop\n.endcritical\n unlock m\n",
        " wait s\n.critical\n nop\n nop\n.endcritical\n post s\n",
        ".rept 1\n.spin\n mov $1, %ax\n xchg %ax, x\n test $0, %ax\n jne .spin\n.endr\n",
        ".rept 1\n.spin\n test $1, x\n je .spin\n.endr\n"};
    struct text text = TEXT_INIT;
    text_print(&text, ".var x\n.mutex m\n.semaphore s, %u\n.barrier b, 2\n", (unsigned)(subject_random(random) % 2));
    for (unsigned t = 0; t < threads; t++) {
        text_print(&text, ".thread %c\n.again\n", 'A' + (int)t);
        for (size_t left = 2 + subject_random(random) % 3; left > 0; left--)
            text_print(&text, "%s", pieces[(subject_random(random) >> 20) % (sizeof pieces / sizeof *pieces)]);
        text_print(&text, ".critical\n nop\n.endcritical\n%s", subject_random(random) % 3 > 0 ? " j .again\n" : "");
    }
    return text_take(&text);
}

/* The text of a seed's program, as new. */
static char *draw_text(uint64_t seed, uint64_t *random, unsigned *threads)
{
    static const enum oracle_kind sorts[] = {ORACLE_SMALL, ORACLE_ENDLESS, ORACLE_OBJECTS};
    struct oracle_request request = oracle_request(sorts[seed % 3]);
    if (seed % 4 == 0) {
        *threads = 2 + (unsigned)(subject_random(random) % 2);
        return draw_protocol(random, *threads);
    }
    struct random_program *program = random_program_new(seed, &request.options);
    char *text =
        seed % 8 < 5 ? random_program_mark_sections(program->text, 3, random) : memory_copy_string(program->text);
    *threads = program->threads;
    random_program_free(program);
    return text;
}

static bool check_seed(uint64_t seed, struct tally *tally)
{
    uint64_t random = seed;
    unsigned threads;
    char *text = draw_text(seed, &random, &threads);
    struct program *program = subject_program(text, threads, 1);
    struct oracle_scheduler *scheduler =
        oracle_scheduler_draw(seed, seed % 3 == 0 ? NULL : "free", program->thread_count);
    struct naive naive = {
        .program = program, .machine = machine_new(program, NULL, true), .scheduler = scheduler->scheduler};
    bool agree = true;
    if (explore(&naive) && program->declared_words > 0) {
        tally->programs++;
        agree = compare(program, &naive, &random, tally);
        if (!agree)
            unit_note("seed %" PRIu64 ", scheduler %s: a verdict, or its schedule, differs\n%s", seed, scheduler->name,
                      text);
    }
    forget(&naive);
    machine_free(naive.machine);
    memory_free(naive.steps);
    oracle_scheduler_free(scheduler);
    program_free(program);
    memory_free(text);
    return agree;
}

static void test_random_claims(void)
{
    struct tally tally = {0};
    for (uint64_t seed = 1; seed <= runs; seed++)
        CU_ASSERT_TRUE(check_seed(seed, &tally));
    unit_note("%u of %u programs compared", tally.programs, runs);
    CU_ASSERT_TRUE(tally.programs > runs / 2);
    for (size_t c = 0; c < CLAIMS; c++) {
        unit_note("claims of kind %d: %u, of which %u violated", (int)kinds[c], tally.claims[c], tally.violated[c]);
        CU_ASSERT(tally.violated[c] > 0 && tally.violated[c] < tally.claims[c]);
    }
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
