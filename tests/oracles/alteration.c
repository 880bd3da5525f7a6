#include "tests/oracles/alteration.h"

#include "base/memory.h"
#include "tests/oracles/execution.h"

#include <string.h>

/* A change under way. */
struct change {
    struct attempt *attempt;
    const struct judge *judge; /* what is asked, and what threads can do */
    struct generator *generator;
};

typedef void changer(struct change *self);

static size_t below(struct change *self, size_t bound)
{
    return (size_t)generator_below(self->generator, bound);
}

static bool is_drawn(struct change *self, uint64_t times)
{
    return generator_one_in(self->generator, times);
}

/* A small number but 0. */
static int64_t draw_shift(struct change *self)
{
    int64_t shift = is_drawn(self, 3) ? generator_between(self->generator, 1, 30) : 1;
    return is_drawn(self, 2) ? -shift : shift;
}

/* ---- Lists of numbers ------------------------------------------------------------------------------------------- */

static void add_range(struct attempt *attempt, int64_t first, int64_t last)
{
    if (attempt->range_count < ATTEMPT_RANGES_MAX && first <= last)
        attempt->ranges[attempt->range_count++] = (struct attempt_range){first, last};
}

static struct attempt_range *pick_range(struct change *self)
{
    return &self->attempt->ranges[below(self, self->attempt->range_count)];
}

static void drop_range(struct change *self)
{
    struct attempt_range *range = pick_range(self);
    *range = self->attempt->ranges[--self->attempt->range_count];
}

/* Whether a range is none of those that hold nearly everything. */
static bool is_short(const struct attempt_range *range)
{
    return (uint64_t)range->last - (uint64_t)range->first <= 1000;
}

static void repeat_range(struct change *self)
{
    struct attempt_range range = *pick_range(self);
    if (!is_short(&range))
        return;
    int64_t first = generator_between(self->generator, range.first, range.last);
    add_range(self->attempt, first, generator_between(self->generator, first, range.last));
}

static void exchange_ranges(struct change *self)
{
    struct attempt_range *one = pick_range(self), *other = pick_range(self), kept = *one;
    *one = *other;
    *other = kept;
}

/* Two ranges that are the same as one. */
static void split_range(struct change *self)
{
    struct attempt_range *range = pick_range(self);
    int64_t last = range->last;
    if (last == range->first || !is_short(range))
        return;
    range->last = generator_between(self->generator, range->first, last - 1);
    add_range(self->attempt, range->last + 1, last);
}

static void shift_range(struct change *self)
{
    struct attempt_range *range = pick_range(self);
    int64_t shift = draw_shift(self);
    if (range->last > INT64_MAX - 64 || range->first < INT64_MIN + 64)
        return;
    *range = (struct attempt_range){range->first + shift, range->last + shift};
}

/* One more number at an end, or one less. */
static void stretch_range(struct change *self)
{
    struct attempt_range *range = pick_range(self);
    int64_t *end = is_drawn(self, 2) ? &range->first : &range->last, kept = *end, shift = draw_shift(self);
    if (kept > INT64_MAX - 64 || kept < INT64_MIN + 64)
        return;
    *end += shift;
    if (range->first > range->last)
        *end = kept;
}

static void add_neighbour(struct change *self)
{
    struct attempt_range range = *pick_range(self);
    int64_t shift = draw_shift(self);
    if (range.last < INT64_MAX - 64 && range.first > INT64_MIN + 64)
        add_range(self->attempt, range.last + shift, range.last + shift);
}

/* All from the least to the greatest, and perhaps more. */
static void cover(struct change *self)
{
    struct attempt *attempt = self->attempt;
    struct attempt_range all = attempt->ranges[0];
    for (size_t r = 1; r < attempt->range_count; r++) {
        all.first = attempt->ranges[r].first < all.first ? attempt->ranges[r].first : all.first;
        all.last = attempt->ranges[r].last > all.last ? attempt->ranges[r].last : all.last;
    }
    if (is_drawn(self, 4))
        all =
            is_drawn(self, 2) ? (struct attempt_range){-100000, 100000} : (struct attempt_range){INT64_MIN, INT64_MAX};
    if (is_drawn(self, 2))
        attempt->range_count = 0;
    add_range(attempt, all.first, all.last);
}

/* Some of the right ones, about as many as are needed for half. */
static void take_half(struct change *self)
{
    const struct judge *judge = self->judge;
    self->attempt->range_count = 0;
    for (size_t r = 0; r < judge->right_count; r++)
        if (is_drawn(self, 2))
            add_range(self->attempt, judge->right[r].first, judge->right[r].last);
}

