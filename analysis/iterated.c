#include "analysis/iterated.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "machine/machine.h"

#include <inttypes.h>
#include <string.h>

/* ---- What a program must be like ----------------------------------------------------------------------------------- */

/* A program being looked at. */
struct maker {
    const struct program *program;
    const struct machine *machine; /* nothing is data, and all registers are kept */
    struct iterated *self;
    char **reason;
    uint32_t slots[4096]; /* of relevant locations, 1 + the slot; else 0 */
    size_t location_count;
};

static bool refuse(struct maker *self, const char *text)
{
    if (*self->reason == NULL)
        *self->reason = memory_copy_string(text);
    return false;
}

static bool refuse_line(struct maker *self, size_t thread, uint32_t index, const char *what)
{
    if (*self->reason == NULL)
        *self->reason = text_format("line %" PRIu32 " %s", machine_line(self->machine, thread, index), what);
    return false;
}

/* The instruction at a position of a thread: of the first repetition that is kept. */
static uint32_t index_at(const struct maker *self, size_t thread, uint32_t position)
{
    const struct code_loop *loop = &program_code(self->program, thread)->loop;
    uint32_t skipped = position >= self->self->threads[thread].end ? (uint32_t)(loop->kept - 1) * loop->length : 0;
    return position + (loop->length > 0 ? skipped : 0);
}

/* All loops are repeated equally often. */
static bool find_loops(struct maker *self)
{
    struct iterated *iterated = self->self;
    iterated->repeats_iters = true;
    for (size_t t = 0; t < iterated->thread_count; t++) {
        const struct code *code = program_code(self->program, t);
        const struct code_loop *loop = &code->loop;
        uint32_t skipped = loop->length > 0 ? (uint32_t)(loop->kept - 1) * loop->length : 0;
        struct iterated_thread *thread = &iterated->threads[t];
        *thread = (struct iterated_thread){
            .count = code->count - skipped, .first = loop->first, .end = loop->first + loop->length};
        if (loop->length > 0 && iterated->times != 0 && loop->times != iterated->times)
            return refuse(self, "the loops of the threads are not repeated equally often");
        iterated->times = loop->length > 0 ? loop->times : iterated->times;
        iterated->repeats_iters &= loop->length == 0 || loop->is_iters;
        iterated->straight += thread->count - loop->length;
        iterated->repeated += loop->length;
        if (thread->count > ITERATED_POSITIONS_MAX)
            return refuse(self, "a thread has more than 200 instructions in its loop and around it");
    }
    return iterated->times > 0 || refuse(self, "no thread has one '.rept' that is its loop");
}

static bool is_plain(enum act act)
{
    return act == ACT_ASSIGN || act == ACT_NOTHING || act == ACT_COMPARE || act == ACT_YIELD || act == ACT_LOCK ||
           act == ACT_UNLOCK;
}

/* Assigns what one location had, with a constant added, or a constant. */
static bool is_move(const struct assignment *assignment)
{
    return assignment->is_comparison || assignment->term_count == 0 ||
           (assignment->term_count == 1 && assignment->terms[0].coefficient == 1);
}

static bool fits(struct maker *self, size_t thread, uint32_t position)
{
    uint32_t index = index_at(self, thread, position);
    const struct instruction *instruction = &program_code(self->program, thread)->instructions[index];
    struct effect effect;
    size_t mutex;
    enum act act = machine_act(self->machine, thread, index, &mutex);
    machine_effect(self->machine, thread, index, &effect);
    if (!is_plain(act) || effect.may_branch || instruction->wrap != 0 || instruction->part_end != 0 ||
        instruction->no_switch)
        return refuse_line(self, thread, index, "does more than move values, lock or unlock");
    if (effect.decider_count > 0 && act != ACT_LOCK && act != ACT_UNLOCK)
        return refuse_line(self, thread, index, "computes an address");
    for (size_t a = 0; a < effect.assignment_count; a++)
        if (!is_move(&effect.assignments[a]))
            return refuse_line(self, thread, index, "computes more than one value plus a constant");
    for (size_t o = 0; o < 2; o++)
        if (operand_is_picked(&instruction->operands[o]))
            return refuse_line(self, thread, index, "picks a mutex from an array");
    return true;
}

