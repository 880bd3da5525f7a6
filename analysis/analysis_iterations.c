/* Answers by the proof for every number of repetitions. */
#include "analysis/all_iterations.h"
#include "analysis/analysis_parts.h"
#include "base/exact.h"
#include "base/fault.h"
#include "base/memory.h"
#include "schedulers/scheduler.h"
#include "trace/turns_replay.h"

#include <inttypes.h>

/* ---- Whether it applies ------------------------------------------------------------------------------------------------ */

/* Why there is no use in trying; NULL where there is. */
static const char *find_obstacle(const struct program *program, const struct analysis_options *options, uint32_t *word)
{
    if (options->scheduler != NULL && !scheduler_is_free(options->scheduler))
        return "the scheduler is not free";
    if (options->observation.count == 0 && program->declared_words > 0) {
        *word = 0;
        return NULL;
    }
    return observation_is_word(&options->observation, word) ? NULL : "what is observed is not one variable";
}

static bool has_loop(const struct program *program)
{
    bool has_one = false;
    for (size_t t = 0; t < program->thread_count; t++)
        has_one |= program_code(program, t)->loop.length > 0;
    return has_one;
}

void analysis_explain_iterations(const struct analysis *self, struct text *text)
{
    uint32_t word;
    if (self->options->no_slice || !has_loop(self->program))
        return;
    const char *obstacle = find_obstacle(self->program, self->options, &word);
    struct all_iterations *found = obstacle == NULL ? all_iterations_new(self->program, word) : NULL;
    const char *reason = found != NULL ? found->reason : obstacle;
    if (reason != NULL) {
        text_print(text, "For every number of repetitions nothing is proved: %s.\n", reason);
    } else {
        text_print(text, "Proved for every number of repetitions: ");
        all_iterations_print(text, found);
        text_print(text, ".\n");
        if (found->values_reason != NULL)
            text_print(text, "Of the values between them that is not proved: %s.\n", found->values_reason);
    }
    all_iterations_free(found);
}

/* ---- The answer ---------------------------------------------------------------------------------------------------------- */

/* A schedule that ends with an extreme, as the machine's instructions execute it; empty where none is told. */
static struct turns find_witness(const struct program *program, const struct all_iterations *found, uint32_t word,
                                 bool is_upper, int64_t value)
{
    struct turns turns = all_iterations_witness(found, is_upper, found->times);
    struct turns_end end;
    struct error error = ERROR_INIT;
    if (turns.count == 0)
        return turns;
    bool is_good = turns_replay(program, &turns, &end, &error) && end.is_finished && end.words[word] == value;
    turns_end_free(&end);
    if (!is_good)
        fault("a schedule that was found for every number of repetitions does not end with %" PRId64 ": %s", value,
              error.text);
    return turns;
}

static void fill(struct outcome *outcome, const struct all_iterations *found)
{
    outcome->complete = true;
    outcome->has_extremes = all_iterations_extreme(found, false, found->times, &outcome->least) &&
                            all_iterations_extreme(found, true, found->times, &outcome->greatest);
    outcome->has_values = found->has_values && found->times >= found->values_from;
    if (outcome->has_values)
        intervals_add(&outcome->values, outcome->least, outcome->greatest);
    outcome->sliced = true;
    outcome->is_proved = true;
    uint64_t repeated = found->of->repeated;
    outcome->depth = found->of->straight + repeated * found->times;
}

/* Whether each thread, if it ran alone, would count ITERS up. */
static bool is_counted(const struct program *program, const struct all_iterations *found, uint32_t word)
{
    bool counts = found->repeats_iters && program->thread_count > 1;
    for (size_t t = 0; t < program->thread_count && counts; t++) {
        const struct iterated_thread *thread = &found->of->threads[t];
        uint64_t length = thread->end - thread->first;
        struct turns turns = {0};
        struct turns_end end;
        struct error error = ERROR_INIT;
        turns_add(&turns, t, thread->count - length + length * found->times);
        counts = turns_replay(program, &turns, &end, &error) &&
                 end.words[word] - program->words[word] == (int64_t)found->times;
        turns_end_free(&end);
        turns_free(&turns);
    }
    return counts;
}

static void omit(const struct analysis_options *options, struct outcome *outcome)
{
    static const char reason[] = "the answer is one for every number of repetitions";
    if ((options->questions & (QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS)) != 0)
        outcome_omit(outcome, "counts, random, preemptions", reason, "");
    if (!outcome->has_values && (options->questions & QUESTION_VALUES) != 0)
        outcome_omit(outcome, "values",
                     outcome->iterations->values_reason != NULL ? outcome->iterations->values_reason : reason, "");
}

static bool refuse(struct error *error, const char *reason)
{
    return error_set(error, NULL, 0, 0, "nothing is proved for every number of repetitions: %s", reason);
}

/* Where a value may leave 64 bits, it is said up to where none does. */
static bool refuse_overflow(struct error *error, const struct all_iterations *found)
{
    struct text text = TEXT_INIT;
    text_print(&text,
               "with %s > %" PRIu64 " a value could leave 64 bits; up to there: ", all_iterations_parameter(found),
               found->most);
    all_iterations_print(&text, found);
    error_set(error, NULL, 0, 0, "%s", text_string(&text));
    text_free(&text);
    return false;
}

bool analysis_run_rolled(const struct program *program, const struct analysis_options *options, struct outcome *outcome,
                         struct error *error)
{
    uint32_t word;
    const char *obstacle =
        options->no_slice ? "--slice off asks for the search of all states" : find_obstacle(program, options, &word);
    if (obstacle != NULL)
        return refuse(error, obstacle);
    struct all_iterations *found = all_iterations_new(program, word);
    outcome->iterations = found;
    if (found->reason != NULL)
        return refuse(error, found->reason);
    if (found->times > found->most)
        return refuse_overflow(error, found);
    outcome->observation = options->observation;
    outcome->fairness = options->fairness;
    fill(outcome, found);
    if (options->witness != WITNESS_NONE) {
        outcome->least_turns = find_witness(program, found, word, false, outcome->least);
        if (outcome->greatest > outcome->least)
            outcome->greatest_turns = find_witness(program, found, word, true, outcome->greatest);
    }
    outcome->is_counted = is_counted(program, found, word);
    omit(options, outcome);
    if (options->explain) {
        struct text text = TEXT_INIT;
        text_print(&text,
                   "Proved for every number of repetitions, from folds of up to %" PRIu32 ": no state was stored.\n",
                   found->exact_most);
        outcome->explanation = text_take(&text);
    }
    claims_judge(outcome);
    claims_place_witnesses(outcome);
    outcome->seconds = budget_seconds(options->budget);
    return true;
}