/* About as many wrong ones as are allowed beside all right ones. */
static void add_half(struct change *self)
{
    size_t more = self->judge->right_count + below(self, 3);
    for (size_t m = 1; m < more; m++) {
        int64_t number = 1000 + generator_between(self->generator, 0, 1000);
        add_range(self->attempt, number, number);
    }
}

static void empty_list(struct change *self)
{
    self->attempt->range_count = 0;
}

static void change_ranges(struct change *self)
{
    static changer *const changers[] = {drop_range,  repeat_range, repeat_range,    exchange_ranges, exchange_ranges,
                                        split_range, shift_range,  stretch_range,   add_neighbour,   cover,
                                        take_half,   add_half,     exchange_ranges, split_range};
    if (is_drawn(self, 40))
        empty_list(self);
    if (self->attempt->range_count > 0)
        changers[below(self, sizeof changers / sizeof changers[0])](self);
}

/* ---- Steps of schedules ----------------------------------------------------------------------------------------- */

static size_t thread_count(const struct change *self)
{
    return self->judge->program->thread_count;
}

static void insert_step(struct attempt *attempt, size_t place, uint32_t thread)
{
    if (attempt->step_count == ATTEMPT_STEPS_MAX)
        return;
    memmove(attempt->steps + place + 1, attempt->steps + place, (attempt->step_count - place) * sizeof *attempt->steps);
    attempt->steps[place] = thread;
    attempt->step_count++;
}

static uint32_t remove_step(struct attempt *attempt, size_t place)
{
    uint32_t thread = attempt->steps[place];
    attempt->step_count--;
    memmove(attempt->steps + place, attempt->steps + place + 1, (attempt->step_count - place) * sizeof *attempt->steps);
    return thread;
}

static void delete_step(struct change *self)
{
    remove_step(self->attempt, below(self, self->attempt->step_count));
}

/* Now and then a thread that there is not. */
static void add_step(struct change *self)
{
    uint32_t thread = (uint32_t)below(self, thread_count(self) + is_drawn(self, 4));
    insert_step(self->attempt, below(self, self->attempt->step_count + 1), thread);
}

static void move_step(struct change *self)
{
    uint32_t thread = remove_step(self->attempt, below(self, self->attempt->step_count));
    insert_step(self->attempt, below(self, self->attempt->step_count + 1), thread);
}

/* Two steps that follow each other change places: most often nobody notices. */
static void exchange_steps(struct change *self)
{
    uint32_t *steps = self->attempt->steps;
    for (size_t tries = 0; tries < 20 && self->attempt->step_count > 1; tries++) {
        size_t place = below(self, self->attempt->step_count - 1);
        if (steps[place] == steps[place + 1])
            continue;
        uint32_t kept = steps[place];
        steps[place] = steps[place + 1];
        steps[place + 1] = kept;
        return;
    }
}

/* A turn ends a step earlier, and the thread's next turn begins so; or the other way about. */
static void move_boundary(struct change *self)
{
    struct attempt *attempt = self->attempt;
    size_t end = below(self, attempt->step_count), next;
    uint32_t thread = attempt->steps[end++];
    while (end < attempt->step_count && attempt->steps[end] == thread)
        end++;
    for (next = end; next < attempt->step_count && attempt->steps[next] != thread;)
        next++;
    bool is_longer = is_drawn(self, 2) && next < attempt->step_count;
    remove_step(attempt, is_longer ? next : end - 1);
    insert_step(attempt, is_longer ? end : next - 1, thread);
}

/* Two threads change roles. */
static void exchange_threads(struct change *self)
{
    uint32_t one = (uint32_t)below(self, thread_count(self)), other = (uint32_t)below(self, thread_count(self));
    for (size_t s = 0; s < self->attempt->step_count; s++) {
        uint32_t *step = &self->attempt->steps[s];
        *step = *step == one ? other : *step == other ? one : *step;
    }
}

static void cut_schedule(struct change *self)
{
    self->attempt->step_count = below(self, self->attempt->step_count + 1);
}

static void turn_schedule(struct change *self)
{
    uint32_t *steps = self->attempt->steps;
    for (size_t s = 0, e = self->attempt->step_count; s + 1 < e; s++, e--) {
        uint32_t kept = steps[s];
        steps[s] = steps[e - 1];
        steps[e - 1] = kept;
    }
}

/* ---- Other schedules -------------------------------------------------------------------------------------------- */

/* One of a set of threads. */
static uint32_t draw_thread(struct change *self, uint64_t set)
{
    size_t which = below(self, (size_t)__builtin_popcountll(set));
    for (; which > 0; which--)
        set &= set - 1;
    return (uint32_t)__builtin_ctzll(set);
}

