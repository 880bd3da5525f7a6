#include "course/exercise.h"

#include "base/text.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

enum { FIRST_LEAST = -200, FIRST_MOST = 499, DELTA_MOST = 25, PERMITS_MOST = 2 };

const char *exercise_variable(struct generator *generator)
{
    static const char *const names[] = {"balance", "count", "credit",  "level", "score", "seats",
                                        "stock",   "sum",   "tickets", "total", "value", "visits"};
    return names[generator_below(generator, sizeof names / sizeof names[0])];
}

int64_t exercise_delta(struct generator *generator, int64_t magnitude)
{
    int64_t delta = generator_between(generator, 1, magnitude);
    return generator_one_in(generator, 3) ? -delta : delta;
}

/* ---- Drawing ---------------------------------------------------------------------------------------------------- */

/* How a style changes the variable: how many steps it takes, and their lines, each an instruction with its comment behind a `|`.
 * `@` is the variable, `#` what is added, and where `~` stands the thread may do steps of its own. */
static const struct {
    unsigned length;
    const char *lines;
} styles[EXERCISE_STYLES] = {
    [STYLE_PLAIN] = {3, "mov @, %ax|load\n~add $#, %ax|add\nmov %ax, @|store\n"},
    [STYLE_COPIED] = {4, "mov @, %ax|load\n~mov %ax, %bx|copy\nadd $#, %bx|add\nmov %bx, @|store\n"},
    [STYLE_REVERSED] = {3, "mov $#, %ax|the number\nadd @, %ax|load and add\n~mov %ax, @|store\n"},
    [STYLE_AT_ONCE] = {1, "add $#, @|in one step\n"},
};

static unsigned round_length(const struct exercise_thread *thread)
{
    return styles[thread->style].length + thread->before + thread->between + thread->behind +
           (thread->is_guarded ? 2 : 0);
}

static int64_t exercise_steps(const struct exercise *self)
{
    int64_t steps = 0;
    for (unsigned t = 0; t < self->thread_count; t++)
        steps += (int64_t)self->threads[t].rounds * round_length(&self->threads[t]);
    return steps;
}

/* Steps of the thread's own are there in half of the places. */
static unsigned draw_own(struct generator *generator, unsigned most)
{
    return generator_one_in(generator, 2) ? 0 : (unsigned)generator_below(generator, most + 1);
}

static enum exercise_style draw_style(struct generator *generator, const struct exercise_wishes *wishes)
{
    bool may_be_at_once = wishes->roles == NULL && !wishes->must_race;
    return generator_one_in(generator, 2)
               ? STYLE_PLAIN
               : (enum exercise_style)generator_below(generator, may_be_at_once ? EXERCISE_STYLES : STYLE_AT_ONCE);
}

static struct exercise_thread draw_thread(struct generator *generator, const struct exercise_wishes *wishes,
                                          enum exercise_guard guard)
{
    enum exercise_style style = draw_style(generator, wishes);
    return (struct exercise_thread){
        .delta = exercise_delta(generator, DELTA_MOST),
        .rounds = style == STYLE_AT_ONCE || wishes->least_rounds == 0 ? 1 : wishes->least_rounds,
        .style = style,
        .before = draw_own(generator, wishes->own_most),
        .between = style == STYLE_AT_ONCE ? 0 : draw_own(generator, wishes->own_most),
        .behind = draw_own(generator, wishes->own_most),
        .is_guarded = guard != GUARD_NONE && !generator_one_in(generator, 3),
        .ticks = (unsigned)generator_between(generator, 1, wishes->ticks_most),
    };
}

static void take_role(struct exercise_thread *thread, char role)
{
    bool goes_up = role == 'u' || role == 'U' || role == 'p';
    if (goes_up != (thread->delta > 0))
        thread->delta = -thread->delta;
    thread->is_guarded = isupper((unsigned char)role) != 0;
    if (role == 'p' || role == 'm') {
        thread->style = STYLE_AT_ONCE;
        thread->between = 0;
    }
    if (role != 'u' && role != 'd')
        thread->rounds = 1;
}

/* Deals the roles to the threads, each role once. */
static void deal_roles(struct exercise *self, struct generator *generator, const char *roles)
{
    char left[EXERCISE_THREADS_MAX];
    size_t count = self->thread_count;
    memcpy(left, roles, count);
    for (unsigned t = 0; t < self->thread_count; t++) {
        size_t drawn = (size_t)generator_below(generator, count);
        take_role(&self->threads[t], left[drawn]);
        left[drawn] = left[--count];
    }
}

/* Adds rounds until the program is about as long as it is to be. */
static void draw_rounds(struct exercise *self, struct generator *generator, const struct exercise_wishes *wishes)
{
    int64_t target = generator_between(generator, wishes->least_steps, wishes->most_steps);
    while (exercise_steps(self) < target) {
        struct exercise_thread *thread = &self->threads[generator_below(generator, self->thread_count)];
        if (exercise_steps(self) + round_length(thread) > wishes->most_steps)
            return;
        thread->rounds++;
    }
}

