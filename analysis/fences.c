#include "analysis/fences.h"

#include "base/memory.h"
#include "program/fence.h"
#include "schedulers/problem.h"
#include "trace/replay.h"

#include <stdlib.h>
#include <string.h>

/* A search under way. */
struct search {
    const struct problem *problem;
    const struct analysis_options *options;
    const struct outcome *outcome;
    struct fences *fences;
    struct fence_place *places; /* one a spot */
    size_t count;
    bool **hits; /* for each schedule that was seen: the places of which a set must have one */
    size_t hit_count;
    size_t hit_capacity;
    size_t *chosen; /* the set under way */
    size_t chosen_count;
    bool *excluded; /* places that smaller branches have been through */
    size_t set_capacity;
    struct error *error;
    bool stops; /* an error, a limit, or nothing can help */
};

/* ---- One program with fences -------------------------------------------------------------------------------------- */

/* A program with fences, or with memory SC, and what was found of it. */
struct trial {
    struct problem problem;
    struct outcome *outcome;
    struct budget budget;
};

static void trial_free(struct trial *self)
{
    outcome_free(self->outcome);
    problem_free(&self->problem);
}

static bool read_claims(struct trial *self, const struct outcome *asked, struct error *error)
{
    struct outcome *outcome = self->outcome;
    outcome->claims = memory_new(asked->claim_count + 1, sizeof *outcome->claims);
    for (size_t c = 0; c < asked->claim_count; c++) {
        if (!claim_parse(&outcome->claims[c], self->problem.program, &self->problem.observation, asked->claims[c].text,
                         error))
            return false;
        outcome->claim_count++;
    }
    return true;
}

/* Analyses the program with fences at the chosen places, or as if memory were SC. */
static bool trial_run(struct trial *self, struct search *search, bool is_sc)
{
    struct analysis_options options = *search->options;
    *self = (struct trial){.problem = *search->problem, .outcome = outcome_new(), .budget = *options.budget};
    self->problem.program = NULL;
    self->problem.scheduler = NULL;
    self->problem.observation = (struct observation){0};
    struct fence_place *chosen = memory_new(search->chosen_count + 1, sizeof *chosen);
    for (size_t i = 0; i < search->chosen_count; i++)
        chosen[i] = search->places[search->chosen[i]];
    bool good = problem_make(&self->problem, search->error);
    if (good && is_sc)
        self->problem.program->memory = MEMORY_SC;
    else if (good)
        fence_places_insert(self->problem.program, chosen, search->chosen_count);
    memory_free(chosen);
    options.scheduler = self->problem.scheduler;
    options.observation = self->problem.observation;
    options.questions = QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_WITNESS;
    options.insist = QUESTION_EXTREMES | QUESTION_VALUES;
    options.witness = WITNESS_MINIMUM;
    options.witness_ends = NULL;
    options.witness_end_count = 0;
    options.explain = options.count_behaviour = false;
    options.budget = &self->budget;
    search->fences->searches++;
    return good && read_claims(self, search->outcome, search->error) &&
           analysis_run(self->problem.program, &options, self->outcome, search->error);
}

/* The claim that decides: a violated one, else one that is not decided, else NULL. */
static const struct claim *deciding_claim(const struct outcome *outcome)
{
    const struct claim *deciding = NULL;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        const struct claim *claim = &outcome->claims[c];
        if (claim->verdict == CLAIM_VIOLATED)
            return claim;
        if (claim->verdict == CLAIM_UNKNOWN && deciding == NULL)
            deciding = claim;
    }
    return deciding;
}

/* Analyses; returns whether the claims are violated, with *violated set to the claim that is, NULL where all hold. Where that
 * is not known, or there is an error, the search stops. */
static bool is_violated(struct trial *self, struct search *search, bool is_sc, const struct claim **violated)
{
    *violated = NULL;
    if (!trial_run(self, search, is_sc)) {
        search->stops = true;
        return false;
    }
    const struct claim *claim = deciding_claim(self->outcome);
    if (claim != NULL && claim->verdict == CLAIM_UNKNOWN) {
        const char *gap = claim_gap(claim, self->outcome);
        search->fences->verdict = FENCES_UNKNOWN;
        search->fences->gap = memory_copy_string(self->outcome->can_fail    ? self->outcome->failure_text
                                                 : !self->outcome->complete ? self->outcome->incomplete_reason
                                                 : gap != NULL              ? gap
                                                                            : "a claim was not decided");
        search->stops = true;
        return false;
    }
    *violated = claim;
    return claim != NULL;
}