/* Walks to the end of the program; once in so many steps another thread may go on. */
static void walk(struct change *self, uint64_t patience, struct execution *execution)
{
    uint64_t choices;
    execution_start(execution, self->judge->program);
    while ((choices = execution_choices(execution)) != 0 && execution->count < ATTEMPT_STEPS_MAX) {
        bool goes_on = execution->last >= 0 && (choices >> execution->last & 1) != 0 && !is_drawn(self, patience);
        execution_step(execution, goes_on ? (uint32_t)execution->last : draw_thread(self, choices));
    }
}

/* Takes the last of several walks, or the best that ends with the value of the question, or of the answer. */
static void walk_elsewhere(struct change *self)
{
    struct attempt *attempt = self->attempt;
    int64_t wanted = attempt->kind == ASSIGNMENT_MINIMUM ? attempt->value : self->judge->key->value;
    size_t walks = is_drawn(self, 3) ? 1 : 40;
    uint32_t best = UINT32_MAX;
    for (size_t w = 0; w < walks; w++) {
        struct execution execution;
        walk(self, 2 + below(self, 8), &execution);
        int64_t value = execution_value(&execution, self->judge->word);
        if (value == wanted ? execution.preemptions < best : best == UINT32_MAX) {
            attempt->step_count = execution.count;
            memcpy(attempt->steps, execution.threads, execution.count * sizeof *attempt->steps);
            best = value == wanted ? execution.preemptions : UINT32_MAX;
        }
        execution_free(&execution);
    }
}

static void change_schedule(struct change *self)
{
    static changer *const changers[] = {delete_step,    add_step,       move_step,      exchange_steps,
                                        exchange_steps, exchange_steps, move_boundary,  exchange_threads,
                                        cut_schedule,   turn_schedule,  walk_elsewhere, walk_elsewhere};
    if (self->attempt->step_count > 0)
        changers[below(self, sizeof changers / sizeof changers[0])](self);
}

/* ---- The least value and its chain ------------------------------------------------------------------------------ */

static void change_value(struct change *self)
{
    struct attempt *attempt = self->attempt;
    const struct survey *survey = self->judge->survey;
    if (is_drawn(self, 3))
        attempt->value += draw_shift(self);
    else if (is_drawn(self, 2))
        attempt->value = survey->rows[below(self, survey->count)].value;
    else
        judge_value(self->judge, attempt->steps, attempt->step_count, &attempt->value);
}

/* The chain that the schedule really has. */
static void mend_chain(struct change *self)
{
    struct attempt *attempt = self->attempt;
    judge_chain(self->judge, attempt->steps, attempt->step_count, attempt->links, &attempt->link_count);
}

static void change_link(struct change *self)
{
    struct attempt_link *link = &self->attempt->links[below(self, self->attempt->link_count)];
    if (is_drawn(self, 2))
        link->thread = (uint32_t)below(self, thread_count(self) + is_drawn(self, 4));
    else
        link->store += is_drawn(self, 2) || link->store == 1 ? 1u : UINT32_MAX;
}

static void drop_link(struct change *self)
{
    struct attempt *attempt = self->attempt;
    size_t place = below(self, attempt->link_count--);
    memmove(attempt->links + place, attempt->links + place + 1, (attempt->link_count - place) * sizeof *attempt->links);
}

static void repeat_link(struct change *self)
{
    struct attempt *attempt = self->attempt;
    if (attempt->link_count == ATTEMPT_LINKS_MAX)
        return;
    attempt->links[attempt->link_count] = attempt->links[below(self, attempt->link_count)];
    attempt->link_count++;
}

static void change_chain(struct change *self)
{
    static changer *const changers[] = {change_link, drop_link, repeat_link, mend_chain};
    if (self->attempt->link_count > 0)
        changers[below(self, sizeof changers / sizeof changers[0])](self);
}

/* Another schedule, with all that belongs to it. */
static void change_all(struct change *self)
{
    change_schedule(self);
    if (is_drawn(self, 2))
        judge_value(self->judge, self->attempt->steps, self->attempt->step_count, &self->attempt->value);
    mend_chain(self);
}

static void drop_line(struct change *self)
{
    self->attempt->given &= ~(1u << generator_below(self->generator, 4));
}

static void change_minimum(struct change *self)
{
    static changer *const changers[] = {change_value, change_chain, change_schedule, change_all,
                                        change_all,   change_all,   drop_line};
    changers[below(self, sizeof changers / sizeof changers[0])](self);
}

/* ---- Counts ----------------------------------------------------------------------------------------------------- */

static void change_digit(struct change *self)
{
    char *digits = self->attempt->digits;
    digits[below(self, strlen(digits))] = (char)('0' + below(self, 10));
}

static void put_digit(struct change *self, size_t place, char digit)
{
    char *digits = self->attempt->digits;
    size_t length = strlen(digits);
    if (length == ATTEMPT_DIGITS_MAX)
        return;
    memmove(digits + place + 1, digits + place, length - place + 1);
    digits[place] = digit;
}

