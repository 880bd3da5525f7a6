#include "report/markdown_report.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "report/deadlock_report.h"
#include "report/markdown_text.h"
#include "report/mermaid.h"
#include "report/provenance_text.h"
#include "report/runs.h"
#include "report/step_text.h"
#include "report/stints.h"

#include <inttypes.h>

enum {
    FULL_STEPS_MAX = 300, /* of a schedule that is not folded */
    ROWS_MAX = 400,       /* of a table; of more the middle is left out */
    ROWS_SHOWN_EACH_END = 100,
    SCHEDULE_TURNS = 24, /* of a schedule on one line */
    PICTURE_THREADS_MAX = 12
};

struct markdown_report {
    FILE *stream;
    const struct proof *proof;
    const struct outcome *outcome;
    const struct outcome_witness *witness;
};

static void heading(const struct markdown_report *self, const char *title)
{
    fputs("\n## ", self->stream);
    markdown_text_write_prose(self->stream, title);
    fputs("\n\n", self->stream);
}

/* Writes a sentence and frees it. */
static void put_prose(const struct markdown_report *self, struct text *sentence, const char *end)
{
    markdown_text_write_prose(self->stream, text_string(sentence));
    fputs(end, self->stream);
    text_free(sentence);
}

/* Writes facts as paragraphs and frees them. */
static void put_paragraphs(const struct markdown_report *self, struct facts facts, const char *mark)
{
    for (size_t i = 0; i < facts.count; i++) {
        fputs(mark, self->stream);
        markdown_text_write_prose(self->stream, facts.items[i].words);
        fprintf(self->stream, "\n%s\n", i + 1 < facts.count ? mark : "");
    }
    facts_free(&facts);
}

/* Writes facts as a list and frees them. */
static void put_list(const struct markdown_report *self, struct facts facts)
{
    for (size_t i = 0; i < facts.count; i++) {
        fputs("- **", self->stream);
        markdown_text_write(self->stream, facts.items[i].label);
        fputs(":** ", self->stream);
        markdown_text_write_prose(self->stream, facts.items[i].words);
        fputc('\n', self->stream);
    }
    facts_free(&facts);
}

/* Whether of so many rows this one is where the middle is left out; then *row becomes the first one behind it. */
static bool leaves_out(size_t *row, size_t count)
{
    if (count <= ROWS_MAX || *row != ROWS_SHOWN_EACH_END)
        return false;
    *row = count - ROWS_SHOWN_EACH_END;
    return true;
}

/* ---- Statement ------------------------------------------------------------------------------------------------- */

static void write_header(const struct markdown_report *self)
{
    const struct proof *proof = self->proof;
    struct text title = TEXT_INIT;
    proof_print_title(&title, proof);
    fputs("# ", self->stream);
    markdown_text_write(self->stream, text_string(&title));
    fputc('\n', self->stream);
    text_free(&title);
    if (proof->author == NULL && proof->date == NULL)
        return;
    /* Behind a word of ours nothing can begin a list or a heading. */
    fputs(proof->author != NULL ? "\nBy " : "\nDate: ", self->stream);
    markdown_text_write(self->stream, proof->author != NULL ? proof->author : "");
    fputs(proof->author != NULL && proof->date != NULL ? ", " : "", self->stream);
    markdown_text_write(self->stream, proof->date != NULL ? proof->date : "");
    fputc('\n', self->stream);
}

