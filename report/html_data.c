#include "report/html_data.h"

#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "program/instruction.h"
#include "report/proof.h"
#include "report/schedule_part.h"
#include "report/step_text.h"

#include <inttypes.h>
#include <string.h>

/* Of all schedules together; about 8 bytes each. */
enum { STEPS_MAX = 400000 };

/* A form, as one of its steps; and the form that followed it, in the same thread, when it was seen last. */
struct form {
    const struct trace *trace;
    size_t step;
    size_t follower;
};

struct forms {
    struct form *items;
    size_t count;
    size_t capacity;
};

/* The forms as JSON, and the schedules, which refer to them. */
struct data {
    FILE *stream;
    const struct outcome *outcome;
    struct forms forms;
};

/* ---- Forms ----------------------------------------------------------------------------------------------------- */

static bool same_name(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_form(const struct trace_step *a, const struct trace_step *b)
{
    bool same = a->line == b->line && a->access_count == b->access_count && step_text_is_alike(a, b) &&
                same_name(a->register_name, b->register_name) && same_name(a->text, b->text);
    for (size_t i = 0; i < a->access_count && same; i++)
        same = a->accesses[i].word == b->accesses[i].word && a->accesses[i].is_write == b->accesses[i].is_write;
    return same;
}

/* The form of a step, which is added where it is new. The expected one is looked at first. */
static size_t find_form(struct forms *self, const struct trace *trace, size_t step, size_t expected)
{
    const struct trace_step *wanted = &trace->steps[step];
    for (size_t i = 0; i <= self->count; i++) {
        size_t at = i == 0 ? expected : i - 1;
        if (at < self->count && same_form(&self->items[at].trace->steps[self->items[at].step], wanted))
            return at;
    }
    self->items = memory_grow(self->items, self->count, &self->capacity, sizeof *self->items);
    self->items[self->count] = (struct form){trace, step, self->count + 1};
    return self->count++;
}

/* What the script has to know of an act; the words tell the rest. */
static const char *act_word(enum trace_act act)
{
    static const char *const words[TRACE_DIES + 1] = {[TRACE_TAKES] = "takes",
                                                      [TRACE_GIVES] = "gives",
                                                      [TRACE_PUTS] = "puts",
                                                      [TRACE_GETS] = "gets",
                                                      [TRACE_COMPARES] = "compares"};
    return words[act] != NULL ? words[act] : "";
}

static void write_form(FILE *stream, const struct form *form)
{
    const struct trace_step *step = &form->trace->steps[form->step];
    struct text pattern = TEXT_INIT;
    step_text_print_pattern(&pattern, form->trace, form->step);
    json_text_print_for_page(stream, "[%" PRIu32 ",%s,%s,%s,%s,%" PRIu32, step->line, step->text,
                             step->register_name != NULL ? step->register_name : "", text_string(&pattern),
                             act_word(step->act), step->object);
    for (size_t i = 0; i < step->access_count; i++)
        fprintf(stream, ",[%" PRIu32 ",%d]", step->accesses[i].word, step->accesses[i].is_write);
    fputc(']', stream);
    text_free(&pattern);
}

static void write_forms(struct data *self)
{
    fputs(",\n\"forms\":[", self->stream);
    for (size_t i = 0; i < self->forms.count; i++) {
        fputs(i > 0 ? ",\n" : "", self->stream);
        write_form(self->stream, &self->forms.items[i]);
    }
    fputs("]", self->stream);
}

/* ---- Which there are --------------------------------------------------------------------------------------------- */

static size_t schedule_count(const struct outcome *outcome)
{
    return outcome->witness_count + (outcome->has_starvation ? outcome->wait_count : 0);
}

/* The trace of a witness, or of a thread that can wait for ever; or NULL. */
static const struct trace *trace_of(const struct outcome *outcome, size_t number)
{
    if (number < outcome->witness_count)
        return outcome->witnesses[number].trace;
    const struct outcome_wait *wait = &outcome->waits[number - outcome->witness_count];
    return wait->starves ? wait->trace : NULL;
}

bool html_data_has(const struct outcome *outcome, size_t number)
{
    size_t steps = 0;
    for (size_t n = 0; n <= number; n++)
        steps += trace_of(outcome, n) != NULL ? trace_of(outcome, n)->step_count : 0;
    return trace_of(outcome, number) != NULL && steps <= STEPS_MAX;
}

/* ---- Schedules ------------------------------------------------------------------------------------------------- */

static void write_runs(FILE *stream, const struct trace *trace)
{
    fputs("\"runs\":[", stream);
    for (size_t first = 0, step = 0; step < trace->step_count; first = step) {
        while (step < trace->step_count && trace->steps[step].thread == trace->steps[first].thread)
            step++;
        fprintf(stream, "%s%" PRIu32 ",%zu", first > 0 ? "," : "", trace->steps[first].thread, step - first);
    }
    fputs("]", stream);
}

/* Writes step and form where the form is not the expected one. */
static void write_jumps(struct data *self, const struct trace *trace)
{
    size_t *latest = memory_new(trace->thread_count, sizeof *latest);
    bool is_first = true;
    for (size_t t = 0; t < trace->thread_count; t++)
        latest[t] = SIZE_MAX;
    for (size_t i = 0; i < self->forms.count; i++)
        self->forms.items[i].follower = i + 1;
    fputs(",\"jumps\":[", self->stream);
    for (size_t s = 0; s < trace->step_count; s++) {
        size_t *before = &latest[trace->steps[s].thread];
        size_t expected = *before == SIZE_MAX ? 0 : self->forms.items[*before].follower;
        size_t form = find_form(&self->forms, trace, s, expected);
        if (form != expected) {
            fprintf(self->stream, "%s%zu,%zu", is_first ? "" : ",", s, form);
            is_first = false;
        }
        if (*before != SIZE_MAX)
            self->forms.items[*before].follower = form;
        *before = form;
    }
    fputs("]", self->stream);
    memory_free(latest);
}

static void write_number(FILE *stream, bool *is_first, int64_t number)
{
    fputs(*is_first ? "" : ",", stream);
    json_text_write_integer(stream, number);
    *is_first = false;
}

static void write_numbers(FILE *stream, const struct trace *trace)
{
    bool is_first = true;
    fputs(",\"numbers\":[", stream);
    for (size_t s = 0; s < trace->step_count; s++) {
        const struct trace_step *step = &trace->steps[s];
        if (step->register_name != NULL)
            write_number(stream, &is_first, step->register_value);
        for (size_t i = 0; i < step->access_count; i++)
            if (step->accesses[i].is_write)
                write_number(stream, &is_first, step->accesses[i].value);
        if (step->act == TRACE_PUTS || step->act == TRACE_COMPARES)
            write_number(stream, &is_first, step->numbers[0]);
        if (step->act == TRACE_COMPARES)
            write_number(stream, &is_first, step->numbers[1]);
    }
    fputs("]", stream);
}

/* Instructions that belong to the same step as the one before. */
static void write_inner(FILE *stream, const struct trace *trace)
{
    bool is_first = true;
    if (trace_length(trace) == trace->step_count)
        return;
    fputs(",\"inner\":[", stream);
    for (size_t s = 0; s < trace->step_count; s++)
        if (trace_goes_on(trace, s))
            write_number(stream, &is_first, (int64_t)s);
    fputs("]", stream);
}

static void write_preemptions(FILE *stream, const struct trace *trace)
{
    bool is_first = true;
    fputs(",\"preemptions\":[", stream);
    for (size_t s = 0; s < trace->step_count; s++)
        if (trace->steps[s].preemption)
            write_number(stream, &is_first, (int64_t)s);
    fputs("]", stream);
}

static void write_waits(FILE *stream, const struct trace *trace)
{
    fputs(",\"waits\":[", stream);
    for (size_t w = 0; w < trace->wait_count; w++) {
        const struct trace_wait *wait = &trace->waits[w];
        fprintf(stream, "%s%zu,%" PRIu32 ",%" PRId64, w > 0 ? "," : "", wait->after, wait->thread,
                wait->waits ? (int64_t)wait->object : -1);
    }
    fputs("]", stream);
}

/* Which steps print, and what. */
static void write_prints(FILE *stream, const struct trace *trace)
{
    size_t before = 0;
    if (trace->output == NULL)
        return;
    fputs(",\"prints\":[", stream);
    for (size_t s = 0; s < trace->step_count; s++) {
        struct text printed = TEXT_INIT;
        size_t after = trace->steps[s].printed;
        text_append(&printed, trace->output + before, after - before);
        if (after > before)
            json_text_print_for_page(stream, before > 0 ? ",%zu,%s" : "%zu,%s", s, text_string(&printed));
        before = after;
        text_free(&printed);
    }
    fputs("]", stream);
}

/* How often each event that is counted has happened: numbers of steps, each with the total behind it. */
static void write_counts(FILE *stream, const struct trace *trace)
{
    if (trace->event_count == 0)
        return;
    fputs(",\"counts\":{", stream);
    for (size_t p = trace->observation.count; p < trace_place_count(trace); p++) {
        const char *separator = "";
        int64_t total;
        json_text_print_for_page(stream, p > trace->observation.count ? ",%s:[" : "%s:[",
                                 trace->events[p - trace->observation.count]);
        for (size_t s = 0; s < trace->step_count; s++)
            if (trace_step_sets(trace, s, p, &total)) {
                fprintf(stream, "%s%zu,%" PRId64, separator, s, total);
                separator = ",";
            }
        fputc(']', stream);
    }
    fputc('}', stream);
}

/* Where each thread is when nothing more follows; the script knows it of those that have finished. */
static void write_stands(FILE *stream, const struct trace *trace)
{
    if (trace->stands == NULL)
        return;
    fputs(",\"stands\":[", stream);
    for (size_t t = 0; t < trace->thread_count; t++) {
        const struct trace_stand *stand = &trace->stands[t];
        fputs(t > 0 ? ",[" : "[", stream);
        if (stand->line > 0)
            json_text_print_for_page(stream, "%" PRIu32 ",%s", stand->line, stand->text);
        fputc(']', stream);
    }
    fputc(']', stream);
}

/* What let somebody in, by the numbers of steps. */
static void write_openings(FILE *stream, const struct trace *trace)
{
    size_t count = 0;
    for (size_t s = 0; s < trace->step_count; s++)
        if (trace->steps[s].opening != NULL)
            json_text_print_for_page(stream, count++ > 0 ? ",\"%zu\":%s" : ",\"openings\":{\"%zu\":%s", s,
                                     trace->steps[s].opening);
    if (count > 0)
        fputc('}', stream);
}

/* What is the same of a schedule that ends and of one in which a thread waits for ever. */
static void write_trace(struct data *self, const struct trace *trace)
{
    fputs("\n{", self->stream);
    write_runs(self->stream, trace);
    write_jumps(self, trace);
    write_numbers(self->stream, trace);
    write_preemptions(self->stream, trace);
    write_openings(self->stream, trace);
    write_prints(self->stream, trace);
    write_counts(self->stream, trace);
    write_waits(self->stream, trace);
    write_inner(self->stream, trace);
}

/* Where the part begins that follows again and again, in steps. */
static void write_words(struct data *self, struct text words[3], size_t stem, size_t loop)
{
    json_text_print_for_page(self->stream, ",\"title\":%s,\"length\":%s,\"end\":%s", text_string(&words[0]),
                             text_string(&words[1]), text_string(&words[2]));
    if (loop > 0)
        fprintf(self->stream, ",\"loop\":%zu", stem);
    for (size_t w = 0; w < 3; w++)
        text_free(&words[w]);
}

static void write_witness(struct data *self, const struct outcome_witness *witness)
{
    struct text words[3] = {TEXT_INIT, TEXT_INIT, TEXT_INIT};
    write_trace(self, witness->trace);
    schedule_part_print_title(&words[0], self->outcome, witness);
    schedule_part_print_length(&words[1], witness);
    if (witness->loop_count > 0)
        schedule_part_print_repetition(&words[2], witness->stem_count, witness->loop_count);
    else
        schedule_part_print_end(&words[2], witness->trace);
    write_words(self, words, witness->stem_count, witness->loop_count);
    if (witness->end == OUTCOME_VALUE) {
        fputs(",\"value\":", self->stream);
        json_text_write_integer(self->stream, witness->value);
    } else {
        write_stands(self->stream, witness->trace);
    }
    fputs("}", self->stream);
}

static void write_wait(struct data *self, const struct outcome_wait *wait)
{
    struct text words[3] = {TEXT_INIT, TEXT_INIT, TEXT_INIT};
    write_trace(self, wait->trace);
    schedule_part_print_lasso_title(&words[0], self->outcome, wait);
    schedule_part_print_rounds(&words[1], wait->stem_count, wait->loop_count);
    schedule_part_print_repetition(&words[2], wait->stem_count, wait->loop_count);
    write_words(self, words, wait->stem_count, wait->loop_count);
    write_stands(self->stream, wait->trace);
    fputs("}", self->stream);
}

/* Those of threads that wait for ever come behind the witnesses. */
static void write_witnesses(struct data *self)
{
    const struct outcome *outcome = self->outcome;
    fputs(",\n\"witnesses\":[", self->stream);
    for (size_t w = 0; w < schedule_count(outcome); w++) {
        fputs(w > 0 ? "," : "", self->stream);
        if (!html_data_has(outcome, w))
            fputs("null", self->stream);
        else if (w < outcome->witness_count)
            write_witness(self, &outcome->witnesses[w]);
        else
            write_wait(self, &outcome->waits[w - outcome->witness_count]);
    }
    fputs("]", self->stream);
}

/* ---- The element ----------------------------------------------------------------------------------------------- */

static void write_names(FILE *stream, const char *key, char *const *names, size_t count)
{
    fprintf(stream, "\"%s\":[", key);
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? "," : "", stream);
        json_text_write_string_for_page(stream, names[i]);
    }
    fputs("]", stream);
}