static void insert_digit(struct change *self)
{
    put_digit(self, below(self, strlen(self->attempt->digits) + 1), (char)('0' + below(self, 10)));
}

/* Zeros in front change nothing. */
static void put_zeros(struct change *self)
{
    for (size_t zeros = 1 + below(self, 3); zeros > 0; zeros--)
        put_digit(self, 0, '0');
}

static void delete_digit(struct change *self)
{
    char *digits = self->attempt->digits;
    size_t length = strlen(digits), place = below(self, length);
    memmove(digits + place, digits + place + 1, length - place);
}

static void count_on(struct change *self)
{
    char *digits = self->attempt->digits, from = is_drawn(self, 2) ? '9' : '0', to = from == '9' ? '0' : '9';
    size_t place = strlen(digits);
    while (place > 0 && digits[place - 1] == from)
        digits[--place] = to;
    if (place > 0)
        digits[place - 1] = (char)(digits[place - 1] + (from == '9' ? 1 : -1));
}

static void change_count(struct change *self)
{
    static changer *const changers[] = {change_digit, insert_digit, put_zeros, put_zeros,
                                        put_zeros,    delete_digit, count_on};
    if (self->attempt->digits[0] != '\0')
        changers[below(self, sizeof changers / sizeof changers[0])](self);
}

/* ---- Ends ------------------------------------------------------------------------------------------------------- */

static size_t pick_end(struct change *self)
{
    return below(self, self->attempt->end_count);
}

static void drop_end(struct change *self)
{
    struct attempt *attempt = self->attempt;
    size_t e = pick_end(self);
    memory_free(attempt->ends[e]);
    attempt->ends[e] = attempt->ends[--attempt->end_count];
}

static void repeat_end(struct change *self)
{
    attempt_add_end(self->attempt, memory_copy_string(self->attempt->ends[pick_end(self)]));
}

static void exchange_ends(struct change *self)
{
    size_t one = pick_end(self), other = pick_end(self);
    char *kept = self->attempt->ends[one];
    self->attempt->ends[one] = self->attempt->ends[other];
    self->attempt->ends[other] = kept;
}

/* One that differs in one digit or letter; or two letters change places. */
static void spoil_end(struct change *self)
{
    char *end = self->attempt->ends[pick_end(self)];
    size_t length = strlen(end), at = below(self, length), other = below(self, length);
    if (end[at] >= '0' && end[at] <= '8')
        end[at]++;
    else if (end[0] == '"' && end[at] != '"' && end[other] != '"') {
        char kept = end[at];
        end[at] = end[other];
        end[other] = kept;
    }
}

static void add_spoilt_end(struct change *self)
{
    if (self->attempt->end_count == ATTEMPT_ENDS_MAX)
        return;
    repeat_end(self);
    size_t last = self->attempt->end_count - 1, e = pick_end(self);
    char *kept = self->attempt->ends[e];
    self->attempt->ends[e] = self->attempt->ends[last];
    self->attempt->ends[last] = kept;
    spoil_end(self);
}

/* Some of the right ones, about as many as are needed for half. */
static void halve_ends(struct change *self)
{
    for (size_t half = self->attempt->end_count / 2; self->attempt->end_count > half + is_drawn(self, 2);)
        drop_end(self);
}

static void change_ends(struct change *self)
{
    static changer *const changers[] = {drop_end,      drop_end,  repeat_end,     exchange_ends,
                                        exchange_ends, spoil_end, add_spoilt_end, halve_ends};
    if (self->attempt->end_count > 0)
        changers[below(self, sizeof changers / sizeof changers[0])](self);
}

/* ---- All -------------------------------------------------------------------------------------------------------- */

static void change_program(struct change *self)
{
    alteration_change_program(&self->attempt->program, self->generator);
}

void alteration_make(struct attempt *attempt, const struct judge *judge, struct generator *generator)
{
    static changer *const kinds[ASSIGNMENT_KINDS] = {
        [ASSIGNMENT_VALUES] = change_ranges,   [ASSIGNMENT_WITNESS] = change_schedule,
        [ASSIGNMENT_MINIMUM] = change_minimum, [ASSIGNMENT_COUNT] = change_count,
        [ASSIGNMENT_REPAIR] = change_program,  [ASSIGNMENT_QUANTUM] = change_ranges,
        [ASSIGNMENT_OUTCOMES] = change_ends,   [ASSIGNMENT_OUTPUTS] = change_ends,
    };
    struct change change = {attempt, judge, generator};
    do
        kinds[attempt->kind](&change);
    while (is_drawn(&change, 3));
    if (is_drawn(&change, 40))
        attempt->flaw = (enum attempt_flaw)generator_between(generator, 1, ATTEMPT_FLAWS - 1);
}