/* ---- What a schedule comes through ------------------------------------------------------------------------------ */

/* A walk along a trace: for each thread how many of its stores wait, at most, and the instruction that it executed last. */
struct walk {
    const struct program *program;
    const struct search *search;
    size_t *stores;
    uint32_t *last;
    bool *hit;
};

static void pass(struct walk *self, size_t thread, uint32_t index)
{
    const struct code *code = program_code(self->program, thread);
    for (size_t p = 0; p < self->search->count && self->stores[thread] > 0; p++)
        self->hit[p] |= fence_place_is_passed(&self->search->places[p], code, self->last[thread], index);
}

/* Where a thread can stand at the end: it need not come through, but a fence before where it stands might keep it from there. */
static void stand(struct walk *self, size_t thread)
{
    const struct code *code = program_code(self->program, thread);
    uint32_t last = self->last[thread];
    if (last == UINT32_MAX || self->stores[thread] == 0)
        return;
    unsigned flow = instruction_flow(&code->instructions[last]);
    pass(self, thread, last + 1);
    if ((flow & FLOW_TARGET) != 0)
        pass(self, thread, (uint32_t)code->instructions[last].operands[0].value);
    for (size_t p = 0; p < self->search->count && (flow & (FLOW_BACK | FLOW_RETURN)) != 0; p++)
        self->hit[p] = true;
}

static void walk_along(struct walk *self, const struct trace *trace)
{
    for (size_t s = 0; s < trace->step_count; s++) {
        const struct trace_step *step = &trace->steps[s];
        const struct instruction *instruction = &program_code(self->program, step->thread)->instructions[step->index];
        if (step->is_flush) {
            self->stores[step->thread] -= self->stores[step->thread] > 0;
            continue;
        }
        pass(self, step->thread, step->index);
        if (instruction_drains(instruction))
            self->stores[step->thread] = 0;
        self->stores[step->thread] += instruction_may_buffer(instruction);
        self->last[step->thread] = step->index;
    }
    for (size_t t = 0; t < self->program->thread_count; t++)
        stand(self, t);
}

/* Notes where a set must have a fence so that a schedule is none of its program's: a place that the schedule comes through while a
 * store may wait. Where the schedule is not known, any place that the set does not have. */
static void note_schedule(struct search *self, const struct trial *trial, const struct claim *claim)
{
    const struct program *program = trial->problem.program;
    bool *hit = memory_new(self->count + 1, sizeof *hit);
    struct walk walk = {program, self, memory_new(program->thread_count, sizeof *walk.stores),
                        memory_new(program->thread_count, sizeof *walk.last), hit};
    struct error error = ERROR_INIT;
    struct trace *trace = NULL;
    for (size_t t = 0; t < program->thread_count; t++)
        walk.last[t] = UINT32_MAX;
    if (claim->witness != CLAIM_NO_WITNESS)
        trace = replay_run_whole(program, trial->problem.scheduler, trial->problem.word,
                                 &trial->outcome->witnesses[claim->witness].schedule, &error);
    if (trace != NULL)
        walk_along(&walk, trace);
    for (size_t p = 0; p < self->count && trace == NULL; p++)
        hit[p] = true;
    for (size_t i = 0; i < self->chosen_count; i++)
        hit[self->chosen[i]] = false;
    trace_free(trace);
    memory_free(walk.stores);
    memory_free(walk.last);
    self->hits = memory_grow(self->hits, self->hit_count, &self->hit_capacity, sizeof *self->hits);
    self->hits[self->hit_count++] = hit;
}

/* ---- Sets ------------------------------------------------------------------------------------------------------- */

/* A schedule of which the set has no place yet, or NULL. */
static const bool *first_missed(const struct search *self)
{
    for (size_t h = 0; h < self->hit_count; h++) {
        bool is_hit = false;
        for (size_t i = 0; i < self->chosen_count && !is_hit; i++)
            is_hit = self->hits[h][self->chosen[i]];
        if (!is_hit)
            return self->hits[h];
    }
    return NULL;
}

