/* Change a program with a fault so that it is right under all schedules. */
#include "course/version_parts.h"

#include "base/memory.h"

#include <string.h>

enum { NAMED_MAX = 3, FAULTS_A_LEVEL_MAX = 4, INSIDE_MOST = 3 };

/* The broken program and a repaired one, written side by side. */
struct repair {
    struct version *version;
    struct text broken;
    struct text repaired;
    const char *variable;
    const char *lock;
    int64_t weight;  /* what the threads add in a round, all together, in units of STEP; of .main: each of them */
    int64_t threads; /* that are named; 0: the program has a .main */
};

/* ---- Faults ----------------------------------------------------------------------------------------------------- */

/* A fault is the difference between two programs, in lines as those of a unified diff. The first character of a line says
 * where it stands: `-` in the broken program, `+` in the repaired one, a blank in both; and, as drawn, `?` in both or in
 * neither, `*` in both or in the repaired one alone. Then `@` is the name of the lock, `=` the variable, and `#` what the
 * thread adds to it. */
struct fault {
    const char *declarations;
    const char *main;             /* what all threads do, or NULL: they are named */
    const char *named[NAMED_MAX]; /* what each of them does */
    const char *other;            /* what a drawn one of them does instead, or NULL */
};

#define ROUND(body) " .rept ITERS\n?    add $1, %cx\n" body "?    add $1, %cx\n .endr\n"
#define LOAD "     mov =, %ax\n"
#define ADD "     add $#, %ax\n"
#define STORE "     mov %ax, =\n"
#define SECTION "     .critical\n" LOAD ADD STORE "     .endcritical\n"
#define WORK "add $1, %dx\n"

#define LONG_SECTION ROUND("+    " WORK "     lock @\n-    " WORK SECTION "     unlock @\n")

/* A thread that takes two locks in an order, and one that took them in another. */
#define LOCKS(first, second) "     lock @" first "\n     lock @" second "\n"
#define LOCKS_TURNED(first, second) \
    "-    lock @" first "\n-    lock @" second "\n+    lock @" second "\n+    lock @" first "\n"
#define UNLOCKS(first, second) "     unlock @" first "\n     unlock @" second "\n"

/* A flag is tested in one step and set in another. */
#define TEST_AND_SET(tested, set) \
    "-.again\n-    test $0, " tested "\n-    jne .again\n-    mov $1, " set "\n+    lock @\n"
#define RESET(set) "-    mov $0, " set "\n+    unlock @\n"

static const struct fault faults[DIFFICULTY_LEVELS][FAULTS_A_LEVEL_MAX] =
    {
        [LEVEL_EASY] =
            {
                /* There is no lock at all, or there is one that nobody takes. */
                {"*.mutex @\n", .main = ROUND("+    lock @\n" SECTION "+    unlock @\n")},
                /* A semaphore with room for two. */
                {"-.semaphore @, 2\n+.semaphore @, 1\n", .main = ROUND("     wait @\n" SECTION "     post @\n")},
                /* Two threads, each with a lock of its own. */
                {" .mutex @\n-.mutex @2\n",
                 .named = {ROUND("     lock @\n" SECTION "     unlock @\n"),
                           ROUND("-    lock @2\n+    lock @\n" SECTION "-    unlock @2\n+    unlock @\n")}},
            },
        [LEVEL_MEDIUM] =
            {
                /* The lock is taken when the variable was read already, and work that does not belong there stands inside. */
                {" .mutex @\n",
                 .main = ROUND(
                     "+    " WORK "+    lock @\n     .critical\n" LOAD "-    lock @\n-    " WORK ADD STORE
                     "     .endcritical\n     unlock @\n")},
                /* The lock is given back before the variable is written. */
                {" .mutex @\n",
                 .main = ROUND(
                     "+    " WORK "     lock @\n     .critical\n" LOAD "-    " WORK ADD "-    unlock @\n" STORE
                     "     .endcritical\n+    unlock @\n")},
                /* One of three threads takes no lock. */
                {" .mutex @\n", .named = {LONG_SECTION, LONG_SECTION, LONG_SECTION},
                 .other = ROUND("+    " WORK "+    lock @\n-    " WORK SECTION "+    unlock @\n")},
                /* Two locks, which two threads take in opposite order. */
                {" .mutex @1\n .mutex @2\n", .named = {ROUND(LOCKS("1", "2") SECTION UNLOCKS("1", "2")),
                                                       ROUND(LOCKS_TURNED("2", "1") SECTION UNLOCKS("1", "2"))}},
            },
        [LEVEL_HARD] =
            {
                /* A flag in the place of a lock. */
                {"-.var @\n+.mutex @\n", .main = ROUND(TEST_AND_SET("@", "@") SECTION RESET("@"))},
                /* Three locks in a circle: each thread takes its own and its neighbour's. */
                {" .mutex @1\n .mutex @2\n .mutex @3\n",
                 .named = {ROUND(LOCKS("1", "2") SECTION UNLOCKS("1", "2")),
                           ROUND(LOCKS("2", "3") SECTION UNLOCKS("2", "3")),
                           ROUND(LOCKS_TURNED("3", "1") SECTION UNLOCKS("3", "1"))}},
                /* Two flags that say who wants to enter, each set only after the other one was looked at. */
                {"-.var wants 2\n+.mutex @\n",
                 .named = {ROUND(TEST_AND_SET("wants[1]", "wants[0]") SECTION RESET("wants[0]")),
                           ROUND(TEST_AND_SET("wants[0]", "wants[1]") SECTION RESET("wants[1]"))}},
            },
};

