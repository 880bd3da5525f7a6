/* The assembler as libFuzzer's target: any bytes are a program or an error with a place, and what is a program can be laid
 * out, run for a while, and printed. Built by hand with clang (make fuzz); tests/fuzz/README.md says how. The same function
 * reads the files of the corpus in make check (test_corpus.c). */
#include "base/memory.h"
#include "frontends/assembler.h"
#include "machine/machine.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { STEPS_MAX = 200, INSTRUCTIONS_MAX = 2000 };

static void check(bool condition)
{
    if (!condition)
        abort();
}

/* Everything that is told about an instruction. */
static void print_all(const struct machine *machine)
{
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        for (uint32_t i = 0; i < machine_instruction_count(machine, t); i++) {
            struct effect effect;
            machine_effect(machine, t, i, &effect);
            char *text = machine_instruction_text(machine, t, i);
            check(text[0] != '\0');
            memory_free(text);
        }
    for (location_id l = 0; l < machine_location_count(machine); l += 1 + l / 64)
        memory_free(machine_location_name(machine, l));
}

/* Threads take turns until nobody can step, a value needs more room, or enough was seen. */
static void run(const struct machine *machine)
{
    size_t threads = machine_thread_count(machine);
    uint64_t *state = memory_new(machine_bits(machine) / 64 + 1, sizeof *state);
    struct step step = {.result = STEP_TAKEN};
    machine_start(machine, state);
    for (size_t s = 0; s < STEPS_MAX && step.result == STEP_TAKEN; s++) {
        uint64_t enabled = machine_enabled(machine, state);
        if (enabled == 0)
            break;
        size_t thread = s % threads;
        while ((enabled >> thread & 1) == 0)
            thread = (thread + 1) % threads;
        struct reach reach;
        machine_reach(machine, state, thread, &reach);
        machine_step(machine, state, thread, &step);
    }
    memory_free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = memory_new(length + 1, 1);
    memcpy(text, bytes, length);
    struct error error = ERROR_INIT;
    struct assembler_input input = {
        .name = "fuzz", .source = "fuzz.s", .text = text, .length = length, .threads = 2, .iters = 3};
    struct program *program = assembler_read(&input, &error);
    check(error.set == (program == NULL));
    size_t instructions = 0;
    for (size_t c = 0; program != NULL && c < program->code_count; c++)
        instructions += program->codes[c].count;
    if (program != NULL && instructions <= INSTRUCTIONS_MAX) {
        struct machine *machine = machine_new(program, NULL, length % 2 == 0);
        print_all(machine);
        run(machine);
        machine_free(machine);
    }
    program_free(program);
    memory_free(text);
    return 0;
}