static int compare_indices(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

static void add_set(struct search *self)
{
    struct fences *fences = self->fences;
    size_t needed = (fences->set_count + 1) * self->chosen_count;
    fences->sets = memory_resize(fences->sets, needed, sizeof *fences->sets);
    size_t *set = fences->sets + fences->set_count++ * self->chosen_count;
    for (size_t i = 0; i < self->chosen_count; i++)
        set[i] = self->chosen[i];
    qsort(set, self->chosen_count, sizeof *set, compare_indices);
}

static void try_set(struct search *self)
{
    struct trial trial;
    const struct claim *violated;
    if (is_violated(&trial, self, false, &violated))
        note_schedule(self, &trial, violated);
    else if (!self->stops)
        add_set(self);
    trial_free(&trial);
}

/* Goes through all sets of a size that have the chosen places and none that is excluded. Smaller sets miss some schedule, so one with
 * fewer places always has one to hit; each of its places in turn is chosen, and excluded for those that come later. */
static void extend(struct search *self, size_t size)
{
    const bool *missed = first_missed(self);
    if (missed == NULL && self->chosen_count == size)
        try_set(self);
    if (missed == NULL || self->chosen_count == size)
        return;
    bool *mine = memory_new(self->count + 1, sizeof *mine);
    for (size_t p = 0; p < self->count && !self->stops; p++) {
        if (!missed[p] || self->excluded[p])
            continue;
        self->chosen[self->chosen_count++] = p;
        extend(self, size);
        self->chosen_count--;
        self->excluded[p] = mine[p] = true;
    }
    for (size_t p = 0; p < self->count; p++)
        self->excluded[p] &= !mine[p];
    memory_free(mine);
}

static void find_sets(struct search *self)
{
    for (size_t size = 0; size <= self->count && !self->stops && self->fences->set_count == 0; size++) {
        self->fences->fewest = size;
        extend(self, size);
    }
}

/* ---- The whole -------------------------------------------------------------------------------------------------- */

/* Whether fences can help at all. */
static bool can_help(struct search *self)
{
    const struct claim *violated;
    for (unsigned is_sc = 2; is_sc-- > 0 && !self->stops;) {
        struct trial trial;
        self->chosen_count = is_sc ? 0 : self->count;
        for (size_t p = 0; p < self->chosen_count; p++)
            self->chosen[p] = p;
        if (is_violated(&trial, self, is_sc, &violated)) {
            self->fences->verdict = is_sc ? FENCES_SC : FENCES_ELSEWHERE;
            self->stops = true;
        }
        trial_free(&trial);
    }
    self->chosen_count = 0;
    return !self->stops;
}

static void describe_spot(struct fence_spot *spot, const struct program *program, const struct fence_place *place)
{
    const struct code *code = &program->codes[place->code];
    struct text threads = TEXT_INIT;
    size_t count = 0, told = 0;
    for (size_t t = 0; t < program->thread_count; t++)
        count += program->threads[t].code == place->code;
    for (size_t t = 0; t < program->thread_count; t++)
        if (program->threads[t].code == place->code)
            text_print(&threads, "%s%s", told++ == 0 ? "" : told == count ? " and " : ", ", program->threads[t].name);
    spot->threads = text_take(&threads);
    spot->instruction = program_instruction_text(program, code, &code->instructions[place->index]);
    spot->line = place->place.line;
    spot->column = place->place.column;
    spot->is_before = place->is_before;
}

bool fences_find(struct outcome *outcome, const struct problem *problem, const struct analysis_options *options,
                 struct error *error)
{
    struct fences *fences = memory_new(1, sizeof *fences);
    struct search self = {.problem = problem, .options = options, .outcome = outcome, .fences = fences, .error = error};
    outcome->fences = fences;
    self.places = fence_places_find(problem->program, &self.count);
    self.chosen = memory_new(self.count + 1, sizeof *self.chosen);
    self.excluded = memory_new(self.count + 1, sizeof *self.excluded);
    fences->spots = memory_new(self.count + 1, sizeof *fences->spots);
    fences->spot_count = self.count;
    for (size_t p = 0; p < self.count; p++)
        describe_spot(&fences->spots[p], problem->program, &self.places[p]);
    if (deciding_claim(outcome) == NULL)
        fences->set_count = 1; /* the empty one */
    else if (can_help(&self))
        find_sets(&self);
    for (size_t h = 0; h < self.hit_count; h++)
        memory_free(self.hits[h]);
    memory_free(self.hits);
    memory_free(self.places);
    memory_free(self.chosen);
    memory_free(self.excluded);
    return !error->set;
}

void fences_free(struct fences *self)
{
    if (self == NULL)
        return;
    for (size_t s = 0; s < self->spot_count; s++) {
        memory_free(self->spots[s].threads);
        memory_free(self->spots[s].instruction);
    }
    memory_free(self->spots);
    memory_free(self->sets);
    memory_free(self->gap);
    memory_free(self);
}
