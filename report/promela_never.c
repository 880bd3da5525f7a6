/* The never claims of a model for SPIN, which say what a schedule that violates a claim is like (Holzmann, The SPIN model checker, 2003).
 *
 * A schedule is strongly fair where each thread steps again and again, or may not step any more from some moment on. For each set of
 * threads there is a part of the automaton that goes round where all in the set step, one after the other, and no other one may. */
#include "report/promela_parts.h"

#include <inttypes.h>

static void print_base(struct promela *self, const struct text *base, uint64_t steppers)
{
    text_print(self->text, "%s", text_string(base));
    for (size_t t = 0; t < self->program->thread_count; t++)
        if ((steppers >> t & 1) == 0)
            text_print(self->text, " && !MAY(%zu)", t);
}

/* Goes round for ever where a condition holds in every state. */
static void print_round(struct promela *self, const struct text *base, uint64_t steppers)
{
    text_print(self->text, "fair_%" PRIu64 ":\naccept_%" PRIu64 ":\n    ", steppers, steppers);
    print_base(self, base, steppers);
    text_print(self->text, ";\n");
    for (size_t t = 0; t < self->program->thread_count; t++) {
        if ((steppers >> t & 1) == 0)
            continue;
        text_print(self->text, "    do\n    :: ");
        print_base(self, base, steppers);
        text_print(self->text, " && _last == %zu -> break\n    :: ", t);
        print_base(self, base, steppers);
        text_print(self->text, "\n    od;\n");
    }
    text_print(self->text, "    goto fair_%" PRIu64 ";\n", steppers);
}

/* The fair rounds, and the choice between them. */
static void print_strong_rounds(struct promela *self, const struct text *base)
{
    uint64_t sets = UINT64_C(1) << self->program->thread_count;
    text_print(self->text, "    if\n");
    for (uint64_t set = 0; set < sets; set++)
        text_print(self->text, "    :: %s -> goto fair_%" PRIu64 "\n", text_string(base), set);
    text_print(self->text, "    fi;\n");
    for (uint64_t set = 0; set < sets; set++)
        print_round(self, base, set);
}

/* From some moment on a condition holds for ever: at once, or behind something that happens. */
static void print_endless(struct promela *self, const char *begin, const struct text *base)
{
    bool is_strong = self->outcome->fairness == FAIRNESS_STRONG;
    if (*begin != '\0' || is_strong)
        text_print(self->text, "    do\n    :: true\n    :: %s -> break\n    od;\n",
                   *begin != '\0' ? begin : text_string(base));
    if (is_strong)
        print_strong_rounds(self, base);
    else
        text_print(self->text, "accept:\n    do\n    :: %s\n    od\n", text_string(base));
}

static void print_automaton(struct promela *self, const struct claim *claim)
{
    struct text condition = TEXT_INIT, response = TEXT_INIT, begin = TEXT_INIT, base = TEXT_INIT;
    if (claim->condition != NULL)
        promela_print_predicate(self, claim->condition, &condition);
    if (claim->response != NULL)
        promela_print_predicate(self, claim->response, &response);
    text_print(self->text, "never {\n");
    if (claim->kind == CLAIM_ALWAYS) {
        text_print(self->text, "    do\n    :: !%s -> break\n    :: else\n    od\n", text_string(&condition));
    } else if (claim->kind == CLAIM_TERMINATES) {
        text_print(&base, "finished < THREADS%s", self->outcome->can_fail ? " && !failed" : "");
        print_endless(self, "", &base);
    } else {
        text_print(&begin, "%s && !%s", text_string(&condition), text_string(&response));
        text_print(&base, "!%s", text_string(&response));
        print_endless(self, text_string(&begin), &base);
    }
    text_print(self->text, "}\n");
    text_free(&condition);
    text_free(&response);
    text_free(&begin);
    text_free(&base);
}

void promela_print_automata(struct promela *self)
{
    bool is_strong = self->goes_on && self->outcome->fairness == FAIRNESS_STRONG;
    if (is_strong)
        text_print(self->text,
                   "\n/* Whether a thread may step. */\n#define MAY(t) (%s(MAY_STEP(t) || needs[t] == AWAY))\n",
                   self->outcome->can_fail ? "!failed && " : "");
    for (size_t c = 0; c < self->outcome->claim_count; c++) {
        const struct claim *claim = &self->outcome->claims[c];
        if (claim->kind != CLAIM_ALWAYS && claim->kind != CLAIM_TERMINATES && claim->kind != CLAIM_LEADS_TO)
            continue;
        text_print(self->text, "\n/* ");
        promela_print_comment(self, claim->text, 0);
        text_print(self->text, ": what would violate it. */\n#ifdef CLAIM_%zu\n", c + 1);
        print_automaton(self, claim);
        text_print(self->text, "#endif\n");
    }
}
