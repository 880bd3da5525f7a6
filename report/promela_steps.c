/* The steps of a model for SPIN: what comes first in them, what last, and, where a step has several instructions, how it goes from one to
 * the next.
 *
 * A step is one d_step, whatever it consists of, so that nothing can be seen of its middle: not by other threads, not by never claims.
 * Behind its first instruction `at` says which one is next, until the step is over; where that can be in several places, `exit` tells
 * the process where it goes on. An error in the middle puts back what was changed. */
#include "base/memory.h"
#include "report/promela_process.h"

#include <inttypes.h>
#include <string.h>

enum { COMMENT_COLUMNS = 32, FAILED_EXIT = 1, FIRST_EXIT = 2 };

struct text *promela_next_statement(struct promela_process *self)
{
    if (self->statements++ > 0)
        text_print(promela_out(self), "; ");
    return promela_out(self);
}

/* ---- Steps of several instructions ---------------------------------------------------------------------------- */

/* What comes in the same step behind its first instruction. */
struct stretch {
    bool *middle;       /* the instructions that can be executed in it */
    bool *exits;        /* where it can end: number_of() */
    size_t exit_count;  /* all in all */
    bool can_fail;      /* in the middle */
    struct text places; /* ... and then, a line each, what has to be put back */
    size_t place_count;
};

static bool is_last_of_step(enum micro_kind kind)
{
    return kind == MICRO_YIELD || kind == MICRO_LEAVE;
}

bool promela_begins_step(const struct code *code, uint32_t index)
{
    const struct instruction *instruction = &code->instructions[index];
    const struct micro_kind_traits *traits = &micro_kinds[instruction_kind(instruction)];
    return index == 0 || !instruction->no_switch || traits->waits || traits->has_outcomes ||
           is_last_of_step(instruction_kind(instruction - 1));
}

/* Whether the step of an instruction that leads somewhere goes on there. */
static bool goes_on(const struct promela_process *self, uint32_t next, enum promela_arrival arrival)
{
    return arrival == PROMELA_BEFORE && next < self->code->count && self->code->instructions[next].no_switch &&
           !is_last_of_step(self->kind);
}

/* The number of an exit, as the model knows it. */
static size_t number_of(const struct promela_process *self, uint32_t next, enum promela_arrival arrival)
{
    return (size_t)arrival * ((size_t)self->code->count + 1) + next;
}

static void add_exit(struct stretch *stretch, const struct promela_process *self, uint32_t next,
                     enum promela_arrival arrival)
{
    bool *exit = &stretch->exits[number_of(self, next, arrival)];
    stretch->exit_count += !*exit;
    *exit = true;
}

/* Whether an instruction in the middle can be where the step ends: it may have to wait, or there may be something to choose. */
static bool may_stop(const struct promela_process *self)
{
    const struct micro_kind_traits *traits = &micro_kinds[self->kind];
    return traits->waits || self->kind == MICRO_SIGNAL ||
           (self->kind == MICRO_CHOOSE && self->instruction->operands[0].scale > 0);
}

static void find_middle(struct stretch *stretch, const struct promela_process *from, uint32_t next,
                        enum promela_arrival arrival)
{
    struct promela_process self = *from;
    if (!goes_on(from, next, arrival)) {
        add_exit(stretch, from, next, arrival);
        return;
    }
    if (stretch->middle[next])
        return;
    stretch->middle[next] = true;
    promela_turn_to(&self, next);
    if (may_stop(&self))
        add_exit(stretch, &self, next, PROMELA_BEFORE);
    char *valid = promela_validity(&self);
    stretch->can_fail |= self.promela->outcome->can_fail && *valid != '\0';
    memory_free(valid);
    bool is_choice = self.kind == MICRO_CHOOSE && self.instruction->operands[0].scale > 0;
    for (size_t way = 0; way < promela_way_count(&self) && !is_choice; way++)
        if (promela_is_way(&self, way))
            find_middle(stretch, &self, promela_target(&self, way), promela_arrival_of(&self, way));
    promela_scope_free(&self.scope);
}

static struct stretch stretch_new(const struct promela_process *self, uint32_t next, enum promela_arrival arrival)
{
    size_t count = (size_t)self->code->count + 1;
    struct stretch stretch = {.middle = memory_new(count, sizeof *stretch.middle),
                              .exits = memory_new(3 * count, sizeof *stretch.exits)};
    find_middle(&stretch, self, next, arrival);
    return stretch;
}

