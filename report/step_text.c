#include "report/step_text.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <string.h>

void step_text_print_name(struct text *text, const char *name)
{
    char *clean = utf8_line(name);
    for (char *at = strchr(clean, '`'); at != NULL; at = strchr(at, '`'))
        *at = '\'';
    text_print(text, "`%s`", clean);
    memory_free(clean);
}

/* "reads `value` = {0}"; writes of what the step has just read need no name. */
static void print_access(struct text *text, const struct trace *trace, const struct trace_step *step, size_t index)
{
    const struct trace_access *access = &step->accesses[index];
    if (!access->is_write) {
        text_print(text, "reads ");
        step_text_print_name(text, trace->words[access->word]);
        text_print(text, " = {%zu}", index);
    } else {
        text_print(text, "writes {%zu}", index);
        if (index > 0 && !step->accesses[0].is_write && step->accesses[0].word == access->word)
            return;
        text_print(text, " to ");
        step_text_print_name(text, trace->words[access->word]);
    }
}

static void print_register(struct text *text, const struct trace_step *step)
{
    struct text name = TEXT_INIT;
    text_print(&name, "%%%s", step->register_name);
    text_print(text, "sets ");
    step_text_print_name(text, text_string(&name));
    text_print(text, " to {r}");
    text_free(&name);
}

static void print_object(struct text *text, const struct trace *trace, const struct trace_step *step,
                         const char *before, const char *after)
{
    text_print(text, "%s", before);
    step_text_print_name(text, trace->objects[step->object].name);
    text_print(text, "%s", after);
}

static bool is_mutex(const struct trace *trace, const struct trace_step *step)
{
    return trace->objects[step->object].kind == TRACE_MUTEX;
}

static const char *comparison(const struct trace_step *step)
{
    return step->numbers[0] < step->numbers[1] ? "less" : step->numbers[0] > step->numbers[1] ? "greater" : "equal";
}

/* What instructions do that take, give, put and get. */
static void print_exchange(struct text *text, const struct trace *trace, const struct trace_step *step)
{
    if (step->act == TRACE_TAKES && is_mutex(trace, step))
        print_object(text, trace, step, "takes mutex ", "");
    else if (step->act == TRACE_GIVES && is_mutex(trace, step))
        print_object(text, trace, step, "gives mutex ", " back");
    else if (step->act == TRACE_TAKES)
        print_object(text, trace, step, "takes a permit of ", " ({a} left)");
    else if (step->act == TRACE_GIVES)
        print_object(text, trace, step, "gives a permit to ", " ({a} there now)");
    else if (step->act == TRACE_PUTS)
        print_object(text, trace, step, "puts {a} into queue ", " ({b} in it now)");
    else
        print_object(text, trace, step, "gets {a} from queue ", " ({b} left in it)");
}

static void print_goal(struct text *text, const char *verb, const struct trace_step *step)
{
    if (step->next_line == 0)
        text_print(text, "%s the end", verb);
    else
        text_print(text, "%s line %" PRIu32, verb, step->next_line);
}

static void print_act(struct text *text, const struct trace *trace, const struct trace_step *step)
{
    switch (step->act) {
    case TRACE_ASSIGNS:
        break;
    case TRACE_IDLES:
        text_print(text, "does nothing");
        break;
    case TRACE_TAKES:
    case TRACE_GIVES:
    case TRACE_PUTS:
    case TRACE_GETS:
        print_exchange(text, trace, step);
        break;
    case TRACE_COMPARES:
        text_print(text, "compares {a} with {b}: it is %s", comparison(step));
        break;
    case TRACE_JUMPS:
        print_goal(text, "jumps to", step);
        break;
    case TRACE_PASSES:
        print_goal(text, "does not jump, but goes on to", step);
        break;
    case TRACE_CALLS:
        print_goal(text, "calls", step);
        break;
    case TRACE_COMES_BACK:
        print_goal(text, "returns from the call to", step);
        break;
    case TRACE_PUSHES:
        text_print(text, "pushes onto its stack");
        break;
    case TRACE_POPS:
        text_print(text, "pops from its stack");
        break;
    case TRACE_YIELDS:
        text_print(text, "yields: another thread may have the processor");
        break;
    case TRACE_LEAVES:
        text_print(text, "leaves for input or output");
        break;
    case TRACE_HALTS:
        text_print(text, "halts");
        break;
    case TRACE_FAILS:
        text_print(text, "fails: this is an error of the program, and nothing is changed");
        break;
    }
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
    bool acts = step->act != TRACE_ASSIGNS || step->is_return, sets = step->register_name != NULL;
    struct parts parts = {text, step->access_count + acts + sets, 0};
    print_accesses(&parts, trace, step, false);
    if (step->is_return)
        text_print(next_part(&parts), "returns from input or output");
    else if (acts)
        print_act(next_part(&parts), trace, step);
    print_accesses(&parts, trace, step, true);
    if (sets)
        print_register(next_part(&parts), step);
    if (parts.count == 0)
        text_print(text, "changes neither a variable nor a register");
    else if (step->access_count > 1)
        text_print(text, ", in one step");
}

bool step_text_is_alike(const struct trace_step *a, const struct trace_step *b)
{
    bool same_goal = a->act < TRACE_JUMPS || a->act > TRACE_COMES_BACK || a->next_line == b->next_line;
    bool same_order = a->act != TRACE_COMPARES || comparison(a) == comparison(b);
    return a->act == b->act && a->object == b->object && same_goal && same_order && a->is_return == b->is_return;
}

static void print_filled(struct text *text, const struct trace_step *step, char place)
{
    if (place == 'r')
        text_print(text, "%" PRId64, step->register_value);
    else if (place >= 'a')
        text_print(text, "%" PRId64, step->numbers[place - 'a']);
    else
        text_print(text, "%" PRId64, step->accesses[place - '0'].value);
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
            print_filled(text, &trace->steps[index], at[1]);
            at += 2;
        } else {
            text_append(text, at, 1);
        }
    }
    text_free(&pattern);
}