/* ---- Mutexes ------------------------------------------------------------------------------------------------------- */

/* What a thread has at its positions; each repetition must begin with what the first one began with. */
static bool find_held(struct maker *self, size_t t)
{
    struct iterated_thread *thread = &self->self->threads[t];
    thread->held = memory_new((size_t)thread->count + 1, sizeof *thread->held);
    for (uint32_t p = 0; p < thread->count; p++) {
        uint32_t index = index_at(self, t, p);
        size_t mutex;
        enum act act = machine_act(self->machine, t, index, &mutex);
        uint64_t bit = act == ACT_LOCK || act == ACT_UNLOCK ? UINT64_C(1) << mutex : 0, held = thread->held[p];
        if ((act == ACT_LOCK && (held & bit) != 0) || (act == ACT_UNLOCK && (held & bit) == 0))
            return refuse_line(self, t, index, "locks a mutex again, or unlocks one that the thread does not have");
        thread->held[p + 1] = act == ACT_LOCK ? held | bit : held & ~bit;
        thread->steps[p].locks = act == ACT_LOCK ? (int)mutex : -1;
    }
    return thread->held[thread->end] == thread->held[thread->first] ||
           refuse(self, "a loop ends with other mutexes than it begins with");
}

/* ---- Slots and entries ----------------------------------------------------------------------------------------------- */

static bool is_relevant(const struct maker *self, location_id location)
{
    return location < self->location_count && self->slots[location] != 0;
}

/* Adds a slot for a location. Returns false where it has one, or there is no room. */
static bool add_slot(struct maker *self, location_id location)
{
    struct iterated *iterated = self->self;
    if (is_relevant(self, location) || iterated->slot_count == ITERATED_SLOTS_MAX - 1)
        return false;
    int owner = machine_location_thread(self->machine, location);
    iterated->initial[iterated->slot_count] = machine_initial_value(self->machine, location);
    iterated->names[iterated->slot_count] =
        owner < 0
            ? program_word_name(self->program, location)
            : text_format("%s.%%%s", machine_thread_name(self->machine, (size_t)owner),
                          machine_register_name(self->machine, machine_location_register(self->machine, location)));
    self->slots[location] = (uint32_t)++iterated->slot_count;
    return true;
}

/* What flows into a relevant location is relevant. Returns whether anything was added. */
static bool spread(struct maker *self, size_t thread)
{
    bool is_new = false;
    for (uint32_t p = 0; p < self->self->threads[thread].count; p++) {
        struct effect effect;
        machine_effect(self->machine, thread, index_at(self, thread, p), &effect);
        for (size_t a = 0; a < effect.assignment_count; a++)
            if (is_relevant(self, effect.assignments[a].target) && effect.assignments[a].term_count > 0)
                is_new |= add_slot(self, effect.assignments[a].terms[0].source);
    }
    return is_new;
}

static bool find_slots(struct maker *self, uint32_t word)
{
    struct iterated *iterated = self->self;
    bool is_new = add_slot(self, word);
    while (is_new) {
        is_new = false;
        for (size_t t = 0; t < iterated->thread_count; t++)
            is_new |= spread(self, t);
    }
    if (iterated->slot_count == ITERATED_SLOTS_MAX - 1)
        return refuse(self, "too many locations flow into what is observed");
    iterated->names[iterated->slot_count++] = memory_copy_string("constant");
    return true;
}

static void note_addend(struct iterated *self, int64_t addend)
{
    uint64_t size = arithmetic_magnitude(addend);
    self->greatest_addend = size > self->greatest_addend ? size : self->greatest_addend;
}

