/* The free scheduler: any thread that can go on may step, at every step. The interleaving semantics. */
#include "base/memory.h"
#include "schedulers/scheduler_parts.h"

static void shape(const struct scheduler *self, size_t threads, struct scheduler_shape *shape)
{
    (void)self;
    (void)threads;
    *shape = (struct scheduler_shape){.starts = 1, .options = 1, .symmetric = true};
}

static void remember_nothing(const struct scheduler *self, const struct scheduler_moment *moment, uint64_t which,
                             struct scheduler_memory *memory)
{
    (void)self;
    (void)moment;
    (void)which;
    (void)memory;
}

static uint64_t every_ready_thread(const struct scheduler *self, const struct scheduler_moment *moment,
                                   const struct scheduler_memory *memory, unsigned option)
{
    (void)self;
    (void)memory;
    (void)option;
    return moment->ready;
}

static void change_nothing(const struct scheduler *self, const struct scheduler_moment *before,
                           const struct scheduler_moment *after, unsigned option, size_t thread,
                           struct scheduler_memory *memory)
{
    (void)self;
    (void)before;
    (void)after;
    (void)option;
    (void)thread;
    (void)memory;
}

static void never_refuses(const struct scheduler *self, const struct scheduler_moment *moment,
                          const struct scheduler_memory *memory, size_t thread, struct text *text)
{
    (void)self;
    (void)moment;
    (void)memory;
    (void)thread;
    text_print(text, "the free scheduler refuses nobody");
}

static void describe(const struct scheduler *self, int64_t start, int64_t arrival, struct property **parameters,
                     size_t *count)
{
    (void)self;
    (void)start;
    (void)arrival;
    (void)parameters;
    (void)count;
}

static struct scheduler *make(const struct scheduler_recipe *recipe, struct error *error)
{
    (void)recipe;
    (void)error;
    return memory_copy(scheduler_free_choice(), sizeof(struct scheduler));
}

static const struct scheduler_parameter no_parameters[] = {{.name = NULL}};

const struct scheduler_kind scheduler_free_kind = {
    .name = "free",
    .summary = "any thread, any time",
    .parameters = no_parameters,
    .meaning = "any thread that can go on may step",
    .make = make,
    .shape = shape,
    .start = remember_nothing,
    .choices = every_ready_thread,
    .after = change_nothing,
    .refusal = never_refuses,
    .describe = describe,
};

const struct scheduler *scheduler_free_choice(void)
{
    static const struct scheduler scheduler = {&scheduler_free_kind};
    return &scheduler;
}