static void stretch_free(struct stretch *self)
{
    memory_free(self->middle);
    memory_free(self->exits);
    text_free(&self->places);
}

/* Whether a process has to be told where it goes on. */
static bool picks_exit(const struct stretch *self)
{
    return self->exit_count + self->can_fail > 1;
}

void promela_mark_exits(struct promela_process *self, uint32_t index)
{
    promela_turn_to(self, index);
    bool is_waking = self->kind == MICRO_CWAIT;
    for (size_t way = 0; way < promela_way_count(self) + is_waking; way++) {
        bool wakes = way == promela_way_count(self);
        uint32_t next = wakes ? index + 1 : promela_target(self, way);
        enum promela_arrival arrival = wakes ? PROMELA_BEFORE : promela_arrival_of(self, way);
        struct stretch stretch = stretch_new(self, next, arrival);
        self->is_target[index] |= stretch.can_fail;
        self->picks_exits |= picks_exit(&stretch);
        for (uint32_t i = 0; i < self->code->count && goes_on(self, next, arrival); i++)
            for (enum promela_arrival a = PROMELA_BEFORE; a <= PROMELA_ASLEEP; a++)
                self->is_target[i] |= stretch.exits[number_of(self, i, a)];
        stretch_free(&stretch);
    }
    promela_scope_free(&self->scope);
}

/* ---- What has to be put back ----------------------------------------------------------------------------------- */

static void add_place(struct stretch *self, const char *place)
{
    size_t length = strlen(place);
    for (const char *at = text_string(&self->places); *at != '\0'; at += strcspn(at, "\n") + 1)
        if (strcspn(at, "\n") == length && strncmp(at, place, length) == 0)
            return;
    text_print(&self->places, "%s\n", place);
    self->place_count++;
}

static void add_operands(struct stretch *stretch, struct promela_process *self)
{
    for (size_t o = 0; o < 2; o++) {
        const struct operand *operand = &self->instruction->operands[o];
        struct text place = TEXT_INIT;
        if (operand->kind == OPERAND_WORD)
            promela_print_operand(self->promela, operand, "_pid", &place);
        if (self->scope.groups[o] != NULL)
            promela_print_group_places(self->promela, self->scope.groups[o], &place);
        for (char *at = place.bytes; at != NULL && *at != '\0';) {
            char *end = at + strcspn(at, "\n");
            bool is_last = *end == '\0';
            *end = '\0';
            add_place(stretch, at);
            at = is_last ? end : end + 1;
        }
        text_free(&place);
    }
}

static void add_registers(struct stretch *stretch, struct promela_process *self)
{
    register_set touched = (self->live[self->index] | instruction_writes(self->instruction)) & self->mentioned;
    for (unsigned r = 0; r < REGISTERS_MAX; r++)
        if (touched >> r & 1) {
            struct text place = TEXT_INIT;
            promela_print_register(self->promela, r, "_pid", &place);
            add_place(stretch, text_string(&place));
            text_free(&place);
        }
}

static void add_begun(struct stretch *stretch, const struct promela_process *self)
{
    struct text place = TEXT_INIT;
    text_print(&place, "begun[%" PRId64 "]", self->instruction->operands[0].value);
    add_place(stretch, text_string(&place));
    text_free(&place);
}

/* All that an instruction can change. */
static void add_places(struct stretch *stretch, struct promela_process *self)
{
    add_operands(stretch, self);
    add_registers(stretch, self);
    if (self->kind == MICRO_SPAWN)
        add_begun(stretch, self);
    if (self->kind == MICRO_PRINT && self->promela->outputs != NULL)
        add_place(stretch, "output");
}

/* ... and what a scheduler counts before a step. */
static void find_places(struct stretch *stretch, const struct promela_process *from)
{
    enum promela_scheduler scheduler = from->promela->scheduler;
    if (!stretch->can_fail)
        return;
    for (uint32_t i = 0; i < from->code->count; i++) {
        struct promela_process self = *from;
        if (i != from->index && !stretch->middle[i])
            continue;
        promela_turn_to(&self, i);
        add_places(stretch, &self);
        promela_scope_free(&self.scope);
    }
    if (scheduler == PROMELA_PREEMPTIONS)
        add_place(stretch, "preemptions");
    if (scheduler == PROMELA_SIGNAL) {
        add_place(stretch, "arrival");
        add_place(stretch, "used");
    }
}