static void write_objects(FILE *stream, const struct trace *trace)
{
    static const char *const kinds[] = {
        [TRACE_MUTEX] = "mutex",         [TRACE_SEMAPHORE] = "semaphore", [TRACE_QUEUE] = "queue",
        [TRACE_CONDITION] = "condition", [TRACE_BARRIER] = "barrier",     [TRACE_EVENT] = "event",
        [TRACE_RWLOCK] = "rwlock",       [TRACE_THREAD] = "thread"};
    fputs("],\n\"objects\":[", stream);
    for (size_t o = 0; o < trace->object_count; o++) {
        const struct trace_object *object = &trace->objects[o];
        fputs(o > 0 ? "," : "", stream);
        json_text_print_for_page(stream, "[%s,%s,", kinds[object->kind], object->name);
        json_text_write_integer(stream, object->kind == TRACE_QUEUE ? (int64_t)object->capacity : object->first);
        fputc(']', stream);
    }
}

/* A word by its number, a register by its thread and name, the output by its name. */
static void write_observed(FILE *stream, const struct trace *trace)
{
    fputs(",\n\"observed\":[", stream);
    for (size_t p = 0; p < trace->observation.count; p++) {
        struct observation_place at = trace->observation.places[p];
        fputs(p > 0 ? "," : "", stream);
        if (trace_is_output(trace, p))
            fputs("\"output\"", stream);
        else if (trace_is_word(trace, p))
            fprintf(stream, "%" PRIu32, at.number);
        else
            json_text_print_for_page(stream, "[%" PRId32 ",%s]", at.thread,
                                     register_name((enum register_name)at.number));
    }
    fputs("]", stream);
}