/* ---- Programs --------------------------------------------------------------------------------------------------- */

static uint64_t draw_below(struct repair *self, uint64_t bound)
{
    return generator_below(&self->version->generator, bound);
}

/* How many STEPs a thread adds in a round. */
static int64_t draw_times(struct repair *self)
{
    static const int64_t times[] = {1, 2, 3, -1, -2};
    int64_t drawn = self->threads == 0 ? 1 : times[draw_below(self, sizeof times / sizeof times[0])];
    self->weight += drawn;
    return drawn;
}

static void write_byte(struct repair *self, char byte, struct text *line)
{
    if (byte == '@') {
        text_print(line, "%s", self->lock);
    } else if (byte == '=') {
        text_print(line, "%s", self->variable);
    } else if (byte == '#') {
        int64_t times = draw_times(self);
        if (times != 1)
            text_print(line, "%lld*", (long long)times);
        text_print(line, "STEP");
    } else {
        text_append(line, &byte, 1);
    }
}

static void write_lines(struct repair *self, const char *lines)
{
    while (*lines != '\0') {
        char mark = *lines++;
        bool is_drawn = (mark == '?' || mark == '*') && draw_below(self, 2) == 0;
        struct text line = TEXT_INIT;
        do
            write_byte(self, *lines, &line);
        while (*lines++ != '\n');
        if (mark == '-' || mark == ' ' || is_drawn)
            text_append(&self->broken, text_string(&line), line.length);
        if (mark == '+' || mark == ' ' || mark == '*' || is_drawn)
            text_append(&self->repaired, text_string(&line), line.length);
        text_free(&line);
    }
}

static void write_fault(struct repair *self, const struct fault *fault)
{
    while (self->threads < NAMED_MAX && fault->named[self->threads] != NULL)
        self->threads++;
    int64_t other = fault->other != NULL ? (int64_t)draw_below(self, NAMED_MAX) : -1;
    write_lines(self, fault->declarations);
    if (fault->main != NULL) {
        write_lines(self, " \n .main\n");
        write_lines(self, fault->main);
    }
    for (int64_t t = 0; t < self->threads; t++) {
        char head[] = " \n .thread A\n";
        *strchr(head, 'A') = (char)('A' + t);
        write_lines(self, head);
        write_lines(self, t == other ? fault->other : fault->named[t]);
    }
}

static void write_program(struct repair *self, int64_t step, int64_t first)
{
    static const char *const locks[] = {"door", "guard", "key", "latch", "bolt", "m", "mutex", "turn"};
    const struct fault *level = faults[self->version->difficulty->level];
    size_t count = 0;
    while (count < FAULTS_A_LEVEL_MAX && level[count].declarations != NULL)
        count++;
    self->variable = exercise_variable(&self->version->generator);
    self->lock = locks[draw_below(self, sizeof locks / sizeof locks[0])];
    text_print(&self->broken, ".default STEP, %lld\n.default FIRST, %lld\n", (long long)step, (long long)first);
    text_append(&self->repaired, text_string(&self->broken), self->broken.length);
    write_lines(self, " .var =, FIRST\n");
    write_fault(self, &level[draw_below(self, count)]);
}

/* ---- Trials ----------------------------------------------------------------------------------------------------- */

/* Sets the symbols, and what the variable begins with, which need not be FIRST, so that a program which stores the result of
 * a formula is found out. */