/* Keeps them, or puts them back. */
static void print_places(struct promela_process *self, const struct stretch *stretch, bool puts_back)
{
    size_t number = 0;
    for (const char *at = text_string(&stretch->places); *at != '\0'; at += strcspn(at, "\n") + 1, number++) {
        int length = (int)strcspn(at, "\n");
        promela_next_statement(self);
        if (puts_back)
            text_print(promela_out(self), "%.*s = kept[%zu]", length, at, number);
        else
            text_print(promela_out(self), "kept[%zu] = %.*s", number, length, at);
    }
    if (stretch->place_count > self->promela->kept_count)
        self->promela->kept_count = stretch->place_count;
}

/* ---- How a step begins ------------------------------------------------------------------------------------------ */

/* Prints the guard of a step: the scheduler's, and some more conditions. A stretch in which an error can happen does by itself what
 * allowed() does, since that has to be put back: `arrives` says that the signal comes. */
static void open_step(struct promela_process *self, const struct text *guard, const struct stretch *stretch,
                      bool arrives)
{
    enum promela_scheduler scheduler = self->promela->scheduler;
    bool is_allowed = promela_may_arrive(self) && !stretch->can_fail;
    const char *may_step = promela_is_free(self) || is_allowed ? "" : arrives ? "MAY_ARRIVE(_pid)" : "MAY_STEP(_pid)";
    self->statements = 0;
    if (is_allowed || picks_exit(stretch))
        text_print(promela_out(self), "atomic { ");
    if (is_allowed)
        text_print(promela_out(self), "allowed(_pid, %s); d_step { ", guard->length > 0 ? guard->bytes : "true");
    else
        text_print(promela_out(self), "d_step { %s%s%s%s", may_step,
                   *may_step != '\0' && guard->length > 0 ? " && " : "", text_string(guard),
                   *may_step != '\0' || guard->length > 0 ? " -> " : "");
    print_places(self, stretch, false);
    if (arrives)
        text_print(promela_next_statement(self), "arrival = PENDING; used = 0");
    if (scheduler == PROMELA_PREEMPTIONS)
        text_print(promela_next_statement(self), "count_switch(_pid)");
    if (scheduler == PROMELA_SIGNAL && !promela_may_arrive(self))
        text_print(promela_next_statement(self), "await_signal()");
}

/* ---- How a step ends -------------------------------------------------------------------------------------------- */

/* Registers that were live, or written, and are dead now. */
static void clear_registers(struct promela_process *self, uint32_t next)
{
    register_set touched = self->live[self->index] | instruction_writes(self->instruction);
    register_set dead = touched & ~self->live[next] & self->mentioned;
    for (unsigned r = 0; r < REGISTERS_MAX && !self->promela->keeps_dead; r++)
        if (dead >> r & 1) {
            promela_print_register(self->promela, r, "_pid", promela_next_statement(self));
            text_print(promela_out(self), " = 0");
        }
}

/* Comes into critical sections, and leaves them. */
static void cross_borders(struct promela_process *self, uint32_t next)
{
    static const struct instruction outside = {0};
    const struct instruction *now = self->instruction;
    const struct instruction *then = next < self->code->count ? &self->code->instructions[next] : &outside;
    for (size_t s = 0; s < self->promela->program->section_count; s++) {
        bool was = now->sections >> s & 1, is = then->sections >> s & 1;
        bool shared = now->shared >> s & 1, shares = then->shared >> s & 1;
        if (was == is && shared == shares)
            continue;
        text_print(promela_next_statement(self), "cross(inside_%zu, %d, shared_inside_%zu, %d, ALONE_%zu)", s, is - was,
                   s, shares - shared, s);
    }
}

static bool counts_ticks(const struct promela *self)
{
    return self->scheduler == PROMELA_TICK || self->scheduler == PROMELA_SIGNAL;
}

/* What the instruction costs; no more than a quantum matters. A yield uses up whatever is left of it. */
static int64_t ticks_of(const struct promela_process *self)
{
    int64_t quantum = self->promela->quantum;
    return self->kind == MICRO_YIELD || self->instruction->ticks >= quantum ? quantum : self->instruction->ticks;
}

