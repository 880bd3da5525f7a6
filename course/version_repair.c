/* Change a program with a fault so that it is right under all schedules.
 *
 * The broken program and a repaired one are written side by side: each line goes to one of them or to both. */
#include "course/version_parts.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>

enum { SIZES_MAX = 4, INSIDE_MOST = 3 };

enum side { BROKEN = 1, REPAIRED = 2, BOTH = BROKEN | REPAIRED };

struct workshop {
    struct version *version;
    struct text broken;
    struct text repaired;
    const char *variable;
    const char *lock;
    int64_t weight;  /* what the threads add in a round, all together, in units of STEP; of .main: each of them */
    int64_t threads; /* that are named; 0: the program has a .main */
};

typedef void fault_writer(struct workshop *self);

/* ---- Lines ------------------------------------------------------------------------------------------------------ */

static void __attribute__((format(printf, 3, 4)))
write_line(struct workshop *self, unsigned sides, const char *format, ...)
{
    char line[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if ((sides & BROKEN) != 0)
        text_print(&self->broken, "%s\n", line);
    if ((sides & REPAIRED) != 0)
        text_print(&self->repaired, "%s\n", line);
}

static uint64_t draw_below(struct workshop *self, uint64_t bound)
{
    return generator_below(&self->version->generator, bound);
}

static void write_own(struct workshop *self)
{
    if (draw_below(self, 2) == 0)
        write_line(self, BOTH, "    add $1, %%cx");
}

static void write_begin(struct workshop *self)
{
    write_line(self, BOTH, ".rept ITERS");
    write_own(self);
}

static void write_end(struct workshop *self)
{
    write_own(self);
    write_line(self, BOTH, ".endr");
}

static void write_load(struct workshop *self)
{
    write_line(self, BOTH, "    mov %s, %%ax", self->variable);
}

static void write_store(struct workshop *self)
{
    write_line(self, BOTH, "    mov %%ax, %s", self->variable);
}

static void write_add(struct workshop *self, int64_t times)
{
    if (times == 1)
        write_line(self, BOTH, "    add $STEP, %%ax");
    else
        write_line(self, BOTH, "    add $%lld*STEP, %%ax", (long long)times);
}

/* The critical section: the change of the variable by so many STEPs. */
static void write_section(struct workshop *self, int64_t times)
{
    write_line(self, BOTH, "    .critical");
    write_load(self);
    write_add(self, times);
    write_store(self);
    write_line(self, BOTH, "    .endcritical");
}

static void write_lock(struct workshop *self, unsigned sides)
{
    write_line(self, sides, "    lock %s", self->lock);
}

static void write_unlock(struct workshop *self, unsigned sides)
{
    write_line(self, sides, "    unlock %s", self->lock);
}

static void write_main(struct workshop *self)
{
    write_line(self, BOTH, "\n.main");
    self->weight = 1;
}

/* ---- Faults: easy ----------------------------------------------------------------------------------------------- */

/* There is no lock at all, or there is one that nobody takes. */
static void write_no_lock(struct workshop *self)
{
    write_line(self, draw_below(self, 2) == 0 ? BOTH : REPAIRED, ".mutex %s", self->lock);
    write_main(self);
    write_begin(self);
    write_lock(self, REPAIRED);
    write_section(self, 1);
    write_unlock(self, REPAIRED);
    write_end(self);
}

/* A semaphore with room for two. */
static void write_two_permits(struct workshop *self)
{
    write_line(self, BROKEN, ".semaphore %s, 2", self->lock);
    write_line(self, REPAIRED, ".semaphore %s, 1", self->lock);
    write_main(self);
    write_begin(self);
    write_line(self, BOTH, "    wait %s", self->lock);
    write_section(self, 1);
    write_line(self, BOTH, "    post %s", self->lock);
    write_end(self);
}

static int64_t draw_times(struct workshop *self)
{
    static const int64_t times[] = {1, 2, 3, -1, -2};
    int64_t drawn = times[draw_below(self, sizeof times / sizeof times[0])];
    self->weight += drawn;
    return drawn;
}

static void write_thread(struct workshop *self, int64_t index)
{
    write_line(self, BOTH, "\n.thread %c", 'A' + (int)index);
    self->threads = index + 1;
}

/* Two threads, each with a lock of its own. */
static void write_two_locks(struct workshop *self)
{
    write_line(self, BOTH, ".mutex %s", self->lock);
    write_line(self, BROKEN, ".mutex %s2", self->lock);
    for (int64_t t = 0; t < 2; t++) {
        const char *suffix = t == 1 ? "2" : "";
        write_thread(self, t);
        write_begin(self);
        write_line(self, BROKEN, "    lock %s%s", self->lock, suffix);
        write_lock(self, REPAIRED);
        write_section(self, draw_times(self));
        write_line(self, BROKEN, "    unlock %s%s", self->lock, suffix);
        write_unlock(self, REPAIRED);
        write_end(self);
    }
}

/* ---- Faults: medium --------------------------------------------------------------------------------------------- */

/* Work that does not belong there stands inside the lock. */
static void write_work_inside(struct workshop *self)
{
    write_line(self, BROKEN, "    add $1, %%dx");
}

/* The lock is taken when the variable was read already. */
static void write_late_lock(struct workshop *self)
{
    write_line(self, BOTH, ".mutex %s", self->lock);
    write_main(self);
    write_begin(self);
    write_line(self, REPAIRED, "    add $1, %%dx");
    write_lock(self, REPAIRED);
    write_line(self, BOTH, "    .critical");
    write_load(self);
    write_lock(self, BROKEN);
    write_work_inside(self);
    write_add(self, 1);
    write_store(self);
    write_line(self, BOTH, "    .endcritical");
    write_unlock(self, BOTH);
    write_end(self);
}

/* The lock is given back before the variable is written. */
static void write_early_unlock(struct workshop *self)
{
    write_line(self, BOTH, ".mutex %s", self->lock);
    write_main(self);
    write_begin(self);
    write_line(self, REPAIRED, "    add $1, %%dx");
    write_lock(self, BOTH);
    write_line(self, BOTH, "    .critical");
    write_load(self);
    write_work_inside(self);
    write_add(self, 1);
    write_unlock(self, BROKEN);
    write_store(self);
    write_line(self, BOTH, "    .endcritical");
    write_unlock(self, REPAIRED);
    write_end(self);
}

/* One of three threads takes no lock. */
static void write_forgetful_thread(struct workshop *self)
{
    int64_t forgetful = (int64_t)draw_below(self, 3);
    write_line(self, BOTH, ".mutex %s", self->lock);
    for (int64_t t = 0; t < 3; t++) {
        write_thread(self, t);
        write_begin(self);
        write_line(self, REPAIRED, "    add $1, %%dx");
        write_lock(self, t == forgetful ? REPAIRED : BOTH);
        write_work_inside(self);
        write_section(self, draw_times(self));
        write_unlock(self, t == forgetful ? REPAIRED : BOTH);
        write_end(self);
    }
}

/* Two locks, which two threads take in opposite order. */
static void write_opposite_order(struct workshop *self)
{
    for (int64_t m = 1; m <= 2; m++)
        write_line(self, BOTH, ".mutex %s%lld", self->lock, (long long)m);
    for (int64_t t = 0; t < 2; t++) {
        write_thread(self, t);
        write_begin(self);
        write_line(self, BROKEN, "    lock %s%d", self->lock, t == 0 ? 1 : 2);
        write_line(self, BROKEN, "    lock %s%d", self->lock, t == 0 ? 2 : 1);
        write_line(self, REPAIRED, "    lock %s1\n    lock %s2", self->lock, self->lock);
        write_section(self, draw_times(self));
        write_line(self, BOTH, "    unlock %s1\n    unlock %s2", self->lock, self->lock);
        write_end(self);
    }
}

/* ---- Faults: hard ----------------------------------------------------------------------------------------------- */

/* A flag that is tested in one step and set in another. */
static void write_flag(struct workshop *self)
{
    write_line(self, BROKEN, ".var %s", self->lock);
    write_line(self, REPAIRED, ".mutex %s", self->lock);
    write_main(self);
    write_begin(self);
    write_line(self, BROKEN, ".again\n    test $0, %s\n    jne .again\n    mov $1, %s", self->lock, self->lock);
    write_lock(self, REPAIRED);
    write_section(self, 1);
    write_line(self, BROKEN, "    mov $0, %s", self->lock);
    write_unlock(self, REPAIRED);
    write_end(self);
}

/* Three locks in a circle: each thread takes its own and its neighbour's. */
static void write_circle(struct workshop *self)
{
    for (int64_t m = 1; m <= 3; m++)
        write_line(self, BOTH, ".mutex %s%lld", self->lock, (long long)m);
    for (int64_t t = 0; t < 3; t++) {
        int own = (int)t + 1, next = (int)(t + 1) % 3 + 1;
        write_thread(self, t);
        write_begin(self);
        write_line(self, t < 2 ? BOTH : BROKEN, "    lock %s%d\n    lock %s%d", self->lock, own, self->lock, next);
        if (t == 2)
            write_line(self, REPAIRED, "    lock %s%d\n    lock %s%d", self->lock, next, self->lock, own);
        write_section(self, draw_times(self));
        write_line(self, BOTH, "    unlock %s%d\n    unlock %s%d", self->lock, own, self->lock, next);
        write_end(self);
    }
}

/* Two flags that say who wants to enter, each set only after the other one was looked at. */
static void write_two_flags(struct workshop *self)
{
    write_line(self, BROKEN, ".var wants 2");
    write_line(self, REPAIRED, ".mutex %s", self->lock);
    for (int64_t t = 0; t < 2; t++) {
        write_thread(self, t);
        write_begin(self);
        write_line(self, BROKEN, ".again\n    test $0, wants[%d]\n    jne .again\n    mov $1, wants[%d]", 1 - (int)t,
                   (int)t);
        write_lock(self, REPAIRED);
        write_section(self, draw_times(self));
        write_line(self, BROKEN, "    mov $0, wants[%d]", (int)t);
        write_unlock(self, REPAIRED);
        write_end(self);
    }
}

enum { FAULTS_A_LEVEL_MAX = 4 };

static fault_writer *const faults[DIFFICULTY_LEVELS][FAULTS_A_LEVEL_MAX] = {
    [LEVEL_EASY] = {write_no_lock, write_two_permits, write_two_locks},
    [LEVEL_MEDIUM] = {write_late_lock, write_early_unlock, write_forgetful_thread, write_opposite_order},
    [LEVEL_HARD] = {write_flag, write_circle, write_two_flags},
};

static void write_program(struct workshop *self, int64_t step, int64_t first)
{
    static const char *const locks[] = {"door", "guard", "key", "latch", "bolt", "m", "mutex", "turn"};
    fault_writer *const *level = faults[self->version->difficulty->level];
    size_t count = 0;
    while (count < FAULTS_A_LEVEL_MAX && level[count] != NULL)
        count++;
    self->variable = exercise_variable(&self->version->generator);
    self->lock = locks[draw_below(self, sizeof locks / sizeof locks[0])];
    write_line(self, BOTH, ".default STEP, %lld\n.default FIRST, %lld", (long long)step, (long long)first);
    write_line(self, BOTH, ".var %s, FIRST", self->variable);
    level[draw_below(self, count)](self);
}

/* ---- Trials ----------------------------------------------------------------------------------------------------- */

/* What a trial sets: the symbols, and what the variable begins with, which need not be FIRST, so that a program which
 * stores the result of a formula is found out. */
struct setting {
    int64_t step;
    int64_t first;
    int64_t shift;
};

static void write_trial(const struct workshop *self, struct key_trial *trial, struct setting setting)
{
    int64_t added = self->weight * setting.step * trial->iters * (self->threads > 0 ? 1 : trial->threads);
    int64_t first = setting.first + setting.shift;
    property_add_number(&trial->symbols, &trial->symbol_count, "STEP", setting.step);
    property_add_number(&trial->symbols, &trial->symbol_count, "FIRST", setting.first);
    trial->has_first = setting.shift != 0;
    trial->first = trial->has_first ? first : 0;
    intervals_add(&trial->right, first + added, first + added);
}

/* How many threads, of which those that have names are given, and iterations a trial has. */
struct size {
    int64_t threads;
    int64_t iters;
};

/* The first trial is what the handout states. The others are larger, and one of them, drawn, larger than those of any
 * handout: a lock that holds for a few threads and iterations alone is none. */
static size_t draw_sizes(struct workshop *self, struct size sizes[SIZES_MAX])
{
    struct generator *generator = &self->version->generator;
    int64_t iters = self->threads > 2 ? 1 : generator_between(generator, 1, 2);
    int64_t threads = self->threads > 0 ? self->threads : 2;
    size_t count = 0;
    sizes[count++] = (struct size){threads, iters};
    sizes[count++] = (struct size){self->threads > 0 ? threads : 3, 3 - iters};
    if (self->threads == 0)
        sizes[count++] = (struct size){4, 1};
    sizes[count++] = (struct size){threads, generator_between(generator, 3, threads > 2 ? 4 : 5)};
    return count;
}

/* All but the first trial have numbers of their own, too. */
static void write_trials(struct workshop *self, int64_t step, int64_t first)
{
    struct generator *generator = &self->version->generator;
    struct key *key = self->version->key;
    struct size sizes[SIZES_MAX];
    key->trial_count = draw_sizes(self, sizes);
    key->trials = memory_new(key->trial_count, sizeof *key->trials);
    key->threads = sizes[0].threads;
    key->iters = sizes[0].iters;
    for (size_t t = 0; t < key->trial_count; t++) {
        struct key_trial *trial = &key->trials[t];
        trial->threads = sizes[t].threads;
        trial->iters = sizes[t].iters;
        struct setting stated = {step, first, 0};
        struct setting other = {step + 10 * exercise_delta(generator, 5) /* not 0 */,
                                first + exercise_delta(generator, 50), 100 * exercise_delta(generator, 5)};
        write_trial(self, trial, t == 0 ? stated : other);
    }
}

/* ---- The fault, measured ---------------------------------------------------------------------------------------- */

/* The wrong value that shows with the fewest preemptions, or NULL. */
static const struct outcome_row *find_wrong(const struct key *key, const struct outcome *outcome)
{
    const struct outcome_row *wrong = NULL;
    for (size_t r = 0; r < outcome->row_count; r++) {
        const struct outcome_row *row = &outcome->rows[r];
        if (!intervals_contain(&key->trials[0].right, row->value) &&
            (wrong == NULL || row->preemptions < wrong->preemptions))
            wrong = row;
    }
    return wrong;
}

/* Measures what goes wrong; *deadlocks tells whether it is that and nothing else. */
static bool measure_fault(struct version *self, bool *deadlocks)
{
    const struct outcome *outcome = version_analyse(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, WITNESS_NONE, 0);
    if (outcome == NULL || !outcome->has_preemptions || outcome->can_fail)
        return false;
    version_measure(self, "values", (int64_t)outcome->row_count);
    const struct outcome_row *wrong = find_wrong(self->key, outcome);
    *deadlocks = wrong == NULL;
    if (wrong == NULL && !outcome->can_deadlock)
        return false;
    outcome = version_analyse(self, QUESTION_ALL, wrong != NULL ? WITNESS_VALUE : WITNESS_DEADLOCK,
                              wrong != NULL ? wrong->value : 0);
    if (outcome == NULL || outcome->witness_count == 0)
        return false;
    version_measure(self, "preemptions", (int64_t)outcome->witnesses[0].trace->preemptions);
    version_measure(self, "steps", (int64_t)schedule_step_count(&outcome->witnesses[0].schedule));
    return true;
}

/* The property that the fault violates comes first: the others count only where it holds (course/grading_repair.c). */
static void write_rows(struct version *self, bool deadlocks)
{
    version_row(self, ROW_FORM, 1);
    version_row(self, ROW_WORKS, 1);
    if (deadlocks)
        version_row(self, ROW_LIVE, 3);
    version_row(self, ROW_RIGHT, deadlocks ? 2 : 3);
    if (!deadlocks)
        version_row(self, ROW_LIVE, 2);
    version_row(self, ROW_EXCLUSIVE, 2);
    version_row(self, ROW_INSIDE, 1);
}

bool version_draw_repair(struct version *self)
{
    struct workshop workshop = {.version = self};
    int64_t step = exercise_delta(&self->generator, 9);
    int64_t first = generator_between(&self->generator, -20, 99);
    write_program(&workshop, step, first);
    struct key *key = self->key;
    write_trials(&workshop, step, first);
    key->text = text_take(&workshop.broken);
    key->observe = memory_copy_string(workshop.variable);
    key->scheduler = memory_copy_string("free");
    key->inside_most = INSIDE_MOST;
    text_print(&self->answer, "program:\n%s", text_string(&workshop.repaired));
    text_free(&workshop.repaired);
    bool deadlocks = false;
    bool is_usable = workshop.weight != 0 && measure_fault(self, &deadlocks);
    write_rows(self, deadlocks);
    return is_usable;
}
