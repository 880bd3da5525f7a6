/* What is proved for every number of repetitions (analysis/all_iterations.h), as a part of a result. */
#include "analysis/all_iterations.h"
#include "base/text.h"
#include "report/json_parts.h"

/* constant + slope * K, for every K from `from` on. */
static void write_formula(struct json_writer *self, const char *key, const struct iteration_bound *bound)
{
    json_open_flat(self, key, '{');
    json_put_integer(self, "constant", bound->constant);
    json_put_integer(self, "slope", bound->slope);
    json_put_count(self, "from", bound->from);
    json_close(self, '}');
}

static void write_turns(struct json_writer *self, const char *key, const struct turns *turns)
{
    struct text text = TEXT_INIT;
    if (turns->count == 0) {
        json_put_null(self, key);
        return;
    }
    turns_print(&text, turns, NULL);
    json_put_string(self, key, text_string(&text));
    text_free(&text);
}

void json_put_iterations(struct json_writer *self, const struct outcome *outcome)
{
    const struct all_iterations *proof = outcome->iterations;
    if (!json_open_if(self, outcome->is_proved, json_open, "every_iters", '{'))
        return;
    json_put_string(self, "parameter", all_iterations_parameter(proof));
    write_formula(self, "minimum", &proof->bounds[0]);
    write_formula(self, "maximum", &proof->bounds[1]);
    json_put_count_or_null(self, "values_from", proof->has_values, proof->values_from);
    json_put_count(self, "up_to", proof->most);
    write_turns(self, "least_schedule", &outcome->least_turns);
    write_turns(self, "greatest_schedule",
                outcome->least == outcome->greatest ? &outcome->least_turns : &outcome->greatest_turns);
    json_close(self, '}');
}