static void write_statement(const struct markdown_report *self)
{
    heading(self, "Statement");
    put_paragraphs(self, proof_claims(self->outcome), "> ");
    if (proof_has_claim(self->outcome))
        fputs(
            proof_is_attained(self->outcome)
                ? "The proof has two halves. A schedule that leaves the least value shows that it can happen. Covering all "
                  "schedules shows that nothing less can.\n\n"
                : "The proof has two halves, of which this report has one: covering all schedules shows that nothing less "
                  "can happen. The other one, a schedule that leaves the least value, was not computed; that there is one "
                  "rests on the search alone.\n\n",
            self->stream);
    put_list(self, proof_setting(self->outcome));
    put_list(self, proof_findings(self->outcome));
    if (self->outcome->omission_count > 0)
        fputc('\n', self->stream);
    put_paragraphs(self, proof_omissions(self->outcome), "");
    heading(self, "Program");
    markdown_text_write_block(self->stream, self->outcome->text != NULL ? self->outcome->text : "");
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

static void write_cell(const struct markdown_report *self, char *text)
{
    fprintf(self->stream, " %s |", text);
    memory_free(text);
}

static void write_value_row(const struct markdown_report *self, const struct outcome_row *row)
{
    const struct outcome *outcome = self->outcome;
    const struct outcome_witness *witness = proof_witness(outcome, OUTCOME_VALUE, row->value);
    fprintf(self->stream, "| %" PRId64 " |", row->value);
    if (outcome->has_counts) {
        write_cell(self, number_column(row->schedules, number_columns(outcome->schedules)));
        write_cell(self, number_share(row->schedules, outcome->schedules));
    }
    if (outcome->has_random)
        write_cell(self, number_probability(row->random, outcome->random_error));
    if (outcome->has_preemptions)
        fprintf(self->stream, " %" PRIu32 " |", row->preemptions);
    if (self->witness != NULL) {
        struct text schedule = TEXT_INIT;
        struct stints turns = witness != NULL ? stints_make(witness->trace, SIZE_MAX) : (struct stints){0};
        if (witness != NULL)
            stints_print_schedule(&schedule, &turns, witness->trace, SCHEDULE_TURNS);
        fputc(' ', self->stream);
        put_prose(self, &schedule, " |");
        stints_free(&turns);
    }
    fputc('\n', self->stream);
}

static void write_values(const struct markdown_report *self)
{
    const struct outcome *outcome = self->outcome;
    heading(self, "Final values");
    if (outcome->row_count == 0) {
        struct text words = TEXT_INIT;
        proof_print_unlisted(&words, outcome);
        put_prose(self, &words, "\n");
        return;
    }
    fprintf(self->stream, "| Value |%s%s%s%s\n| ---: |%s%s%s%s\n", outcome->has_counts ? " Schedules | Share |" : "",
            outcome->has_random ? " Random scheduler |" : "", outcome->has_preemptions ? " Fewest preemptions |" : "",
            self->witness != NULL ? " A schedule: threads, and their steps |" : "",
            outcome->has_counts ? " ---: | ---: |" : "", outcome->has_random ? " ---: |" : "",
            outcome->has_preemptions ? " ---: |" : "", self->witness != NULL ? " --- |" : "");
    for (size_t r = 0; r < outcome->row_count; r++) {
        if (leaves_out(&r, outcome->row_count))
            fprintf(self->stream, "| ... |\n");
        write_value_row(self, &outcome->rows[r]);
    }
    if (outcome->has_random)
        fputs("\nRandom scheduler: at every step each thread that may step is equally likely.\n", self->stream);
}

/* ---- Upper bound ----------------------------------------------------------------------------------------------- */

static void write_step(const struct markdown_report *self, const struct run *run)
{
    const struct trace *trace = self->witness->trace;
    const struct trace_step *step = &trace->steps[run->first];
    struct text step_text = TEXT_INIT;
    fprintf(self->stream, "| %zu | ", run->first + 1);
    markdown_text_write_code(self->stream, trace->threads[step->thread]);
    fputs(step->preemption ? " (preemption) | " : " | ", self->stream);
    markdown_text_write_code(self->stream, step->text);
    fputs(" | ", self->stream);
    step_text_print(&step_text, trace, run->first);
    put_prose(self, &step_text, " | ");
}

static void write_rounds(const struct markdown_report *self, const struct run *run)
{
    const struct trace *trace = self->witness->trace;
    uint32_t first, last;
    run_lines(run, trace, &first, &last);
    fprintf(self->stream, "| %zu to %zu | ", run->first + 1, run->first + run->count);
    markdown_text_write_code(self->stream, trace->threads[trace->steps[run->first].thread]);
    fprintf(self->stream, "%s | lines %" PRIu32 " to %" PRIu32 " | %zu rounds | ",
            trace->steps[run->first].preemption ? " (preemption)" : "", first, last, run->rounds);
}

static void write_row(const struct markdown_report *self, const struct run *run)
{
    const struct trace *trace = self->witness->trace;
    if (run->count > 1)
        write_rounds(self, run);
    else
        write_step(self, run);
    if (run_writes(run, trace))
        fprintf(self->stream, "%" PRId64 " \xe2\x86\x92 **%" PRId64 "** |\n", run_before(run, trace),
                run_after(run, trace));
    else
        fprintf(self->stream, "%" PRId64 " |\n", run_after(run, trace));
}

static void write_steps(const struct markdown_report *self)
{
    const struct trace *trace = self->witness->trace;
    struct runs runs = runs_make(trace, trace->step_count > FULL_STEPS_MAX, SIZE_MAX);
    fputs("| Step | Thread | Instruction | What it did | ", self->stream);
    markdown_text_write_code(self->stream, trace->observe);
    fputs(" |\n| ---: | --- | --- | --- | ---: |\n", self->stream);
    for (size_t i = 0; i < runs.count; i++) {
        if (leaves_out(&i, runs.count))
            fputs("| ... |\n", self->stream);
        write_row(self, &runs.items[i]);
    }
    runs_free(&runs);
}

static void write_chain(const struct markdown_report *self)
{
    const struct trace *trace = self->witness->trace;
    struct chain chain = chain_make(trace);
    struct text words = TEXT_INIT;
    fputs("\n### Where the value comes from\n\n", self->stream);
    provenance_text_print(&words, trace, &chain);
    put_prose(self, &words, "\n\n");
    for (size_t i = 0; i < chain.count; i++) {
        if (leaves_out(&i, chain.count))
            fputs("\n...\n\n", self->stream);
        fprintf(self->stream, "%zu. ", i + 1);
        provenance_text_print_link(&words, trace, &chain, i);
        put_prose(self, &words, "\n");
    }
    chain_free(&chain);
}

static void write_standoff(const struct markdown_report *self, const struct trace *trace)
{
    struct deadlock_report deadlock_report = deadlock_report_make(trace);
    fputs("\n### The steps that decide the deadlock\n\n", self->stream);
    for (size_t i = 0; i < deadlock_report.count; i++) {
        struct text words = TEXT_INIT;
        if (deadlock_report.items[i].step == SIZE_MAX)
            fputs("- ", self->stream);
        else
            fprintf(self->stream, "- Step %zu: ", deadlock_report.items[i].step + 1);
        deadlock_report_print(&words, &deadlock_report, trace, i);
        put_prose(self, &words, "\n");
    }
    deadlock_report_free(&deadlock_report);
}

/* A deadlock is told even where the report is about another schedule. */
static void write_deadlock(const struct markdown_report *self)
{
    const struct outcome_witness *witness = proof_witness(self->outcome, OUTCOME_DEADLOCK, 0);
    if (witness == NULL || !deadlock_report_exists(witness->trace))
        return;
    if (witness != self->witness) {
        struct text schedule = TEXT_INIT, words = TEXT_INIT;
        struct stints turns = stints_make(witness->trace, SIZE_MAX);
        proof_print_witness(&words, self->outcome, witness);
        fputs("\n## ", self->stream);
        put_prose(self, &words, "\n\n");
        stints_print_schedule(&schedule, &turns, witness->trace, SCHEDULE_TURNS);
        put_prose(self, &schedule, ".\n\n");
        proof_print_end(&words, witness->trace);
        put_prose(self, &words, "\n");
        stints_free(&turns);
    }
    write_standoff(self, witness->trace);
}

static void write_upper(const struct markdown_report *self)
{
    struct text words = TEXT_INIT;
    fputs("\n## ", self->stream);
    proof_print_witness(&words, self->outcome, self->witness);
    put_prose(self, &words, "\n\n");
    proof_print_witness_length(&words, self->witness);
    put_prose(self, &words, ".\n\n");
    write_steps(self);
    fputc('\n', self->stream);
    proof_print_end(&words, self->witness->trace);
    put_prose(self, &words, "\n");
    if (self->witness->end == OUTCOME_VALUE)
        write_chain(self);
    if (self->witness->trace->thread_count > PICTURE_THREADS_MAX)
        return;
    fputs("\n### The schedule as a picture\n\n```mermaid\n", self->stream);
    mermaid_write(self->stream, self->witness->trace);
    fputs("```\n", self->stream);
}

/* ---- Lower bound ----------------------------------------------------------------------------------------------- */

static void write_equation(const struct markdown_report *self)
{
    struct text words = TEXT_INIT;
    fputs("\nSum over the values = number of all schedules:\n\n", self->stream);
    proof_print_sum(&words, self->outcome, proof_terms(self->outcome));
    put_prose(self, &words, " = **");
    proof_print_all(&words, self->outcome);
    put_prose(self, &words, "**\n\n");
    proof_print_equation_note(&words, self->outcome);
    put_prose(self, &words, "\n");
}

static void write_certificates(const struct markdown_report *self)
{
    const struct proof *proof = self->proof;
    if (proof->certificate_count == 0 && proof->certificate_command == NULL) {
        fputs("\nThere is no certificate: no final value is claimed.\n", self->stream);
    } else if (proof->certificate_count == 0) {
        fputs("\nNo certificate was written with this report. This writes one:\n\n", self->stream);
        markdown_text_write_block(self->stream, proof->certificate_command);
    }
    for (size_t i = 0; i < proof->certificate_count; i++) {
        fputs("\nCertificate ", self->stream);
        markdown_text_write_code(self->stream, proof->certificates[i].file);
        fputs(", SHA-256 ", self->stream);
        markdown_text_write_code(self->stream, proof->certificates[i].sha256);
        fputs("; `racecheck-verify` checks it.\n", self->stream);
    }
}

static void write_lower(const struct markdown_report *self)
{
    heading(self, proof_search_title(self->outcome));
    put_list(self, proof_coverage(self->outcome));
    if (proof_has_equation(self->outcome))
        write_equation(self);
    write_certificates(self);
    heading(self, "Assumptions");
    put_list(self, proof_assumptions(self->outcome));
    heading(self, "Do it again");
    markdown_text_write_block(self->stream, self->proof->command);
    fputs("\nWith racecheck ", self->stream);
    markdown_text_write(self->stream, self->proof->version);
    fputs(".\n", self->stream);
}

void markdown_report_write(FILE *stream, const struct proof *proof)
{
    struct markdown_report self = {.stream = stream, .proof = proof, .outcome = proof->outcome};
    self.witness = proof_first_witness(proof->outcome);
    write_header(&self);
    write_statement(&self);
    write_values(&self);
    if (self.witness != NULL)
        write_upper(&self);
    write_deadlock(&self);
    write_lower(&self);
}