static void write_trial(const struct repair *self, struct key_trial *trial, int64_t step, int64_t first, int64_t shift)
{
    int64_t added = self->weight * step * trial->iters * (self->threads > 0 ? 1 : trial->threads);
    property_add_number(&trial->symbols, &trial->symbol_count, "STEP", step);
    property_add_number(&trial->symbols, &trial->symbol_count, "FIRST", first);
    trial->has_first = shift != 0;
    trial->first = trial->has_first ? first + shift : 0;
    intervals_add(&trial->right, first + shift + added, first + shift + added);
}

static void add_trial(struct key *key, int64_t threads, int64_t iters)
{
    key->trials = memory_resize(key->trials, key->trial_count + 1, sizeof *key->trials);
    key->trials[key->trial_count++] = (struct key_trial){.threads = threads, .iters = iters};
}

/* The first trial is what the handout states. The others are larger, and one of them, drawn, larger than those of any
 * handout: a lock that holds for a few threads and iterations alone is none. */
static void draw_sizes(struct repair *self, struct key *key)
{
    struct generator *generator = &self->version->generator;
    key->stated.iters = self->threads > 2 ? 1 : generator_between(generator, 1, 2);
    key->stated.threads = self->threads > 0 ? self->threads : 2;
    add_trial(key, key->stated.threads, key->stated.iters);
    add_trial(key, self->threads > 0 ? key->stated.threads : 3, 3 - key->stated.iters);
    if (self->threads == 0)
        add_trial(key, 4, 1);
    add_trial(key, key->stated.threads, generator_between(generator, 3, key->stated.threads > 2 ? 4 : 5));
}

/* All but the first trial have numbers of their own, too. */
static void write_trials(struct repair *self, int64_t step, int64_t first)
{
    struct generator *generator = &self->version->generator;
    struct key *key = self->version->key;
    draw_sizes(self, key);
    for (size_t t = 0; t < key->trial_count; t++) {
        int64_t other_step = step + 10 * exercise_delta(generator, 5); /* not 0 */
        int64_t other_first = first + exercise_delta(generator, 50), shift = 100 * exercise_delta(generator, 5);
        if (t == 0)
            write_trial(self, &key->trials[t], step, first, 0);
        else
            write_trial(self, &key->trials[t], other_step, other_first, shift);
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

/* Measures what goes wrong. */
static bool measure_fault(struct version *self)
{
    static const struct key_row deadlock_rows[] = {{ROW_FORM, 1},      {ROW_WORKS, 1},  {ROW_LIVE, 3}, {ROW_RIGHT, 2},
                                                   {ROW_EXCLUSIVE, 2}, {ROW_INSIDE, 1}, {0, 0}};
    const struct outcome *outcome = version_survey(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, 0);
    if (outcome == NULL || outcome->can_fail)
        return false;
    const struct outcome_row *wrong = find_wrong(self->key, outcome);
    self->rows = wrong != NULL ? self->kind->rows : deadlock_rows;
    if (wrong == NULL && !outcome->can_deadlock)
        return false;
    outcome = version_analyse(self, QUESTION_ALL, wrong != NULL ? WITNESS_VALUE : WITNESS_DEADLOCK,
                              wrong != NULL ? wrong->value : 0);
    if (outcome == NULL)
        return false;
    version_measure(self, "preemptions", (int64_t)outcome->witnesses[0].trace->preemptions);
    version_measure(self, "steps", (int64_t)schedule_step_count(&outcome->witnesses[0].schedule));
    return true;
}

static bool draw(struct version *self)
{
    struct repair repair = {.version = self};
    int64_t step = exercise_delta(&self->generator, 9);
    int64_t first = generator_between(&self->generator, -20, 99);
    write_program(&repair, step, first);
    struct key *key = self->key;
    write_trials(&repair, step, first);
    key->text = text_take(&repair.broken);
    key->observe = memory_copy_string(repair.variable);
    key->scheduler = memory_copy_string("free");
    key->inside_most = INSIDE_MOST;
    text_print(&self->answer, "program:\n%s", text_string(&repair.repaired));
    text_free(&repair.repaired);
    return repair.weight != 0 && measure_fault(self);
}

/* The property that the fault violates comes first: the others count only where it holds (course/grading_repair.c). */
const struct version_kind version_repair = {
    draw, {{ROW_FORM, 1}, {ROW_WORKS, 1}, {ROW_RIGHT, 3}, {ROW_LIVE, 2}, {ROW_EXCLUSIVE, 2}, {ROW_INSIDE, 1}}};
