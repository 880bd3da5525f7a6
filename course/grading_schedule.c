/* grading_schedule: schedules, replayed (course/grading.h). */
#include "base/memory.h"
#include "course/grading_parts.h"
#include "program/program.h"
#include "report/phrase.h"
#include "trace/chain.h"
#include "trace/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { STATE_WORDS_MAX = 16 };

static struct trace *replay(struct grading *self, const struct schedule *schedule, struct error *error)
{
    struct trace *trace =
        replay_run(self->exercise.program, self->exercise.scheduler, self->exercise.word, schedule, error);
    if (trace != NULL)
        trace->observation = self->exercise.observation;
    return trace;
}

/* ---- The state that a step met --------------------------------------------------------------------------------- */

/* Appends "x = 1, y = 0": the shared words after a trace. */
static void print_words(const struct trace *trace, struct text *text)
{
    for (uint32_t w = 0; w < trace->word_count && w < STATE_WORDS_MAX; w++)
        text_print(text, "%s%s = %" PRId64, w > 0 ? ", " : "", trace->words[w], trace_final_word(trace, w));
    if (trace->word_count > STATE_WORDS_MAX)
        text_print(text, ", ...");
}

static int64_t register_after(const struct trace *trace, const struct trace_register *which)
{
    for (size_t s = trace->step_count; s-- > 0;)
        if (trace->steps[s].thread == which->thread && trace->steps[s].register_name != NULL &&
            strcmp(trace->steps[s].register_name, which->name) == 0)
            return trace->steps[s].register_value;
    return which->first;
}

/* Appends " (%ax = 1)": the registers of a thread that its code names. */
static void print_registers(const struct trace *trace, uint32_t thread, struct text *text)
{
    bool is_first = true;
    for (size_t r = 0; r < trace->register_count; r++) {
        if (trace->registers[r].thread != thread)
            continue;
        text_print(text, "%s%%%s = %" PRId64, is_first ? " (" : ", ", trace->registers[r].name,
                   register_after(trace, &trace->registers[r]));
        is_first = false;
    }
    if (!is_first)
        text_print(text, ")");
}

/* What a refusal says after "step 3: thread 0 (T0) ", up to the list of those who could have stepped. */
static void print_refusal(const char *refusal, struct text *text)
{
    const char *start = strstr(refusal, ") ");
    start = start != NULL ? start + 2 : refusal;
    const char *end = strchr(start, ';');
    text_append(text, start, end != NULL ? (size_t)(end - start) : strlen(start));
}

/* Appends a line for a thread: what it could do next, or why it could not. It is found out by letting it try. */
static void print_thread(struct grading *self, const struct trace *before, struct schedule *schedule, uint32_t thread,
                         struct text *text)
{
    struct error error = ERROR_INIT;
    text_print(text, "\n  %s: ", before->threads[thread]);
    schedule_add(schedule, action_by(ACTION_STEP, thread));
    struct trace *after = replay(self, schedule, &error);
    schedule->count--;
    const struct trace_step *last =
        after != NULL ? &after->steps[trace_find_step(after, trace_length(after) - 1)] : NULL;
    if (last != NULL)
        text_print(text, "could do '%s', line %u", last->text, last->line);
    else
        print_refusal(error.text, text);
    print_registers(before, thread, text);
    trace_free(after);
}

/* Appends what the state was after the first so many steps, behind some words, and what each thread could do there. */
static void print_state(struct grading *self, size_t count, const char *words, struct text *text)
{
    struct error error = ERROR_INIT;
    const struct schedule *all = &self->answer->schedule;
    struct schedule schedule = {0};
    schedule_append(&schedule, all, 0, schedule_first_step(all) + count);
    struct trace *before = replay(self, &schedule, &error);
    if (before != NULL) {
        text_print(text, "\n%s: ", words);
        print_words(before, text);
        for (uint32_t t = 0; t < before->thread_count; t++)
            print_thread(self, before, &schedule, t, text);
    }
    trace_free(before);
    schedule_free(&schedule);
}

/* ---- The rows -------------------------------------------------------------------------------------------------- */

/* The replayer's words about a step that cannot be taken, with the thread's name alone; what the others could have done is
 * told below. */