static const struct assignment *assignment_of(const struct effect *effect, location_id target)
{
    for (size_t a = 0; a < effect->assignment_count; a++)
        if (effect->assignments[a].target == target)
            return &effect->assignments[a];
    return NULL;
}

/* For each slot where the value comes from that is in it after a step. */
static bool make_entries(struct maker *self, size_t thread, uint32_t position)
{
    struct iterated *iterated = self->self;
    struct iterated_step *step = &iterated->threads[thread].steps[position];
    uint32_t constants = (uint32_t)iterated->slot_count - 1, index = index_at(self, thread, position);
    struct effect effect;
    machine_effect(self->machine, thread, index, &effect);
    step->entries = memory_new(iterated->slot_count, sizeof *step->entries);
    for (size_t l = 0; l < self->location_count; l++) {
        const struct assignment *moved = assignment_of(&effect, (location_id)l);
        if (moved != NULL)
            note_addend(iterated, moved->constant);
        if (!is_relevant(self, (location_id)l))
            continue;
        struct iterated_entry entry = {self->slots[l] - 1, self->slots[l] - 1, 0};
        if (moved != NULL && moved->is_comparison)
            return refuse_line(self, thread, index, "compares, and the result flows into what is observed");
        if (moved != NULL) {
            entry.slot = moved->term_count > 0 ? self->slots[moved->terms[0].source] - 1 : constants;
            entry.addend = moved->constant;
        }
        step->entries[step->entry_count++] = entry;
    }
    step->entries[step->entry_count++] = (struct iterated_entry){constants, constants, 0};
    return true;
}

static bool make_steps(struct maker *self, uint32_t word)
{
    struct iterated *iterated = self->self;
    for (size_t t = 0; t < iterated->thread_count; t++) {
        struct iterated_thread *thread = &iterated->threads[t];
        thread->steps = memory_new(thread->count, sizeof *thread->steps);
        for (uint32_t p = 0; p < thread->count; p++)
            if (!fits(self, t, p))
                return false;
        if (!find_held(self, t))
            return false;
    }
    if (!find_slots(self, word))
        return false;
    for (size_t t = 0; t < iterated->thread_count; t++)
        for (uint32_t p = 0; p < iterated->threads[t].count; p++)
            if (!make_entries(self, t, p))
                return false;
    for (size_t l = 0; l < self->location_count; l++) {
        uint64_t first = arithmetic_magnitude(machine_initial_value(self->machine, (location_id)l));
        if (first > iterated->greatest_first)
            iterated->greatest_first = first;
    }
    return true;
}

static bool check_program(struct maker *self)
{
    const struct program *program = self->program;
    if (program->thread_count < 1 || program->thread_count > ITERATED_THREADS_MAX)
        return refuse(self, "the program has more than three threads");
    if (program->memory != MEMORY_SC)
        return refuse(self, "memory is tso");
    if (self->location_count > sizeof self->slots / sizeof self->slots[0])
        return refuse(self, "the program has too many words");
    for (size_t t = 0; t < program->thread_count; t++)
        if (program->threads[t].is_later)
            return refuse(self, "a thread begins when another one spawns it");
    for (size_t m = 0; m < program->objects[OBJECT_MUTEX].count; m++)
        if (program->objects[OBJECT_MUTEX].items[m].is_recursive)
            return refuse(self, "a mutex is recursive");
    return true;
}

struct iterated *iterated_new(const struct program *program, uint32_t word, char **reason)
{
    struct iterated *self = memory_new(1, sizeof *self);
    struct maker *maker = memory_new(1, sizeof *maker);
    struct machine *machine = machine_new(program, NULL, true);
    *maker = (struct maker){.program = program, .machine = machine, .self = self, .reason = reason};
    maker->location_count = machine_location_count(machine);
    *reason = NULL;
    self->thread_count = program->thread_count;
    for (size_t t = 0; t < program->thread_count && t < ITERATED_THREADS_MAX; t++)
        self->thread_names[t] = memory_copy_string(program->threads[t].name);
    bool is_good = check_program(maker) && find_loops(maker) && make_steps(maker, word);
    self->observed = 0; /* the first slot that there is */
    memory_free(maker);
    machine_free(machine);
    if (is_good)
        return self;
    iterated_free(self);
    return NULL;
}