/* Tells the scheduler where a thread has come to. */
static void print_stepped(struct promela_process *self, uint32_t next, enum promela_arrival arrival, bool is_stretch)
{
    struct promela *promela = self->promela;
    if (!promela_tells_needs(promela))
        return;
    text_print(promela_next_statement(self), "stepped(_pid, ");
    if (arrival == PROMELA_INSIDE && instruction_kind(&self->code->instructions[next]) == MICRO_LEAVE)
        text_print(promela_out(self), "AWAY");
    else
        promela_print_need(promela, self->code, next, arrival == PROMELA_INSIDE, NULL);
    if (counts_ticks(promela) && is_stretch)
        text_print(promela_out(self), ", spent");
    else if (counts_ticks(promela) && ticks_of(self) == promela->quantum)
        text_print(promela_out(self), ", QUANTUM");
    else if (counts_ticks(promela))
        text_print(promela_out(self), ", %" PRId64, ticks_of(self));
    text_print(promela_out(self), ")");
}

/* Where a step has led to. Who sleeps behind the last instruction has not finished. */
static void print_arrival(struct promela_process *self, uint32_t next, enum promela_arrival arrival, bool is_stretch)
{
    bool is_away = arrival == PROMELA_INSIDE && instruction_kind(&self->code->instructions[next]) == MICRO_LEAVE;
    print_stepped(self, next, arrival, is_stretch);
    if (next == self->code->count && arrival != PROMELA_ASLEEP)
        text_print(promela_next_statement(self), "finish()");
    promela_print_watching(self, next, is_away);
}

static void end_step(struct promela_process *self, const struct stretch *stretch)
{
    if (self->statements == 0)
        text_print(promela_next_statement(self), "skip");
    bool closes_atomic = promela_may_arrive(self) && !picks_exit(stretch); /* print_exits() does it otherwise */
    text_print(promela_out(self), closes_atomic ? " } }" : " }");
}

static void print_goto(struct promela_process *self, uint32_t next, enum promela_arrival arrival)
{
    if (next == self->code->count)
        text_print(promela_out(self), "; goto end");
    else
        text_print(promela_out(self), "; goto %c%" PRIu32, arrival == PROMELA_INSIDE ? 'W' : 'L', next);
}

/* ---- The middle of a step -------------------------------------------------------------------------------------- */

/* Ends an instruction of a stretch: at the next one, or where the step ends. */
static void print_next(struct promela_process *self, uint32_t next, enum promela_arrival arrival)
{
    if (arrival != PROMELA_INSIDE) {
        clear_registers(self, next);
        cross_borders(self, next);
    }
    if (arrival == PROMELA_ASLEEP && next == self->code->count)
        promela_print_pattern(&self->scope, "late!!BARRIER_$c,_pid", promela_next_statement(self));
    text_print(promela_next_statement(self), "at = %zu", number_of(self, next, arrival));
    if (!goes_on(self, next, arrival))
        text_print(promela_out(self), "; break");
}

static void begin_option(struct promela_process *self, const char *also, const struct text *guard)
{
    self->statements = 0;
    text_print(promela_out(self), "\n        :: at == %" PRIu32 "%s%s%s%s -> ", self->index,
               *also != '\0' ? " && " : "", also, guard != NULL && guard->length > 0 ? " && " : "",
               guard != NULL ? text_string(guard) : "");
}

/* That the step ends before the instruction: it has to wait, or there is something to choose. */
static void print_stop(struct promela_process *self, const char *valid)
{
    struct text guard = TEXT_INIT;
    if (self->kind == MICRO_SIGNAL) {
        size_t count = 0;
        for (size_t t = 0; t < self->promela->program->thread_count; t++)
            if (promela_is_way(self, t)) {
                text_print(&guard, "%s(asleep[%zu] == ", count++ > 0 ? " + " : "(", t);
                promela_print_pattern(&self->scope, "CONDITION_$c)", &guard);
            }
        text_print(&guard, count > 0 ? " >= 2)" : "false");
    } else if (self->kind != MICRO_CHOOSE) {
        text_print(&guard, "!(");
        promela_require_way(self, 0, true, &guard);
        text_print(&guard, ")");
    }
    begin_option(self, valid, &guard);
    text_print(promela_out(self), "at = %zu; break", number_of(self, self->index, PROMELA_BEFORE));
    text_free(&guard);
}

