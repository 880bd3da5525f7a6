#include "report/step_text.h"

#include <inttypes.h>
#include <string.h>

void step_text_print_instruction(struct text *text, const struct trace_step *step)
{
    const char *before = !step->is_return ? "" : step->words != NULL ? "wakes from " : "returns from ";
    text_print(text, "%s%s", before, step->text);
}

/* "reads `value` = {0}"; writes of what the step has just read need no name. */
static void print_access(struct text *text, const struct trace *trace, const struct trace_step *step, size_t index)
{
    const struct trace_access *access = &step->accesses[index];
    const char *word = trace->words[access->word];
    if (!access->is_write)
        text_print(text, "reads `%s` = {%zu}", word, index);
    else if (index > 0 && !step->accesses[0].is_write && step->accesses[0].word == access->word)
        text_print(text, "writes {%zu}", index);
    else
        text_print(text, "writes {%zu} to `%s`", index, word);
}

static const char *comparison(const struct trace_step *step)
{
    return step->numbers[0] < step->numbers[1] ? "less" : step->numbers[0] > step->numbers[1] ? "greater" : "equal";
}

/* What an act is told as; the @ stands for its object, for where its thread goes on, or for how its numbers compare. */
static const char *const act_words[] = {
    [TRACE_ASSIGNS] = "",
    [TRACE_IDLES] = "does nothing",
    [TRACE_TAKES] = "takes a permit of `@` ({a} left)",
    [TRACE_GIVES] = "gives a permit to `@` ({a} there now)",
    [TRACE_PUTS] = "puts {a} into queue `@` ({b} in it now)",
    [TRACE_GETS] = "gets {a} from queue `@` ({b} left in it)",
    [TRACE_COMPARES] = "compares {a} with {b}: it is @",
    [TRACE_JUMPS] = "jumps to @",
    [TRACE_PASSES] = "does not jump, but goes on to @",
    [TRACE_CALLS] = "calls @",
    [TRACE_COMES_BACK] = "returns from the call to @",
    [TRACE_PUSHES] = "pushes onto its stack",
    [TRACE_POPS] = "pops from its stack",
    [TRACE_YIELDS] = "yields: another thread may have the processor",
    [TRACE_LEAVES] = "leaves for input or output",
    [TRACE_HALTS] = "halts",
    [TRACE_FAILS] = "fails: this is an error of the program, and nothing is changed",
    [TRACE_DIES] = "",
};

/* The same where the object is a mutex. */
static const char *const mutex_words[] = {[TRACE_TAKES] = "takes mutex `@`", [TRACE_GIVES] = "gives mutex `@` back"};

static void print_goal(struct text *text, const struct trace_step *step)
{
    if (step->next_line == 0)
        text_print(text, "the end");
    else
        text_print(text, "line %" PRIu32, step->next_line);
}

static void print_act(struct text *text, const struct trace *trace, const struct trace_step *step)
{
    if (step->words != NULL) {
        text_print(text, "%s", step->words);
        return;
    }
    bool is_exchange = step->act >= TRACE_TAKES && step->act <= TRACE_GETS;
    bool is_mutex = is_exchange && trace->objects[step->object].kind == TRACE_MUTEX;
    const char *words = (is_mutex ? mutex_words : act_words)[step->act], *mark = strchr(words, '@');
    text_append(text, words, strcspn(words, "@"));
    if (mark == NULL)
        return;
    if (is_exchange)
        text_print(text, "%s", trace->objects[step->object].name);
    else if (step->act == TRACE_COMPARES)
        text_print(text, "%s", comparison(step));
    else
        print_goal(text, step);
    text_print(text, "%s", mark + 1);
}

/* The parts of a step_text, joined by commas and an "and". */
struct parts {
    struct text *text;
    size_t count;
    size_t done;
};

static struct text *next_part(struct parts *self)
{
    bool is_last = self->done + 1 == self->count;
    text_print(self->text, "%s", self->done == 0 ? "" : is_last ? " and " : ", ");
    self->done++;
    return self->text;
}

static void print_accesses(struct parts *parts, const struct trace *trace, const struct trace_step *step, bool writes)
{
    for (size_t i = 0; i < step->access_count; i++)
        if (step->accesses[i].is_write == writes)
            print_access(next_part(parts), trace, step, i);
}

