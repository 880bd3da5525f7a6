/* How often others enter critical sections while a thread waits for one, in a model for SPIN: counted behind each step, as the claim
 * `bypass` means it. The thread waits from where it first does something for it, or cannot go on, until it is inside. */
#include "report/promela_process.h"

#include <inttypes.h>

static void print_first(struct promela *self, size_t claim)
{
    size_t thread = self->outcome->claims[claim].thread;
    bool is_outside = self->outside[self->program->threads[thread].code][0];
    bool is_there = is_outside && !self->program->threads[thread].is_later;
    text_print(self->text, "#ifdef CLAIM_%zu\nbool is_outside = %d; /* of all critical sections, with one ahead */\n",
               claim + 1, is_outside);
    text_print(self->text,
               "int overtaken = %d;   /* 0: does not wait; else 1 + how often others have come in */\n#endif\n",
               is_there && (self->ready >> thread & 1) == 0);
}

void promela_print_watch(struct promela *self)
{
    if (!self->watches)
        return;
    text_print(self->text, "\n");
    for (size_t c = 0; c < self->outcome->claim_count; c++)
        if (self->outcome->claims[c].kind == CLAIM_BYPASS)
            print_first(self, c);
    text_print(
        self->text,
        "\n/* A thread has stepped: whether it has come into a critical section; whether it is outside now; and whether that"
        " was for\n * coming in. */\ninline watch(t, enters, outside, asks)\n{\n#ifdef WATCHED\n    if\n"
        "    :: t == WATCHED ->\n        if\n        :: !(outside) -> overtaken = 0\n"
        "        :: (outside) && overtaken == 0 -> overtaken = (is_outside && asks)\n        :: else\n        fi;\n"
        "        is_outside = outside\n    :: else -> overtaken = (overtaken > 0 -> overtaken + enters : 0)\n    fi;\n"
        "    if\n    :: overtaken == 0 && is_outside%s && !READY(WATCHED) && !IS_AWAY(WATCHED) -> overtaken = 1\n"
        "    :: else\n    fi;\n    assert(overtaken <= 1 + ENTRIES)\n#else\n    skip\n#endif\n}\n",
        self->has_later ? " && begun[WATCHED]" : "");
}

static uint64_t sections_at(const struct promela_process *self, uint32_t index)
{
    return index < self->code->count ? self->code->instructions[index].sections : 0;
}

void promela_print_watching(struct promela_process *self, uint32_t next, bool is_away)
{
    const struct promela *promela = self->promela;
    if (!promela->watches)
        return;
    bool enters = (sections_at(self, next) & ~sections_at(self, self->index)) != 0;
    bool is_outside = !is_away && promela->outside[self->code - promela->program->codes][next];
    text_print(promela_next_statement(self), "watch(_pid, %d, %d, %d)", enters, is_outside,
               !act_leads_out(micro_kinds[self->kind].act));
}
