/* The least final value, a schedule for it, and the stores that it goes back to. */
#include "course/version_parts.h"

#include "trace/chain.h"

/* After so many exercises that do not fit another shape is drawn: with bounds of the lecturer's own some never fit. */
enum { SHAPE_EXERCISES = 30, SHAPES_MAX = 10, TRIES = 20 };

/* What the programs of a level are like (course/exercise.h says what the letters mean). A version draws its shape first
 * and then exercises of it, so that a shape of which few exercises fit is as frequent as it stands here. In those of the hard level
 * nobody can undo everything alone: whoever takes away is guarded, or does so in one step. */
static const char *const shapes[DIFFICULTY_LEVELS][SHAPES_MAX] = {
    [LEVEL_EASY] = {"uu", "ud", "pd"},
    [LEVEL_MEDIUM] = {"ud", "pd", "udm", "udd", "udp", "uUd", "uUD", "uUm", "UDd"},
    [LEVEL_HARD] = {"uu", "uU", "uum", "uum", "uup", "uUU", "uUU", "uUD", "uUD"},
};

static const char *draw_shape(struct version *self)
{
    const char *const *all = shapes[self->difficulty->level];
    size_t count = 0;
    while (count < SHAPES_MAX && all[count] != NULL)
        count++;
    return all[generator_below(&self->generator, count)];
}

static bool is_apart(const struct exercise_thread *thread)
{
    return thread->style != STYLE_AT_ONCE;
}

/* Whether it is best to let one thread undo the others by itself, which takes one preemption: it loads, and goes on
 * when they have finished; or to leave a thread that is guarded against that alone. Else two have to work together, so
 * that one store of each is left. A guess: only the analysis knows. But it costs nothing, and the analysis of three
 * threads does. */
static bool has_soloist(const struct exercise *exercise)
{
    for (unsigned t = 0; t < exercise->thread_count; t++)
        for (unsigned o = 0; o < exercise->thread_count; o++) {
            const struct exercise_thread *thread = &exercise->threads[t], *other = &exercise->threads[o];
            int64_t least = other->delta + (thread->is_guarded ? 0 : thread->delta);
            if (o != t && is_apart(thread) && is_apart(other) && thread->delta > 0 && other->delta > 0 &&
                !(thread->is_guarded && other->is_guarded) && (int64_t)thread->rounds * thread->delta <= least)
                return true;
        }
    return false;
}

static void draw_program(struct version *self)
{
    struct exercise_wishes wishes = version_wishes(self);
    bool is_hard = self->difficulty->level == LEVEL_HARD;
    if (self->exercises % SHAPE_EXERCISES == 0)
        self->roles = draw_shape(self);
    wishes.roles = self->roles;
    if (is_hard) {
        wishes.least_rounds = 2; /* one that goes round once is a soloist */
        wishes.own_most = 1;
    }
    struct exercise exercise = exercise_make(&self->generator, &wishes);
    for (unsigned tries = 0; is_hard && tries < TRIES && has_soloist(&exercise); tries++)
        exercise = exercise_make(&self->generator, &wishes);
    version_take_exercise(self, &exercise, "free");
}

/* Returns the number of stores in the chain. */
static size_t write_chain(struct text *text, const struct trace *trace)
{
    struct chain chain = chain_make(trace, trace->observed_word);
    size_t count = chain.count;
    text_print(text, "chain:");
    for (size_t c = 0; c < count; c++)
        text_print(text, " %c%zu", 'A' + (int)trace->steps[chain.links[c].store].thread,
                   chain_ordinal(&chain, trace, chain.links[c].store));
    text_print(text, "%s\n", count == 0 ? " " : "");
    chain_free(&chain);
    return count;
}

static bool draw(struct version *self)
{
    draw_program(self);
    const struct outcome *outcome = version_survey(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, 1);
    if (outcome == NULL)
        return false;
    version_measure(self, "preemptions", outcome->rows[0].preemptions);
    version_measure(self, "chain", difficulty_bound(self->difficulty, "chain")->least); /* not known yet */
    if (!version_fits(self))
        return true; /* what does not fit is not worth a closer look */
    outcome = version_analyse(self, QUESTION_ALL, WITNESS_VALUE, outcome->rows[0].value);
    if (outcome == NULL)
        return false;
    text_print(&self->answer, "value: %lld\n", (long long)outcome->least);
    version_write_schedule(&self->answer, &outcome->witnesses[0].schedule);
    version_measure(self, "chain", (int64_t)write_chain(&self->answer, outcome->witnesses[0].trace));
    return true;
}

const struct version_kind version_minimum = {
    draw, {{ROW_FORM, 1}, {ROW_VALUE, 3}, {ROW_LEGAL, 1}, {ROW_FINISHED, 1}, {ROW_REACHES, 2}, {ROW_CHAIN, 2}}};
