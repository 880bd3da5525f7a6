#include "verify/witness.h"

#include "verify/verdict.h"

#include <inttypes.h>
#include <stdlib.h>

/* So many memories of a scheduler are followed over all steps. A schedule of racecheck needs few: as many as there are
 * starts, times its steps. */
enum { FOLLOWED_MOST = 100000000 };

/* A witness under way. */
struct check {
    const struct certificate *certificate;
    const struct program *program;
    struct state *state;
    size_t followed; /* memories so far */
};

/* What a scheduler has to choose besides the threads is left open: the memories that it can have are followed all
 * together. */
struct replay {
    struct memory *memories;
    size_t count;
    size_t capacity;
};

static void replay_add(struct replay *self, const struct memory *memory)
{
    self->memories = storage_grow(self->memories, self->count, &self->capacity, sizeof *self->memories);
    self->memories[self->count++] = *memory;
}

static int compare_memories(const void *a, const void *b)
{
    const struct memory *left = a, *right = b;
    if (left->turn != right->turn)
        return left->turn < right->turn ? -1 : 1;
    if (left->count != right->count)
        return left->count < right->count ? -1 : 1;
    for (size_t t = 0; t < SCHEDULER_THREADS; t++)
        if (left->leads[t] != right->leads[t])
            return left->leads[t] < right->leads[t] ? -1 : 1;
    return 0;
}

/* Of equal memories one is enough. */
static void replay_tidy(struct replay *self)
{
    size_t kept = 0;
    if (self->count > 1)
        qsort(self->memories, self->count, sizeof *self->memories, compare_memories);
    for (size_t i = 0; i < self->count; i++)
        if (i == 0 || compare_memories(&self->memories[i], &self->memories[i - 1]) != 0)
            self->memories[kept++] = self->memories[i];
    self->count = kept;
}

static void replay_start(struct check *self, struct replay *replay)
{
    const struct scheduler *scheduler = &self->certificate->scheduler;
    state_start(self->state, self->program);
    struct moment moment = machine_moment(&self->certificate->machine, self->state);
    for (int64_t which = 0; which < scheduler_start_count(scheduler); which++) {
        struct memory memory;
        scheduler_start(scheduler, &moment, which, &memory);
        replay_add(replay, &memory);
    }
}

/* Follows with each memory that allows the step, and with each option that does. */
static void replay_follow(struct check *self, const struct replay *from, const struct moment *before,
                          const struct moment *after, struct taken taken, struct replay *to)
{
    const struct scheduler *scheduler = &self->certificate->scheduler;
    to->count = 0;
    self->followed += from->count;
    if (self->followed > FOLLOWED_MOST)
        verdict_malformed(self->certificate->witness_line, "the witness takes too long to follow");
    for (size_t i = 0; i < from->count; i++)
        for (taken.option = 0; taken.option < scheduler_options(scheduler); taken.option++) {
            struct memory memory = from->memories[i];
            uint64_t threads = scheduler_choices(scheduler, before, &memory, taken.option);
            threads |= taken.option == 0 ? before->away : 0;
            if ((threads >> taken.thread & 1) == 0)
                continue;
            scheduler_follow(scheduler, before, after, &taken, &memory);
            replay_add(to, &memory);
        }
    replay_tidy(to);
}

static _Noreturn void fail_replay(const struct check *self, int64_t step, size_t thread, const char *reason)
{
    verdict_violated(self->certificate->witness_line, "step %" PRId64 " of the witness: %s %s", step,
                     self->program->threads[thread].name, reason);
}

static void replay_step(struct check *self, struct replay *from, struct replay *to, size_t thread, int64_t step)
{
    const struct machine *machine = &self->certificate->machine;
    struct moment before = machine_moment(machine, self->state);
    if (((before.ready | before.away) >> thread & 1) == 0)
        fail_replay(self, step, thread, before.finished >> thread & 1 ? "has finished" : "waits");
    struct taken taken = machine_taken(machine, self->state, thread, 0);
    struct changes changes;
    if (machine_step(machine, self->state, thread, &changes) != STEP_TAKEN)
        fail_replay(self, step, thread, "makes an error of the program");
    struct moment after = machine_moment(machine, self->state);
    replay_follow(self, from, &before, &after, taken, to);
    if (to->count == 0)
        fail_replay(self, step, thread, "may not step, says the scheduler");
}

static void check_end(const struct check *self)
{
    const struct certificate *certificate = self->certificate;
    struct moment end = machine_moment(&certificate->machine, self->state);
    int64_t value = self->state->values[certificate->observed].number;
    if (end.finished != UINT64_MAX >> (THREADS_MAX - end.threads))
        verdict_violated(certificate->witness_line, "the witness ends before every thread has finished");
    if (value != certificate->claim)
        verdict_violated(certificate->witness_line, "the witness ends with %" PRId64 ", not with %" PRId64, value,
                         certificate->claim);
}

void witness_check(const struct certificate *certificate)
{
    struct check self = {certificate, certificate->program, state_new(certificate->program), 0};
    struct replay replays[2] = {{0}, {0}};
    int64_t step = 0;
    replay_start(&self, &replays[0]);
    for (size_t r = 0; r < certificate->run_count; r++)
        for (int64_t i = 0; i < certificate->runs[r].steps; i++, step++)
            replay_step(&self, &replays[step % 2], &replays[(step + 1) % 2], certificate->runs[r].thread, step + 1);
    check_end(&self);
    free(replays[0].memories);
    free(replays[1].memories);
}
