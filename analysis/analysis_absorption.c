/* The random scheduler where the state space has cycles: an absorbing Markov chain over states with all their values. */
#include "analysis/absorption.h"
#include "analysis/analysis_parts.h"
#include "base/fault.h"

/* The chain is not looked at where it has more states than this, unless somebody insists. */
enum { CHAIN_STATES_MAX = 1000000 };

static void check_sum(const struct outcome *outcome)
{
    mpq_t sum;
    mpq_init(sum);
    mpq_add(sum, outcome->random_deadlocked, outcome->random_failed);
    mpq_add(sum, sum, outcome->random_endless);
    for (size_t r = 0; r < outcome->row_count; r++)
        mpq_add(sum, sum, outcome->rows[r].random);
    double difference = mpq_get_d(sum) - 1, allowed = outcome->random_error * (double)(outcome->row_count + 3);
    if (difference > allowed || -difference > allowed)
        fault("the probabilities do not add up to 1");
    mpq_clear(sum);
}

static void adopt(struct outcome *outcome, const struct absorption *absorption)
{
    for (size_t v = 0; v < absorption->value_count; v++)
        mpq_set(analysis_row(outcome, absorption->values[v].value)->random, absorption->values[v].probability);
    mpq_set(outcome->random_deadlocked, absorption->deadlocked);
    mpq_set(outcome->random_failed, absorption->failed);
    mpq_set(outcome->random_endless, absorption->endless);
    outcome->random_error = absorption->error;
    outcome->has_random = true;
    check_sum(outcome);
}

static void absorb(struct analysis *self, const struct graph *graph)
{
    struct absorption absorption;
    if (absorption_find(&absorption, graph, self->options->budget))
        adopt(self->outcome, &absorption);
    else
        analysis_give_up(self, QUESTION_RANDOM, "random");
    absorption_free(&absorption);
}

/* The limit of states is the chain's own; other limits are the analysis's. */
static void give_up(struct analysis *self, const struct budget *budget)
{
    if (budget->limit == BUDGET_STATES && self->options->budget->max_states != budget->max_states) {
        analysis_omit_if_wanted(self, QUESTION_RANDOM, "random",
                                "the chain of states with all values has more than a million states",
                                "--compute random");
        return;
    }
    self->options->budget->limit = budget->limit;
    analysis_give_up(self, QUESTION_RANDOM, "random");
}

static void absorb_all_values(struct analysis *self)
{
    struct whole_space whole;
    uint64_t most = analysis_insists(self, QUESTION_RANDOM) ? 0 : CHAIN_STATES_MAX;
    if (analysis_open_whole(self, most, true, &whole) == PREPARED_SPACE_READY)
        absorb(self, whole.prepared.graph);
    else
        give_up(self, &whole.budget);
    analysis_close_whole(&whole);
}

void analysis_find_absorption(struct analysis *self)
{
    if (self->slice->data[self->slice->observed])
        absorb_all_values(self);
    else
        absorb(self, self->main.graph);
}