static void print_middle_way(struct promela_process *self, size_t way, const char *valid)
{
    struct text guard = TEXT_INIT;
    bool can_fail = self->promela->outcome->can_fail;
    promela_require_way(self, way, true, &guard);
    begin_option(self, can_fail ? valid : "", &guard);
    if (*valid != '\0' && !can_fail)
        text_print(promela_next_statement(self), "assert(%s)", valid);
    promela_print_effect(self, way);
    if (counts_ticks(self->promela))
        text_print(promela_next_statement(self), "spent = spent + %" PRId64, ticks_of(self));
    print_next(self, promela_target(self, way), promela_arrival_of(self, way));
    text_free(&guard);
}

static void print_middle(struct promela_process *self, uint32_t index)
{
    promela_turn_to(self, index);
    char *valid = promela_validity(self),
         *text = program_instruction_text(self->promela->program, self->code, self->instruction);
    bool can_fail = self->promela->outcome->can_fail && *valid != '\0';
    text_print(promela_out(self), "\n    /* %4" PRIu32 "  ", self->instruction->place.line);
    promela_print_comment(self->promela, text, COMMENT_COLUMNS);
    text_print(promela_out(self), " */");
    if (may_stop(self))
        print_stop(self, can_fail ? valid : "");
    bool is_choice = self->kind == MICRO_CHOOSE && may_stop(self);
    for (size_t way = 0; way < promela_way_count(self) && !is_choice; way++)
        if (promela_is_way(self, way))
            print_middle_way(self, way, valid);
    if (can_fail) {
        text_print(promela_out(self), "\n        :: at == %" PRIu32 " && !(%s) -> at = -1; break", index, valid);
    }
    promela_scope_free(&self->scope);
    memory_free(valid);
    memory_free(text);
}

/* ---- The end of a stretch --------------------------------------------------------------------------------------- */

/* Prints something for each exit. */
static void for_each_exit(struct promela_process *self, const struct stretch *stretch,
                          void (*print)(struct promela_process *self, uint32_t next, enum promela_arrival arrival))
{
    for (enum promela_arrival arrival = PROMELA_BEFORE; arrival <= PROMELA_ASLEEP; arrival++)
        for (uint32_t next = 0; next <= self->code->count; next++)
            if (stretch->exits[number_of(self, next, arrival)])
                print(self, next, arrival);
}

static void print_ending(struct promela_process *self, uint32_t next, enum promela_arrival arrival)
{
    self->statements = 0;
    text_print(promela_out(self), "\n        :: at == %zu -> ", number_of(self, next, arrival));
    print_arrival(self, next, arrival, true);
    if (self->statements == 0)
        text_print(promela_out(self), "skip");
}

static void print_leaving(struct promela_process *self, uint32_t next, enum promela_arrival arrival)
{
    text_print(promela_out(self), "\n        :: d_step { exit == %zu -> exit = 0 }",
               number_of(self, next, arrival) + FIRST_EXIT);
    print_goto(self, next, arrival);
}

/* The instructions behind the first one, which is done, and where they lead. */
static void print_stretch(struct promela_process *self, const struct stretch *stretch, uint32_t next)
{
    struct promela_process middle = *self;
    self->promela->has_stretches = true;
    if (counts_ticks(self->promela))
        text_print(promela_next_statement(self), "spent = %" PRId64, ticks_of(self));
    text_print(promela_next_statement(self), "at = %" PRIu32 ";\n        do", next);
    for (uint32_t i = 0; i < self->code->count; i++)
        if (stretch->middle[i])
            print_middle(&middle, i);
    text_print(promela_out(self), "\n        od;\n        %sif",
               counts_ticks(self->promela) ? "spent = (spent < QUANTUM -> spent : QUANTUM);\n        " : "");
    for_each_exit(self, stretch, print_ending);
    if (stretch->can_fail) {
        text_print(promela_out(self), "\n        :: at < 0 -> ");
        self->statements = 0;
        print_places(self, stretch, true);
        text_print(promela_next_statement(self), "fail()");
    }
    self->statements = 1;
    text_print(promela_out(self), "\n        fi");
    if (picks_exit(stretch))
        text_print(promela_next_statement(self), "exit = at + %d", FIRST_EXIT);
}

