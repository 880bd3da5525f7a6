/* starvation: whether a thread can be kept waiting for ever while others go on, and if not, how long.
 *
 * What it waits for, and which steps end the wait, is said in analysis/waiting.h. A thread *starves* in a schedule
 * that never ends if from some point on it waits, no step ends that wait, and other threads step again and again. (A
 * thread that spins alone, for something that a finished thread has left behind, is not kept waiting by others: such
 * a schedule is endless, but nobody starves. Nor does anybody in a deadlock, where nobody goes on.)
 *
 * Which endless schedules count is a matter of *fairness*; the terms are those of Manna and Pnueli (The Temporal Logic
 * of Reactive and Concurrent Systems, 1992: justice and compassion) and of Lamport (The temporal logic of actions,
 * 1994: weak and strong fairness), for threads:
 *
 * - none: all of them;
 * - weak: those in which a thread that from some point on may always step does step, again and again;
 * - strong: those in which a thread that may step again and again does step, again and again.
 *
 * "May step" is what machine and scheduler together allow: a thread that waits for a mutex may not step, nor may one
 * while another thread's quantum lasts. So the question is whether a scheduler of this kind, which is fair besides, can
 * starve anybody. A signal need never arrive, and a sleeper need never wake up without one: that it could lets nobody step
 * in this sense.
 *
 * A thread starves if and only if some part of its waiting states is strongly connected by steps that leave it
 * waiting, some other thread steps there, and whoever goes round all of it for ever is fair. Without fairness and
 * with the weak one it is enough to look at the components, since a larger part only fulfils more. With the strong
 * one, states in which a thread may step that never steps in the component are removed, and what remains is
 * decomposed again, until nothing more is to be removed (Emerson and Lei, Modalities for model checking, 1987; the
 * emptiness of Streett automata, for which Henzinger and Telle, 1996, have faster algorithms). */
#pragma once

#include "analysis/lasso.h"

/* What there is to say about one thread. */
struct starvation {
    bool starves;
    struct lasso lasso; /* where it starves: in the component that is reached first */
    bool is_bounded;    /* where it does not: it cannot even wait longer than any number of steps of others */
    uint64_t steps;     /* where it is bounded: the longest wait, in steps of the others */
    uint64_t ticks;     /* likewise in ticks of the others, not always the same wait; their steps of 0 ticks, and
                              their returns from input or output, are steps all the same */
};

/* Bytes that starvation_judge() needs for each state of the graph. */
enum { STARVATION_STATE_BYTES = 128 };

/* Judges a thread, in a complete graph. Freed with starvation_free(). A wait that ends with the whole schedule, in a
 * deadlock or an error of the program, counts up to there. */
void starvation_judge(struct starvation *self, const struct graph *graph, size_t thread,
                      enum outcome_fairness fairness);
void starvation_free(struct starvation *self);

/* Whether a schedule can go round for ever, fairly, in some states of a complete graph alone (a flag each). The loop is in the
 * component that is reached first: by the least number of its states, or the least of what `order` gives each. Sets *entry, where the
 * loop begins, and ties the lasso, whose stem is the first way there of all; lasso may be NULL. */
bool starvation_find_loop(const struct graph *graph, const bool *states, const uint32_t *order,
                          enum outcome_fairness fairness, struct lasso *lasso, uint32_t *entry);
