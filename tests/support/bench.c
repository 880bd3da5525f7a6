#include "tests/support/bench.h"

#include "tests/support/subject.h"
#include "tests/support/unit.h"

void bench_start(struct bench *self, struct program *program, const bool *data, bool keep_dead)
{
    *self = (struct bench){.program = program, .machine = machine_new(program, data, keep_dead)};
    CU_ASSERT_TRUE_FATAL(machine_bits(self->machine) <= sizeof self->state * 8);
    machine_start(self->machine, self->state);
}

void bench_open(struct bench *self, const char *text, unsigned threads)
{
    bench_start(self, subject_program(text, threads, 1), NULL, true);
}

void bench_close(struct bench *self)
{
    machine_free(self->machine);
    program_free(self->program);
}

enum step_result bench_take(struct bench *self, size_t thread)
{
    machine_step(self->machine, self->state, thread, &self->step);
    return self->step.result;
}

int64_t bench_value(const struct bench *self, location_id location)
{
    return machine_value(self->machine, self->state, location);
}

int64_t bench_register(const struct bench *self, size_t thread, unsigned number)
{
    return bench_value(self, machine_register_location(self->machine, thread, number));
}

uint32_t bench_index(const struct bench *self, size_t thread)
{
    return machine_index(self->machine, self->state, thread);
}

void bench_check_move(const struct bench *self, size_t position, location_id target, location_id source, int64_t addend)
{
    const struct move *move = &self->step.moves[position];
    CU_ASSERT(position < self->step.move_count && move->target == target && move->source == source &&
              move->addend == addend);
}