/* What is the same in all schedules, for they are of one program. */
static void write_start(FILE *stream, const struct trace *trace)
{
    write_names(stream, "threads", trace->threads, trace->thread_count);
    fputs(",\n", stream);
    write_names(stream, "words", trace->words, trace->word_count);
    write_observed(stream, trace);
    fputs(",\n\"first\":[", stream);
    for (size_t w = 0; w < trace->word_count; w++) {
        fputs(w > 0 ? "," : "", stream);
        json_text_write_integer(stream, trace->first_words[w]);
    }
    fputs("],\n\"registers\":[", stream);
    for (size_t r = 0; r < trace->register_count; r++) {
        fputs(r > 0 ? "," : "", stream);
        json_text_print_for_page(stream, "[%" PRIu32 ",%s,", trace->registers[r].thread, trace->registers[r].name);
        json_text_write_integer(stream, trace->registers[r].first);
        fputc(']', stream);
    }
    write_objects(stream, trace);
    fputs("]", stream);
}

void html_data_write(FILE *stream, const struct outcome *outcome)
{
    const struct outcome_witness *witness = proof_first_witness(outcome);
    struct data self = {.stream = stream, .outcome = outcome};
    if (witness == NULL)
        return;
    fputs("<script type=\"application/json\" id=\"data\">{", stream);
    write_start(stream, witness->trace);
    write_witnesses(&self);
    write_forms(&self);
    fputs("}</script>\n", stream);
    memory_free(self.forms.items);
}
