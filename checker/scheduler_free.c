/* The free scheduler: any enabled thread may step, at every step. The interleaving semantics. */
#include "checker/scheduler.h"

static size_t no_bits(const struct scheduler *self, const struct machine *machine)
{
    (void)self;
    (void)machine;
    return 0;
}

static uint64_t every_enabled(const struct scheduler *self, const struct machine *machine, const uint64_t *state,
                              uint64_t memory, uint64_t enabled)
{
    (void)self;
    (void)machine;
    (void)state;
    (void)memory;
    return enabled;
}

static uint64_t no_memory(const struct scheduler *self, const struct machine *machine, const uint64_t *before,
                          const uint64_t *after, uint64_t memory, size_t thread)
{
    (void)self;
    (void)machine;
    (void)before;
    (void)after;
    (void)thread;
    return memory;
}

static void never_refuses(const struct scheduler *self, const struct machine *machine, const uint64_t *state,
                          uint64_t memory, size_t thread, struct text *text)
{
    (void)self;
    (void)machine;
    (void)state;
    (void)memory;
    (void)thread;
    text_print(text, "the free scheduler refuses nobody");
}

const struct scheduler *scheduler_free_choice(void)
{
    static const struct scheduler_kind kind = {
        .name = "free",
        .bits = no_bits,
        .choices = every_enabled,
        .after = no_memory,
        .refusal = never_refuses,
        .symmetric = true,
    };
    static const struct scheduler scheduler = {&kind};
    return &scheduler;
}
