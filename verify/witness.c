#include "verify/witness.h"

#include "verify/verdict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* So many memories of a scheduler are followed over all steps. A schedule of racecheck needs few: as many as there are
 * starts, times its steps. */
enum { FOLLOWED_MOST = 100000000 };

/* A witness under way. */
struct check {
    const struct certificate *certificate;
    const struct claim *claim;
    const struct program *program;
    struct state *state;
    size_t followed; /* memories so far */
    struct changes changes;
};

/* A memory of the scheduler without its leads. */
struct brief {
    int64_t count;
    int turn;
};

/* What a scheduler has to choose besides the threads is left open: the memories that it can have are followed all
 * together. A scheduler with leads has nothing else to choose, and so one memory. */
struct replay {
    struct brief *memories;
    size_t count;
    size_t capacity;
    size_t different; /* when they were last compared */
    int64_t leads[SCHEDULER_THREADS];
};

static void replay_add(struct replay *self, const struct memory *memory)
{
    self->memories = storage_grow(self->memories, self->count, &self->capacity, sizeof *self->memories);
    self->memories[self->count++] = (struct brief){memory->count, memory->turn};
    memcpy(self->leads, memory->leads, sizeof self->leads);
}

static struct memory replay_memory(const struct replay *self, size_t number)
{
    struct memory memory = {.turn = self->memories[number].turn, .count = self->memories[number].count};
    memcpy(memory.leads, self->leads, sizeof memory.leads);
    return memory;
}

static int compare_memories(const void *a, const void *b)
{
    const struct brief *left = a, *right = b;
    if (left->turn != right->turn)
        return left->turn < right->turn ? -1 : 1;
    return left->count < right->count ? -1 : left->count > right->count;
}

/* Of equal memories one is enough. They are compared where they have become many: sorting takes memory. */
static void replay_tidy(struct replay *self, size_t different)
{
    size_t kept = 0;
    self->different = different;
    if (self->count <= 2 * different)
        return;
    qsort(self->memories, self->count, sizeof *self->memories, compare_memories);
    for (size_t i = 0; i < self->count; i++)
        if (i == 0 || compare_memories(&self->memories[i], &self->memories[i - 1]) != 0)
            self->memories[kept++] = self->memories[i];
    self->count = self->different = kept;
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
    replay->different = replay->count;
}

/* Follows with each memory that allows the step, and with each option that does. */
static void replay_follow(struct check *self, const struct replay *from, const struct moment *before,
                          const struct moment *after, struct taken taken, struct replay *to)
{
    const struct scheduler *scheduler = &self->certificate->scheduler;
    to->count = 0;
    self->followed += from->count;
    if (self->followed > FOLLOWED_MOST)
        verdict_malformed(self->claim->witness, "the witness takes too long to follow");
    for (size_t i = 0; i < from->count; i++)
        for (taken.option = 0; taken.option < scheduler_options(scheduler); taken.option++) {
            struct memory memory = replay_memory(from, i);
            uint64_t threads = scheduler_choices(scheduler, before, &memory, taken.option);
            threads |= taken.option == 0 ? before->away : 0;
            if ((threads >> taken.thread & 1) == 0)
                continue;
            scheduler_follow(scheduler, before, after, &taken, &memory);
            replay_add(to, &memory);
        }
    replay_tidy(to, from->different);
}

static _Noreturn void fail_replay(const struct check *self, int64_t step, size_t thread, const char *reason)
{
    verdict_violated(self->claim->witness, "step %" PRId64 " of the witness: %s %s", step,
                     self->program->threads[thread].name, reason);
}

/* Which concerns no scheduler. */
static void replay_flush(struct check *self, const struct replay *from, struct replay *to, size_t thread, int64_t step)
{
    if ((machine_moment(&self->certificate->machine, self->state).storing >> thread & 1) == 0)
        fail_replay(self, step, thread, "has no store that waits");
    machine_flush(&self->certificate->machine, self->state, thread, &self->changes);
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        struct memory memory = replay_memory(from, i);
        replay_add(to, &memory);
    }
    to->different = from->different;
}

static void replay_step(struct check *self, struct replay *from, struct replay *to, const struct run *run, int64_t step)
{
    const struct machine *machine = &self->certificate->machine;
    size_t thread = run->thread;
    struct moment before = machine_moment(machine, self->state);
    if (((before.ready | before.away) >> thread & 1) == 0)
        fail_replay(self, step, thread, before.finished >> thread & 1 ? "has finished" : "waits");
    struct taken taken;
    if (run->choice >= machine_choices(machine, self->state, thread))
        fail_replay(self, step, thread, "does not have that choice");
    if (machine_step(machine, self->state, thread, run->choice, &taken, &self->changes) != STEP_TAKEN)
        fail_replay(self, step, thread, "makes an error of the program");
    struct moment after = machine_moment(machine, self->state);
    replay_follow(self, from, &before, &after, taken, to);
    if (to->count == 0)
        fail_replay(self, step, thread, "may not step, says the scheduler");
}

static void check_end(const struct check *self)
{
    const struct claim *claim = self->claim;
    struct moment end = machine_moment(&self->certificate->machine, self->state);
    int64_t value = self->state->values[claim->location].number;
    if (end.finished != UINT64_MAX >> (THREADS_MAX - end.threads))
        verdict_violated(claim->witness, "the witness ends before every thread has finished");
    if (value != claim->bound)
        verdict_violated(claim->witness, "the witness ends with %" PRId64 ", not with %" PRId64, value, claim->bound);
}

void witness_check(const struct certificate *certificate, const struct claim *claim)
{
    struct check self = {certificate, claim, certificate->program, state_new(certificate->program), 0, {0}};
    struct replay replays[2] = {{.count = 0}, {.count = 0}};
    int64_t step = 0;
    replay_start(&self, &replays[0]);
    for (size_t r = 0; r < claim->run_count; r++)
        for (int64_t i = 0; i < claim->runs[r].steps; i++, step++)
            if (claim->runs[r].is_flush)
                replay_flush(&self, &replays[step % 2], &replays[(step + 1) % 2], claim->runs[r].thread, step + 1);
            else
                replay_step(&self, &replays[step % 2], &replays[(step + 1) % 2], &claim->runs[r], step + 1);
    check_end(&self);
    state_free(self.state);
    changes_free(&self.changes);
    free(replays[0].memories);
    free(replays[1].memories);
}
