#include "report/fence_section.h"

#include "analysis/fences.h"
#include "report/prose.h"

enum { SETS_MAX = 20 }; /* that are told; JSON has all */

static void print_claims(struct text *words, const struct outcome *outcome)
{
    text_print(words, "%s", outcome->claim_count == 1 ? "the claim" : "the claims");
}

static void print_found(struct text *words, const struct outcome *outcome)
{
    const struct fences *fences = outcome->fences;
    if (fences->fewest == 0) {
        text_print(words, "none is needed: ");
        print_claims(words, outcome);
        text_print(words, outcome->claim_count == 1 ? " holds" : " hold");
        return;
    }
    text_print(words, "%zu restore%s ", fences->fewest, fences->fewest == 1 ? "s" : "");
    print_claims(words, outcome);
    text_print(words, ", and no fewer do: %zu way%s", fences->set_count, fences->set_count == 1 ? "" : "s");
}

static void print_verdict(struct text *words, const struct outcome *outcome)
{
    const struct fences *fences = outcome->fences;
    switch (fences->verdict) {
    case FENCES_FOUND:
        print_found(words, outcome);
        break;
    case FENCES_SC:
        text_print(words, "no fence can restore %s under sc, too",
                   outcome->claim_count == 1 ? "it: it is violated" : "them: they are violated");
        break;
    case FENCES_ELSEWHERE:
        text_print(words, "no fences between stores and later loads restore %s under sc",
                   outcome->claim_count == 1 ? "the claim, which holds" : "the claims, which hold");
        break;
    case FENCES_UNKNOWN:
        text_print(words, "not found out: %s", fences->gap);
        break;
    }
}

/* "behind line 10 of first (mov $1, turn) and before line 12 of second (mov wants[0], %bx)" */
static void print_set(struct text *words, const struct fences *fences, const size_t *set)
{
    for (size_t i = 0; i < fences->fewest; i++) {
        const struct fence_spot *spot = &fences->spots[set[i]];
        text_print(words, "%s%s line %u of %s (",
                   i == 0                    ? ""
                   : i + 1 == fences->fewest ? " and "
                                             : ", ",
                   spot->is_before ? "before" : "behind", spot->line, spot->threads);
        prose_print_code(words, spot->instruction);
        text_print(words, ")");
    }
}

void fence_section_add(struct content *content, const struct outcome *outcome)
{
    const struct fences *fences = outcome->fences;
    if (fences == NULL)
        return;
    print_verdict(content_fact(content, STYLE_PLAIN, "fences"), outcome);
    for (size_t s = 0; s < fences->set_count && s < SETS_MAX && fences->fewest > 0; s++)
        print_set(content_fact(content, STYLE_PLAIN, s == 0 ? "with mfence" : "or"), fences,
                  fences->sets + s * fences->fewest);
    if (fences->set_count > SETS_MAX)
        text_print(content_fact(content, STYLE_PLAIN, "or"), "%zu more (--json has all)", fences->set_count - SETS_MAX);
}