static void print_blame(const struct grading *self, size_t step, const char *words, struct text *text)
{
    const struct schedule *schedule = &self->answer->schedule;
    uint32_t thread = schedule->actions[schedule_first_step(schedule) + step - 1].thread;
    if (thread < self->exercise.program->thread_count) {
        text_print(text, "step %zu: %s ", step, self->exercise.program->threads[thread].name);
        print_refusal(words, text);
    } else {
        text_print(text, "%s", words);
    }
}

static void blame_step(struct grading *self, const struct error *error)
{
    struct text text = TEXT_INIT;
    size_t step;
    if (sscanf(error->text, "step %zu:", &step) == 1 && step > 0) {
        print_blame(self, step, error->text, &text);
        print_state(self, step - 1, "before that step", &text);
    } else {
        text_print(&text, "%s", error->text);
    }
    grading_settle(self, ROW_LEGAL, &text);
}

/* Where a schedule stops short: who has not finished, and what comes next. */
static void blame_end(struct grading *self, const struct trace *trace)
{
    struct text text = TEXT_INIT;
    if (trace->end == TRACE_FAILED)
        text_print(&text, "the last step is an error of the program: %s", trace->end_text);
    else if (trace->end == TRACE_DEADLOCKED)
        text_print(&text, "after %zu step%s nobody can go on: %s", trace_length(trace),
                   trace_length(trace) == 1 ? "" : "s", trace->end_text);
    else
        text_print(&text, "after %zu step%s not all threads have finished", trace_length(trace),
                   trace_length(trace) == 1 ? "" : "s");
    if (trace->end != TRACE_FAILED)
        print_state(self, trace_length(trace), "at the end", &text);
    grading_settle(self, ROW_FINISHED, &text);
}

/* Replays the schedule as far as it goes. Returns the trace as new where it is legal and all threads have finished. */
static struct trace *judge_schedule(struct grading *self)
{
    struct error error = ERROR_INIT;
    if (!grading_has_line(self, ANSWER_SCHEDULE)) {
        grade_set(self->grade, ROW_LEGAL, VERDICT_FAILED, "there is no schedule");
        return NULL;
    }
    struct trace *trace = replay(self, &self->answer->schedule, &error);
    if (trace == NULL) {
        blame_step(self, &error);
        return NULL;
    }
    grade_set(self->grade, ROW_LEGAL, VERDICT_PASSED, NULL);
    if (trace->end == TRACE_FINISHED) {
        grade_set(self->grade, ROW_FINISHED, VERDICT_PASSED, NULL);
        return trace;
    }
    blame_end(self, trace);
    trace_free(trace);
    return NULL;
}

static bool ends_with(const struct trace *trace, const struct observed_end *end)
{
    for (size_t p = 0; p < trace->observation.count; p++)
        if (!trace_is_output(trace, p) ? trace_final(trace, p) != end->numbers[p]
                                       : strcmp(trace->output != NULL ? trace->output : "", end->output) != 0)
            return false;
    return true;
}

/* Returns whether the schedule ends so. */
static bool judge_end(struct grading *self, const struct trace *trace, const struct observed_end *end)
{
    struct text text = TEXT_INIT;
    bool is_so = ends_with(trace, end);
    if (!is_so) {
        text_print(&text, "the schedule ends with ");
        phrase_print_finals(&text, trace);
        if (self->key->end != NULL)
            text_print(&text, ", not with %s", self->key->end);
        else
            text_print(&text, ", not %" PRId64, end->numbers[0]);
        grading_reveal(self, &self->exercise, WITNESS_VALUE, end, &text);
    }
    grading_settle(self, ROW_REACHES, &text);
    return is_so;
}

/* ---- Witness --------------------------------------------------------------------------------------------------- */

static void judge_preemptions(struct grading *self, const struct trace *trace)
{
    static const struct key_question question = {.questions = QUESTION_VALUES | QUESTION_PREEMPTIONS};
    struct text text = TEXT_INIT;
    char *reason;
    if (!grade_asks(self->grade, ROW_FEWEST))
        return;
    struct outcome *outcome = grading_analyse(self, &self->exercise, question, &reason);
    int64_t value;
    bool is_found = outcome != NULL && outcome_find_end(outcome, &self->asked, &value);
    const struct outcome_row *row = is_found ? outcome_row(outcome, value) : NULL;
    if (row != NULL && trace->preemptions > row->preemptions) {
        text_print(&text, "the schedule has %" PRIu64 " preemptions; ", trace->preemptions);
        text_print(&text, self->wishes->reveal ? "%u would do" : "there is one with fewer", row->preemptions);
    }
    if (row != NULL)
        grading_settle(self, ROW_FEWEST, &text);
    else
        grade_set(self->grade, ROW_FEWEST, VERDICT_OPEN, "the fewest preemptions could not be found out: %s",
                  reason != NULL ? reason : "the value was not found");
    outcome_free(outcome);
    memory_free(reason);
}