void iterated_free(struct iterated *self)
{
    if (self == NULL)
        return;
    for (size_t t = 0; t < self->thread_count && t < ITERATED_THREADS_MAX; t++) {
        struct iterated_thread *thread = &self->threads[t];
        for (uint32_t p = 0; thread->steps != NULL && p < thread->count; p++)
            memory_free(thread->steps[p].entries);
        memory_free(thread->steps);
        memory_free(thread->held);
        memory_free(self->thread_names[t]);
    }
    for (size_t s = 0; s < self->slot_count; s++)
        memory_free(self->names[s]);
    memory_free(self);
}

/* first + addend * (straight + repeated * K) must not exceed INT64_MAX; that is said in two divisions, which are exact. */
uint64_t iterated_most(const struct iterated *self)
{
    if (self->greatest_first > INT64_MAX)
        return 0;
    uint64_t room = (uint64_t)INT64_MAX - self->greatest_first;
    uint64_t steps = room / (self->greatest_addend > 0 ? self->greatest_addend : 1);
    return steps < self->straight ? 0 : (steps - self->straight) / (self->repeated > 0 ? self->repeated : 1);
}

/* ---- Tracks ------------------------------------------------------------------------------------------------------------ */

static uint32_t add_node(struct track *self, uint32_t position, uint32_t rounds, uint32_t next)
{
    self->nodes[self->count] = (struct track_node){position, rounds, {next, TRACK_NONE}, false};
    return self->count++;
}

/* The nodes of positions first .. end - 1 with so many rounds, the last one first; it leads to `next`. Returns the first one. */
static uint32_t add_stretch(struct track *self, uint32_t first, uint32_t end, uint32_t rounds, uint32_t next)
{
    for (uint32_t p = end; p-- > first;)
        next = add_node(self, p, rounds, next);
    return next;
}

static void start_track(struct track *self, const struct iterated_thread *thread, uint32_t rounds)
{
    size_t room = (size_t)thread->count + 1 + (size_t)rounds * ((size_t)thread->first + (thread->end - thread->first));
    *self = (struct track){.nodes = memory_new(room, sizeof *self->nodes),
                           .starts = memory_new((size_t)rounds + 1, sizeof *self->starts)};
}

/* The end, what stands behind the loop, and so many rounds; firsts[r] is where r rounds begin, firsts[0] where there are none left. */
static void add_rounds(struct track *self, const struct iterated_thread *thread, uint32_t rounds, uint32_t *firsts)
{
    uint32_t next = add_node(self, thread->count, 0, TRACK_NONE);
    firsts[0] = add_stretch(self, thread->end, thread->count, 0, next);
    for (uint32_t r = 1; r <= rounds; r++) {
        uint32_t last = self->count;
        firsts[r] =
            thread->end > thread->first ? add_stretch(self, thread->first, thread->end, r, firsts[r - 1]) : firsts[0];
        if (self->count > last)
            self->nodes[last].is_wrap = true;
    }
}

static void finish_tracks(struct tracks *self)
{
    self->states = 1;
    for (size_t t = self->of->thread_count; t-- > 0;) {
        self->stride[t] = self->states;
        self->states *= self->track[t].count;
    }
}

void tracks_make_exact(struct tracks *self, const struct iterated *of, uint32_t most)
{
    *self = (struct tracks){.of = of, .is_exact = true};
    uint32_t *firsts = memory_new((size_t)most + 1, sizeof *firsts);
    for (size_t t = 0; t < of->thread_count; t++) {
        const struct iterated_thread *thread = &of->threads[t];
        start_track(&self->track[t], thread, most);
        add_rounds(&self->track[t], thread, most, firsts);
        for (uint32_t k = 1; k <= most; k++)
            self->track[t].starts[k] = add_stretch(&self->track[t], 0, thread->first, k, firsts[k]);
    }
    memory_free(firsts);
    finish_tracks(self);
}

