#include "report/parametric_text.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

const char *parametric_text_obstacle(const struct program *program, const struct all_iterations *proof)
{
    static const enum opcode known[] = {OPCODE_NOP, OPCODE_MOV, OPCODE_ADD, OPCODE_SUB, OPCODE_LOCK, OPCODE_UNLOCK};
    if (!proof->repeats_iters)
        return "the loops do not repeat ITERS times, or something else depends on ITERS";
    for (size_t c = 0; c < program->code_count; c++)
        for (uint32_t i = 0; i < program->codes[c].count; i++) {
            bool is_known = false;
            for (size_t k = 0; k < sizeof known / sizeof *known; k++)
                is_known |= program->codes[c].instructions[i].opcode == known[k];
            if (!is_known)
                return "the verifier knows only mov, add, sub, lock, unlock and nop in such a proof";
        }
    return NULL;
}

void parametric_text_print_claim(struct text *text, const struct all_iterations *proof, bool is_upper)
{
    const struct iteration_bound *bound = &proof->bounds[is_upper];
    text_print(text, "claim %s %s %" PRId64 " + %" PRId64 " ITERS for ITERS %" PRIu32 " .. %" PRIu64 "\n",
               proof->of->names[proof->of->observed], is_upper ? "<=" : ">=", bound->constant, bound->slope,
               bound->proved_from, proof->most);
}

static void print_witness(struct text *text, const struct iteration_bound *bound)
{
    text_print(text, "witness %" PRIu32 "\n", bound->base);
    for (size_t i = 0; i < bound->pumped.count; i++) {
        const struct turn *turn = &bound->pumped.items[i];
        text_print(text, "%s", i > 0 ? " " : "");
        if (turn->kind == TURN_STEPS)
            text_print(text, "%d*%" PRIu64, (int)turn->thread, turn->number);
        else
            text_print(text, turn->kind == TURN_OPEN ? "(" : ")");
    }
    text_print(text, "\n");
}

static void print_columns(struct text *text, const struct iterated *of)
{
    text_print(text, "columns");
    for (size_t t = 0; t < of->thread_count; t++)
        text_print(text, " at:%s", of->thread_names[t]);
    text_print(text, " |");
    for (size_t s = 0; s + 1 < of->slot_count; s++)
        text_print(text, " bound:%s", of->names[s]);
    text_print(text, " constant\n");
}

/* ---- Which states, and what of them ---------------------------------------------------------------------------------- */

static bool *find_reached(const struct tracks *tracks)
{
    bool *reached = memory_new((size_t)tracks->states, sizeof *reached);
    uint64_t *stack = memory_new((size_t)tracks->states, sizeof *stack), count = 0;
    stack[count++] = tracks_start(tracks, 0);
    reached[stack[0]] = true;
    while (count > 0) {
        uint64_t state = stack[--count];
        for (size_t t = 0; t < tracks->of->thread_count; t++) {
            const struct track_node *node = tracks_node(tracks, state, t);
            for (unsigned n = 0; n < 2 && node->next[n] != TRACK_NONE && tracks_may_step(tracks, state, t); n++) {
                uint64_t to = tracks_next(tracks, state, t, n);
                if (!reached[to])
                    stack[count++] = to;
                reached[to] = true;
            }
        }
    }
    memory_free(stack);
    return reached;
}

/* Whether a slot of a state flows into what is observed by a step of a thread. */
static bool flows_on(const struct tracks *tracks, const bool *live, uint64_t state, size_t thread, uint32_t slot)
{
    const struct track_node *node = tracks_node(tracks, state, thread);
    if (!tracks_may_step(tracks, state, thread))
        return false;
    const struct iterated_step *step = &tracks->of->threads[thread].steps[node->position];
    bool flows = false;
    for (size_t e = 0; e < step->entry_count; e++)
        for (unsigned n = 0; n < 2 && node->next[n] != TRACK_NONE && step->entries[e].slot == slot; n++)
            flows |= live[tracks_next(tracks, state, thread, n) * tracks->of->slot_count + step->entries[e].image];
    return flows;
}

/* The pairs of a state and a slot that flow into what is observed, as new. States are in an order in which few lead to later ones. */
static bool *find_live(const struct tracks *tracks)
{
    size_t slots = tracks->of->slot_count;
    bool *live = memory_new((size_t)tracks->states * slots, sizeof *live), is_new = true;
    live[tracks->of->observed] = true;
    while (is_new) {
        is_new = false;
        for (uint64_t pair = slots; pair < tracks->states * slots; pair++)
            for (size_t t = 0; t < tracks->of->thread_count && !live[pair]; t++)
                is_new |= live[pair] = flows_on(tracks, live, pair / slots, t, (uint32_t)(pair % slots));
    }
    return live;
}

/* "3.1 6.0 | 0 - *": the positions, with the rounds that are left; and of each slot the potential, or that nothing flows from there, or that
 * nothing that begins in the potential's slot comes there. */
static void print_state(struct text *text, const struct tracks *tracks, const struct potential *potential,
                        const bool *live, uint64_t state)
{
    const struct iterated *of = tracks->of;
    for (size_t t = 0; t < of->thread_count; t++) {
        const struct track_node *node = tracks_node(tracks, state, t);
        bool has_loop = of->threads[t].end > of->threads[t].first;
        text_print(text, "%s%" PRIu32 ".%" PRIu32, t > 0 ? " " : "", node->position, has_loop ? node->rounds : 0);
    }
    text_print(text, " |");
    for (size_t s = 0; s < of->slot_count; s++) {
        int64_t value = potential != NULL ? potential_at(potential, tracks, state, s) : POTENTIAL_NONE;
        if (value != POTENTIAL_NONE)
            text_print(text, " %" PRId64, value);
        else
            text_print(text, live[state * of->slot_count + s] ? " *" : " -");
    }
    text_print(text, "\n");
}

static void print_potential(struct text *text, const struct tracks *tracks, const struct iteration_bound *bound,
                            uint32_t slot, const bool *reached, const bool *live)
{
    const struct iterated *of = tracks->of;
    const struct potential *potential = bound->has_potential[slot] ? &bound->potentials[slot] : NULL;
    uint64_t count = 0, start = tracks_start(tracks, 0);
    text_print(text, "potential %s", of->names[slot]);
    for (size_t t = 0; t < of->thread_count; t++)
        text_print(text, " %" PRId64, potential != NULL ? potential->slopes[t] : t == 0 ? bound->slope : 0);
    for (uint64_t state = 0; state < tracks->states; state++)
        count += reached[state];
    text_print(text, "\nstates %" PRIu64 "\n", count);
    print_state(text, tracks, potential, live, start);
    for (uint64_t state = 0; state < tracks->states; state++)
        if (reached[state] && state != start)
            print_state(text, tracks, potential, live, state);
}

void parametric_text_print(struct text *text, const struct all_iterations *proof, bool is_upper)
{
    const struct iteration_bound *bound = &proof->bounds[is_upper];
    const struct tracks *tracks = &proof->tracks[bound->threshold];
    bool *reached = find_reached(tracks), *live = find_live(tracks);
    print_witness(text, bound);
    text_print(text, "threshold %" PRIu32 "\n", bound->threshold);
    print_columns(text, proof->of);
    for (uint32_t slot = 0; slot < proof->of->slot_count; slot++)
        print_potential(text, tracks, bound, slot, reached, live);
    memory_free(reached);
    memory_free(live);
}
