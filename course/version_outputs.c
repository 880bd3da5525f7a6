/* What can be printed? */
#include "course/version_parts.h"

#include "base/memory.h"

#include <string.h>

enum { EVENTS_MAX = 12, SIGNALS_MAX = 2 };

/* What a thread does, in the order of one schedule in which nobody has to wait. */
struct event {
    unsigned thread;
    const char *step; /* `@` is the letter */
    char letter;
    int posts, waits; /* the semaphore that it posts behind it, or waits for before it; -1: none */
};

struct script {
    struct event events[EVENTS_MAX];
    unsigned count;
    unsigned threads;
    bool has_variable;
    unsigned semaphores;
};

static const char *draw_step(struct generator *generator, bool has_variable)
{
    static const char *const steps[] = {"print \"@\"", "print \"@\"", "add $1, x", "print x"};
    return steps[generator_below(generator, has_variable ? sizeof steps / sizeof steps[0] : 2)];
}

/* An event that posts comes before the one that waits for it, so that nobody need wait for ever. */
static void draw_semaphores(struct script *script, struct generator *generator, unsigned most)
{
    for (unsigned s = 0; s < most; s++) {
        struct event *post = &script->events[generator_below(generator, script->count)];
        struct event *wait = &script->events[generator_below(generator, script->count)];
        if (post >= wait || post->thread == wait->thread || post->posts >= 0 || wait->waits >= 0)
            continue;
        post->posts = wait->waits = (int)script->semaphores++;
    }
}

/* No order of the letters is likelier than another: the alphabet tells nothing. */
static void deal_letters(struct script *script, struct generator *generator)
{
    char letters[EVENTS_MAX];
    for (unsigned e = 0; e < script->count; e++) {
        unsigned place = (unsigned)generator_below(generator, e + 1);
        letters[e] = letters[place];
        letters[place] = (char)('a' + e);
    }
    for (unsigned e = 0; e < script->count; e++)
        script->events[e].letter = letters[e];
}

static struct script draw_script(struct version *self)
{
    struct generator *generator = &self->generator;
    enum difficulty_level level = self->difficulty->level;
    struct script script = {.threads = version_draw_threads(self)};
    script.has_variable = level != LEVEL_EASY && generator_one_in(generator, 2);
    script.count = (unsigned)generator_between(generator, script.threads + 1, level == LEVEL_EASY ? 6 : EVENTS_MAX - 2);
    for (unsigned e = 0; e < script.count; e++)
        script.events[e] = (struct event){.thread = (unsigned)generator_below(generator, script.threads),
                                          .step = draw_step(generator, script.has_variable),
                                          .posts = -1,
                                          .waits = -1};
    deal_letters(&script, generator);
    draw_semaphores(&script, generator, level == LEVEL_EASY ? 1 : SIGNALS_MAX);
    return script;
}

/* ---- Writing ------------------------------------------------------------------------------------------------------ */

static char semaphore_name(int semaphore)
{
    return (char)('s' + semaphore);
}

static void write_step(struct text *text, const struct event *event)
{
    text_print(text, "    ");
    for (const char *at = event->step; *at != '\0'; at++)
        text_print(text, "%c", *at == '@' ? event->letter : *at);
    text_print(text, "\n");
}

static void write_thread(struct text *text, const struct script *script, unsigned thread)
{
    text_print(text, "\n.thread %c\n", 'A' + (int)thread);
    for (unsigned e = 0; e < script->count; e++) {
        const struct event *event = &script->events[e];
        if (event->thread != thread)
            continue;
        if (event->waits >= 0)
            text_print(text, "    wait %c\n", semaphore_name(event->waits));
        write_step(text, event);
        if (event->posts >= 0)
            text_print(text, "    post %c\n", semaphore_name(event->posts));
    }
}

static char *script_text(const struct script *script)
{
    struct text text = TEXT_INIT;
    if (script->has_variable)
        text_print(&text, ".var x\n");
    for (unsigned s = 0; s < script->semaphores; s++)
        text_print(&text, ".semaphore %c, 0\n", semaphore_name((int)s));
    for (unsigned t = 0; t < script->threads; t++)
        write_thread(&text, script, t);
    return text_take(&text);
}

/* Whether every thread has something to do, and somebody prints. */
static bool is_played(const struct script *script)
{
    unsigned players = 0;
    bool prints = false;
    for (unsigned e = 0; e < script->count; e++) {
        players |= 1u << script->events[e].thread;
        prints |= strncmp(script->events[e].step, "print", strlen("print")) == 0;
    }
    return prints && players == (1u << script->threads) - 1;
}

static bool draw(struct version *self)
{
    struct script script = draw_script(self);
    version_take_text(self, script_text(&script), script.threads, "output");
    if (!is_played(&script))
        return false;
    const struct outcome *outcome = version_survey(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, 2);
    return outcome != NULL && version_list_ends(self);
}

const struct version_kind version_outputs = {draw, {{ROW_FORM, 1}, {ROW_POSSIBLE, 4}, {ROW_COMPLETE, 5}}};