void tracks_make_abstract(struct tracks *self, const struct iterated *of, uint32_t threshold)
{
    *self = (struct tracks){.of = of};
    uint32_t *firsts = memory_new((size_t)threshold + 1, sizeof *firsts);
    for (size_t t = 0; t < of->thread_count; t++) {
        const struct iterated_thread *thread = &of->threads[t];
        struct track *track = &self->track[t];
        start_track(track, thread, threshold);
        add_rounds(track, thread, threshold, firsts);
        track->starts[0] = add_stretch(track, 0, thread->first, threshold, firsts[threshold]);
        for (uint32_t n = 0; n < track->count; n++)
            if (track->nodes[n].is_wrap && track->nodes[n].rounds == threshold)
                track->nodes[n].next[1] = firsts[threshold]; /* there may have been more */
    }
    memory_free(firsts);
    finish_tracks(self);
}

void tracks_free(struct tracks *self)
{
    for (size_t t = 0; t < ITERATED_THREADS_MAX; t++) {
        memory_free(self->track[t].nodes);
        memory_free(self->track[t].starts);
    }
    *self = (struct tracks){0};
}

uint64_t tracks_start(const struct tracks *self, uint32_t k)
{
    uint64_t state = 0;
    for (size_t t = 0; t < self->of->thread_count; t++)
        state += self->track[t].starts[k] * self->stride[t];
    return state;
}

uint64_t tracks_next(const struct tracks *self, uint64_t state, size_t thread, unsigned which)
{
    uint64_t digit = state / self->stride[thread] % self->track[thread].count;
    return state + (self->track[thread].nodes[digit].next[which] - digit) * self->stride[thread];
}

/* The mutexes that the others have. */
static uint64_t held_by_others(const struct tracks *self, uint64_t state, size_t thread)
{
    uint64_t held = 0;
    for (size_t t = 0; t < self->of->thread_count; t++)
        held |= t != thread ? self->of->threads[t].held[tracks_node(self, state, t)->position] : 0;
    return held;
}

bool tracks_may_step(const struct tracks *self, uint64_t state, size_t thread)
{
    const struct iterated_thread *of = &self->of->threads[thread];
    uint32_t position = tracks_node(self, state, thread)->position;
    if (position == of->count)
        return false;
    int mutex = of->steps[position].locks;
    return mutex < 0 || (held_by_others(self, state, thread) >> mutex & 1) == 0;
}

bool tracks_finished(const struct tracks *self, uint64_t state)
{
    bool are_finished = true;
    for (size_t t = 0; t < self->of->thread_count; t++)
        are_finished &= tracks_node(self, state, t)->position == self->of->threads[t].count;
    return are_finished;
}

bool tracks_exclude(const struct tracks *self, uint64_t state)
{
    for (size_t t = 0; t < self->of->thread_count; t++)
        if ((held_by_others(self, state, t) & self->of->threads[t].held[tracks_node(self, state, t)->position]) != 0)
            return false;
    return true;
}

/* A thread that waits in a state in which nobody has finished waits for one that has a mutex; where each has one at most, that one goes on.
 * So all states in which no two have the same one are looked at. */
bool iterated_cannot_deadlock(const struct iterated *self)
{
    struct tracks tracks;
    bool cannot = true;
    tracks_make_abstract(&tracks, self, 1);
    for (uint64_t state = 0; state < tracks.states && cannot; state++) {
        bool can_step = tracks_finished(&tracks, state) || !tracks_exclude(&tracks, state);
        for (size_t t = 0; t < self->thread_count; t++)
            can_step |= tracks_may_step(&tracks, state, t);
        cannot = can_step;
    }
    tracks_free(&tracks);
    return cannot;
}