static enum exercise_guard draw_guard(struct generator *generator, const struct exercise_wishes *wishes)
{
    if (wishes->roles != NULL)
        return strpbrk(wishes->roles, "UD") == NULL ? GUARD_NONE
               : generator_one_in(generator, 2)     ? GUARD_MUTEX
                                                    : GUARD_SEMAPHORE;
    return wishes->may_guard ? (enum exercise_guard)generator_below(generator, EXERCISE_GUARDS) : GUARD_NONE;
}

struct exercise exercise_make(struct generator *generator, const struct exercise_wishes *wishes)
{
    assert(wishes->least_steps <= wishes->most_steps);
    struct exercise self = {
        .variable = exercise_variable(generator),
        .first = generator_between(generator, FIRST_LEAST, FIRST_MOST),
        .guard = draw_guard(generator, wishes),
        .permits = generator_between(generator, 1, PERMITS_MOST),
        .thread_count = wishes->roles != NULL
                            ? (unsigned)strlen(wishes->roles)
                            : (unsigned)generator_between(generator, wishes->least_threads, wishes->most_threads),
    };
    bool any = false;
    assert(self.thread_count > 0 && self.thread_count <= EXERCISE_THREADS_MAX);
    for (unsigned t = 0; t < self.thread_count; t++)
        self.threads[t] = draw_thread(generator, wishes, self.guard);
    if (wishes->roles != NULL)
        deal_roles(&self, generator, wishes->roles);
    for (unsigned t = 0; t < self.thread_count; t++)
        any |= self.threads[t].is_guarded;
    if (!any)
        self.guard = GUARD_NONE;
    draw_rounds(&self, generator, wishes);
    return self;
}

/* ---- Writing ---------------------------------------------------------------------------------------------------- */

static void write_own(struct text *text, unsigned count)
{
    static const char *const steps[] = {"add $1, %cx", "mov %cx, %dx", "add $1, %dx", "nop"};
    for (unsigned s = 0; s < count; s++)
        text_print(text, "    %-18s# own work\n", steps[s % (sizeof steps / sizeof steps[0])]);
}

static void write_change(const struct exercise *self, const struct exercise_thread *thread, struct text *text)
{
    struct text instruction = TEXT_INIT;
    for (const char *at = styles[thread->style].lines; *at != '\0'; at++)
        if (*at == '@') {
            text_print(&instruction, "%s", self->variable);
        } else if (*at == '#') {
            text_print(&instruction, "%lld", (long long)thread->delta);
        } else if (*at == '~') {
            write_own(text, thread->between);
        } else if (*at == '|') {
            int length = (int)strcspn(++at, "\n");
            text_print(text, "    %-18s# %.*s\n", text_string(&instruction), length, at);
            text_free(&instruction);
            at += length;
        } else {
            text_append(&instruction, at, 1);
        }
}

static void write_thread(const struct exercise *self, unsigned index, struct text *text)
{
    static const char *const enters[EXERCISE_GUARDS] = {"", "lock m", "wait s"};
    static const char *const leaves[EXERCISE_GUARDS] = {"", "unlock m", "post s"};
    const struct exercise_thread *thread = &self->threads[index];
    text_print(text, "\n.thread %c\n", 'A' + (int)index);
    if (thread->ticks > 1)
        text_print(text, ".tick %u\n", thread->ticks);
    if (thread->rounds > 1)
        text_print(text, ".rept %u\n", thread->rounds);
    write_own(text, thread->before);
    if (thread->is_guarded)
        text_print(text, "    %s\n", enters[self->guard]);
    write_change(self, thread, text);
    if (thread->is_guarded)
        text_print(text, "    %s\n", leaves[self->guard]);
    write_own(text, thread->behind);
    if (thread->rounds > 1)
        text_print(text, ".endr\n");
}

char *exercise_text(const struct exercise *self)
{
    struct text text = TEXT_INIT;
    text_print(&text, ".var %s, %lld\n", self->variable, (long long)self->first);
    if (self->guard == GUARD_MUTEX)
        text_print(&text, ".mutex m\n");
    if (self->guard == GUARD_SEMAPHORE)
        text_print(&text, ".semaphore s, %lld\n", (long long)self->permits);
    for (unsigned t = 0; t < self->thread_count; t++)
        write_thread(self, t, &text);
    return text_take(&text);
}

int64_t exercise_sum(const struct exercise *self)
{
    int64_t sum = self->first;
    for (unsigned t = 0; t < self->thread_count; t++)
        sum += self->threads[t].delta * (int64_t)self->threads[t].rounds;
    return sum;
}