/* Behind a stretch, where its process goes on. */
static void print_exits(struct promela_process *self, const struct stretch *stretch)
{
    if (!picks_exit(stretch)) {
        for_each_exit(self, stretch, print_goto); /* the only one */
        return;
    }
    text_print(promela_out(self), ";\n        if");
    for_each_exit(self, stretch, print_leaving);
    if (stretch->can_fail) {
        text_print(promela_out(self), "\n        :: d_step { exit == %d -> exit = 0 }", FAILED_EXIT);
        print_goto(self, self->index, self->is_waking ? PROMELA_INSIDE : PROMELA_BEFORE);
    }
    text_print(promela_out(self), "\n        fi }");
}

/* Ends a step whose first instruction is done, and says where the thread goes on where that is not the next instruction. */
static void close_step(struct promela_process *self, const struct stretch *stretch, uint32_t next,
                       enum promela_arrival arrival)
{
    if (arrival != PROMELA_INSIDE) {
        clear_registers(self, next);
        cross_borders(self, next);
    }
    if (goes_on(self, next, arrival)) {
        print_stretch(self, stretch, next);
        end_step(self, stretch);
        print_exits(self, stretch);
        return;
    }
    if (next == self->code->count && arrival == PROMELA_ASLEEP)
        promela_print_pattern(&self->scope, "late!!BARRIER_$c,_pid", promela_next_statement(self));
    print_arrival(self, next, arrival, false);
    end_step(self, stretch);
    bool is_next = next == self->index + 1;
    if (arrival != PROMELA_INSIDE && !is_next)
        print_goto(self, next, arrival);
}

/* ---- The whole -------------------------------------------------------------------------------------------------- */

static void print_way(struct promela_process *self, size_t way, const char *valid, const struct stretch *stretch,
                      bool arrives)
{
    struct text guard = TEXT_INIT;
    bool can_fail = self->promela->outcome->can_fail && *valid != '\0';
    promela_require_presence(self, &guard);
    if (can_fail)
        text_print(promela_next_condition(&guard), "%s", valid);
    promela_require_way(self, way, false, &guard);
    open_step(self, &guard, stretch, arrives);
    text_free(&guard);
    if (*valid != '\0' && !can_fail)
        text_print(promela_next_statement(self), "assert(%s)", valid);
    promela_print_effect(self, way);
    close_step(self, stretch, promela_target(self, way), promela_arrival_of(self, way));
}

void promela_print_way_of_step(struct promela_process *self, size_t way, const char *valid)
{
    struct stretch stretch = stretch_new(self, promela_target(self, way), promela_arrival_of(self, way));
    find_places(&stretch, self);
    print_way(self, way, valid, &stretch, false);
    if (promela_may_arrive(self) && stretch.can_fail) {
        text_print(promela_out(self), "\n        :: ");
        print_way(self, way, valid, &stretch, true);
    }
    stretch_free(&stretch);
}

void promela_print_waking(struct promela_process *self, const struct text *guard, const char *effect)
{
    struct stretch stretch = stretch_new(self, self->index + 1, PROMELA_BEFORE);
    bool can_arrive = promela_may_arrive(self) && stretch.can_fail;
    self->is_waking = true;
    find_places(&stretch, self);
    for (int arrives = 0; arrives <= can_arrive; arrives++) {
        text_print(promela_out(self), "%s", arrives ? "\n        :: " : "");
        open_step(self, guard, &stretch, arrives);
        text_print(promela_next_statement(self), "%s", effect);
        close_step(self, &stretch, self->index + 1, PROMELA_BEFORE);
    }
    self->is_waking = false;
    stretch_free(&stretch);
}

void promela_print_return(struct promela_process *self)
{
    self->statements = 0;
    text_print(promela_out(self), "d_step { ");
    if (promela_tells_needs(self->promela)) {
        text_print(promela_next_statement(self), "needs[_pid] == AWAY -> returned(_pid, ");
        promela_print_need(self->promela, self->code, self->index + 1, false, NULL);
        text_print(promela_out(self), ")");
    }
    cross_borders(self, self->index + 1);
    if (self->index + 1 == self->code->count)
        text_print(promela_next_statement(self), "finish()");
    promela_print_watching(self, self->index + 1, false);
    if (self->statements == 0)
        text_print(promela_next_statement(self), "skip");
    text_print(promela_out(self), " }");
}