/* What is read, what is done with it, what is written. */
void step_text_print_pattern(struct text *text, const struct trace *trace, size_t index)
{
    const struct trace_step *step = &trace->steps[index];
    bool acts = step->act != TRACE_ASSIGNS || step->words != NULL || step->is_return,
         sets = step->register_name != NULL;
    struct parts parts = {text, step->access_count + acts + sets, 0};
    print_accesses(&parts, trace, step, false);
    if (step->is_return && step->words == NULL)
        text_print(next_part(&parts), "returns from input or output");
    else if (acts)
        print_act(next_part(&parts), trace, step);
    print_accesses(&parts, trace, step, true);
    if (sets)
        text_print(next_part(&parts), "sets `%%%s` to {r}", step->register_name);
    if (parts.count == 0)
        text_print(text, "changes neither a variable nor a register");
    else if (step->access_count > 1)
        text_print(text, ", in one step");
}

bool step_text_is_alike(const struct trace_step *a, const struct trace_step *b)
{
    bool same_goal = a->act < TRACE_JUMPS || a->act > TRACE_COMES_BACK || a->next_line == b->next_line;
    bool same_order = a->act != TRACE_COMPARES || comparison(a) == comparison(b);
    bool same_words = a->words == b->words || (a->words != NULL && b->words != NULL && strcmp(a->words, b->words) == 0);
    return same_words && a->act == b->act && a->object == b->object && same_goal && same_order &&
           a->is_return == b->is_return && a->is_flush == b->is_flush;
}

/* What is put into a queue, or comes out of it. */
static void print_item(struct text *text, const struct trace *trace, const struct trace_step *step)
{
    uint32_t first = 0;
    while (first < trace->object_count && trace->objects[first].kind != TRACE_QUEUE)
        first++;
    value_names_print(text, &trace->value_names, VALUE_NAMES_QUEUE + step->object - first, step->numbers[0]);
}

static bool moves_item(const struct trace_step *step)
{
    return step->act == TRACE_PUTS || step->act == TRACE_GETS;
}

static void print_filled(struct text *text, const struct trace *trace, const struct trace_step *step, char place)
{
    if (place == 'r')
        text_print(text, "%" PRId64, step->register_value);
    else if (place == 'a' && moves_item(step))
        print_item(text, trace, step);
    else if (place >= 'a')
        text_print(text, "%" PRId64, step->numbers[place - 'a']);
    else
        value_names_print(text, &trace->value_names, step->accesses[place - '0'].word,
                          step->accesses[place - '0'].value);
}

static bool is_place(const struct trace_step *step, const char *at)
{
    return at[0] == '{' && at[1] != '\0' && at[2] == '}' &&
           ((at[1] == 'r' && step->register_name != NULL) || at[1] == 'a' || at[1] == 'b' ||
            (at[1] >= '0' && (size_t)(at[1] - '0') < step->access_count));
}

void step_text_print(struct text *text, const struct trace *trace, size_t index)
{
    struct text pattern = TEXT_INIT;
    step_text_print_pattern(&pattern, trace, index);
    for (const char *at = text_string(&pattern); *at != '\0'; at++) {
        if (is_place(&trace->steps[index], at)) {
            print_filled(text, trace, &trace->steps[index], at[1]);
            at += 2;
        } else {
            text_append(text, at, 1);
        }
    }
    text_free(&pattern);
}

bool step_text_is_column(const struct trace *trace, uint32_t word)
{
    for (size_t p = 0; p < trace->observation.count; p++)
        if (trace->observation.places[p].thread == OBSERVED_WORD && trace->observation.places[p].number == word)
            return true;
    return false;
}

void step_text_print_action(struct text *text, const struct trace *trace, const struct trace_step *step, bool has_columns)
{
    size_t start = text->length;
    for (size_t i = 0; i < step->access_count; i++) {
        const struct trace_access *access = &step->accesses[i];
        if (!access->is_write || !has_columns || !step_text_is_column(trace, access->word)) {
            text_print(text, "%s%s %s: ", text->length > start ? ", " : "", access->is_write ? "stores" : "loads",
                       trace->words[access->word]);
            value_names_print(text, &trace->value_names, access->word, access->value);
        }
    }
    const char *object = step->object < trace->object_count ? trace->objects[step->object].name : "";
    if (step->act == TRACE_TAKES)
        text_print(text, "takes %s", object);
    else if (step->act == TRACE_GIVES)
        text_print(text, "gives %s back", object);
    else if (moves_item(step)) {
        text_print(text, "%s ", step->act == TRACE_PUTS ? "puts" : "gets");
        print_item(text, trace, step);
    }
    else if (step->act == TRACE_DIES)
        text_print(text, "%sends by an error", text->length > start ? ", " : "");
}