void grading_witness(struct grading *self)
{
    struct trace *trace = judge_schedule(self);
    if (trace != NULL && judge_end(self, trace, &self->asked))
        judge_preemptions(self, trace);
    trace_free(trace);
}

/* ---- Minimum --------------------------------------------------------------------------------------------------- */

static void judge_minimum(struct grading *self)
{
    int64_t claimed = self->answer->value;
    struct text text = TEXT_INIT;
    if (!grading_has_line(self, ANSWER_VALUE)) {
        grade_set(self->grade, ROW_VALUE, VERDICT_FAILED, "there is no value");
        return;
    }
    struct outcome *outcome = grading_analyse_exercise(self, QUESTION_EXTREMES);
    if (outcome == NULL)
        return;
    if (claimed < outcome->least)
        text_print(&text, "no schedule ends with %s = %" PRId64 " or less", self->key->observe, claimed);
    else if (claimed > outcome->least)
        text_print(&text, "there are schedules that end with less than %" PRId64, claimed);
    if (claimed != outcome->least && self->wishes->reveal)
        text_print(&text, "; the least is %s = %" PRId64, self->key->observe, outcome->least);
    if (claimed != outcome->least)
        grading_reveal_value(self, &self->exercise, outcome->least, &text);
    grading_settle(self, ROW_VALUE, &text);
    outcome_free(outcome);
}

/* Appends what is wrong with the link of the chain at a position, which is not that of the schedule. */
static void blame_link(struct grading *self, const struct trace *trace, const struct chain *chain, size_t position,
                       struct text *text)
{
    size_t store = chain->links[position].store;
    text_print(text, "store %zu of the chain that is given is another one in this schedule", position + 1);
    if (self->wishes->reveal)
        text_print(text, ": store %zu of %s, step %zu", chain_ordinal(chain, trace, store),
                   trace->threads[trace->steps[store].thread], trace->steps[store].number);
}

static void judge_chain(struct grading *self, const struct trace *trace)
{
    const struct answer *answer = self->answer;
    struct text text = TEXT_INIT;
    size_t same = 0;
    struct chain chain = chain_make(trace, trace->observed_word);
    while (same < chain.count && same < answer->link_count &&
           trace->steps[chain.links[same].store].thread == answer->chain[same].thread &&
           chain_ordinal(&chain, trace, chain.links[same].store) == answer->chain[same].store)
        same++;
    if (!grading_has_line(self, ANSWER_CHAIN))
        text_print(&text, "there is no chain");
    else if (chain.count != answer->link_count)
        text_print(&text, "the chain of this schedule has %zu store%s, and the one that is given has %zu", chain.count,
                   chain.count == 1 ? "" : "s", answer->link_count);
    else if (same < chain.count)
        blame_link(self, trace, &chain, same, &text);
    grading_settle(self, ROW_CHAIN, &text);
    chain_free(&chain);
}

void grading_minimum(struct grading *self)
{
    judge_minimum(self);
    struct trace *trace = self->grade->state == GRADE_GRADED ? judge_schedule(self) : NULL;
    if (trace == NULL)
        return;
    if (!grading_has_line(self, ANSWER_VALUE))
        grade_set(self->grade, ROW_REACHES, VERDICT_FAILED, "there is no value that the schedule could be for");
    else
        (void)judge_end(self, trace, &(struct observed_end){.numbers = {self->answer->value}, .count = 1});
    judge_chain(self, trace);
    /* A schedule and a chain for a value that is not the least are worth no more than any schedule: the threads, one after
     * another, would do. */
    if (grade_verdict(self->grade, ROW_VALUE) != VERDICT_PASSED) {
        grading_withdraw(self, ROW_REACHES, "the value is right");
        grading_withdraw(self, ROW_CHAIN, "the value is right");
    }
    trace_free(trace);
}
