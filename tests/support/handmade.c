#include "tests/support/handmade.h"

#include "base/memory.h"
#include "report/dot.h"
#include "report/json.h"
#include "tests/support/race.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct outcome *handmade_outcome(const char *model, size_t threads, int64_t iters)
{
    struct outcome *outcome = outcome_new();
    outcome->model = memory_copy_string(model);
    outcome->text = memory_copy_string(race_text);
    outcome->threads = threads;
    outcome->given_threads = (int64_t)threads;
    outcome->iters = iters;
    outcome->observation = observation_of(0);
    outcome->observe = memory_copy_string("value");
    outcome->scheduler = memory_copy_string("free");
    outcome->complete = outcome->is_counted = true;
    return outcome;
}

void handmade_add_row(struct outcome *outcome, int64_t value, const char *schedules, const char *random,
                      uint32_t preemptions)
{
    outcome->rows = memory_resize(outcome->rows, outcome->row_count + 1, sizeof *outcome->rows);
    struct outcome_row *row = &outcome->rows[outcome->row_count++];
    row->value = value;
    row->preemptions = preemptions;
    mpz_init_set_str(row->schedules, schedules, 10);
    mpq_init(row->random);
    mpq_set_str(row->random, random, 10);
    mpz_add(outcome->schedules, outcome->schedules, row->schedules);
    intervals_add(&outcome->values, value, value);
    outcome->has_values = true;
}

void handmade_add_witness(struct outcome *outcome, enum outcome_end end, struct trace *trace)
{
    outcome->witnesses = memory_resize(outcome->witnesses, outcome->witness_count + 1, sizeof *outcome->witnesses);
    struct outcome_witness *witness = &outcome->witnesses[outcome->witness_count++];
    *witness = (struct outcome_witness){.end = end, .value = trace->value};
    witness->is_shortest = end == OUTCOME_DEADLOCK || end == OUTCOME_OVERLAP;
    witness->trace = trace;
    for (size_t p = 0; p < outcome->parameter_count; p++)
        property_set(&witness->parameters, &witness->parameter_count, &outcome->parameters[p]);
    schedule_append(&witness->schedule, &trace->schedule, 0, trace->schedule.count);
}

struct outcome *handmade_small(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 2, 1);
    handmade_add_row(outcome, 1, "18", "3/4", 1);
    handmade_add_row(outcome, 2, "2", "1/4", 0);
    outcome->has_counts = outcome->has_random = outcome->has_preemptions = outcome->multinomial_checked = true;
    mpz_set_ui(outcome->states, 16);
    mpz_set_ui(outcome->transitions, 24);
    outcome->stored = 16;
    outcome->depth = 6;
    outcome->sliced = true;
    handmade_add_witness(outcome, OUTCOME_VALUE, race_run(2, 1, "0x1 1x3 0x2"));
    return outcome;
}

struct outcome *handmade_endless(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 2, 10);
    handmade_add_row(outcome, 1, "0", "7/8", 0);
    outcome->has_random = outcome->endless = true;
    mpq_set_ui(outcome->random_endless, 1, 8);
    return outcome;
}

char *handmade_document(const struct outcome *outcome, const struct outcome_witness *witness, bool timing)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    if (witness != NULL)
        json_write_witness(stream, outcome, witness);
    else
        json_write_result(stream, outcome, timing);
    fclose(stream);
    char *document = memory_copy_string(bytes);
    free(bytes);
    return document;
}

struct witness_file *handmade_read_back(const char *bytes, const char *value, struct error *error)
{
    char name[] = "/tmp/racecheck-reports-XXXXXX";
    int file = mkstemp(name);
    FILE *stream = fdopen(file, "w");
    fputs(bytes, stream);
    fclose(stream);
    struct witness_file *witness = witness_file_read(name, value, error);
    unlink(name);
    return witness;
}

struct outcome *handmade_rich(void)
{
    struct outcome *outcome = handmade_outcome("odd \"name\"\\", 2, 10);
    outcome->symbols = memory_new(2, sizeof *outcome->symbols);
    outcome->symbols[outcome->symbol_count++] =
        (struct property){.name = memory_copy_string("PERMITS"), .is_number = true, .number = -2};
    outcome->symbols[outcome->symbol_count++] =
        (struct property){.name = memory_copy_string("BIG"), .is_number = true, .number = INT64_MIN};
    outcome->parameters = memory_new(2, sizeof *outcome->parameters);
    outcome->parameters[outcome->parameter_count++] =
        (struct property){.name = memory_copy_string("quantum"), .is_number = true, .number = 100};
    outcome->parameters[outcome->parameter_count++] =
        (struct property){.name = memory_copy_string("pick"), .text = memory_copy_string("any")};
    memory_free(outcome->scheduler);
    outcome->scheduler = memory_copy_string("tick");
    handmade_add_witness(outcome, OUTCOME_VALUE, race_run(2, 10, race_turns_to_2));
    handmade_add_witness(outcome, OUTCOME_VALUE, race_run(2, 10, "0x30 1x30"));
    return outcome;
}

Agraph_t *handmade_drawing(const struct trace *trace, const char *title)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    CU_ASSERT_TRUE(dot_write_trace(stream, trace, title));
    fclose(stream);
    Agraph_t *graph = agmemread(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
    memory_free(bytes);
    return graph;
}

struct outcome *handmade_waiting(void)
{
    struct outcome *outcome = handmade_outcome("waiting", 2, 10);
    memory_free(outcome->scheduler);
    outcome->scheduler = memory_copy_string("tick");
    property_add_number(&outcome->parameters, &outcome->parameter_count, "quantum", 5);
    property_add_text(&outcome->parameters, &outcome->parameter_count, "phase", "any");
    outcome->has_starvation = outcome->can_starve = true;
    outcome->fairness = FAIRNESS_WEAK;
    outcome->wait_count = 2;
    outcome->waits = memory_new(2, sizeof *outcome->waits);
    outcome->waits[0] =
        (struct outcome_wait){.thread = memory_copy_string("T0"), .is_bounded = true, .steps = 12, .ticks = 1300};
    struct outcome_wait *starving = &outcome->waits[1];
    *starving = (struct outcome_wait){.thread = memory_copy_string("T1"),
                                      .starves = true,
                                      .stem_count = 4,
                                      .loop_count = 6,
                                      .trace = race_run(2, 10, "1x1 0x9")};
    schedule_append(&starving->schedule, &starving->trace->schedule, 0, 10);
    property_add_number(&starving->parameters, &starving->parameter_count, "quantum", 5);
    property_add_number(&starving->parameters, &starving->parameter_count, "phase", 3);
    return outcome;
}

struct trace *handmade_overlap(void)
{
    struct trace *trace = race_run(2, 1, "0x1 1x1");
    trace->end = TRACE_UNFINISHED;
    trace->overlap_text = memory_copy_string("T0 and T1 are inside the critical section");
    return trace;
}
