/* control_graph: the control states of a program, and how data moves between them.
 *
 * The states of a guarded machine, whose data is not in them, with all steps that are possible for some data: a step is a *guarded
 * command*, conditions on the data before it, and simultaneous moves. Equal commands are kept once. The graph may have states that no
 * data ever comes to. It is what a search by cells (space/cells.h) runs over, cell by cell.
 *
 * States have numbers in the order in which they were found; steps lie in the order of the states that they leave. With symmetry states
 * are canonical, and a step is told of the leader of a group alone, although the data of the others may differ.
 *
 * Strongly connected components come in *layers*: all steps that leave a component lead to a later layer. */
#pragma once

#include "space/macrostep.h"
#include "space/stateset.h"

/* A comparison of data that can turn out in one way, or in one of two that lead to the same: bit 1 + the sign of left + addend - right. */
struct condition_on_data {
    location_id left, right; /* LOCATION_NONE is worth 0 */
    int64_t addend;
    uint8_t signs;
};

/* What must hold of data, and how it moves; and where each thread stands afterwards, which symmetry may have moved. */
struct command {
    uint32_t first_guard, first_move;
    uint16_t guard_count, move_count;
    uint8_t place[SYSTEM_THREADS_MAX]; /* of each thread, in the state behind the step */
};

struct control_step {
    uint32_t source;
    uint32_t target;  /* STATESET_NONE: an error of the program */
    uint32_t command; /* its number */
    uint8_t thread;   /* who steps; the leader of a group */
    uint8_t failing;  /* whose step fails, and which instruction, and how */
    enum failure failure;
    uint32_t index;
};

enum control_end { CONTROL_GOES_ON, CONTROL_FINAL, CONTROL_DEADLOCK };

struct control_state {
    uint16_t choices; /* how many things can happen, whatever the data is */
    uint8_t end;      /* enum control_end */
    bool overlaps;    /* threads are inside a critical section together */
};

struct control_graph {
    struct system *system;
    struct stateset states;
    struct control_state *about; /* one a state */
    uint64_t *first_step;        /* where the steps of a state begin; one more at the end */
    struct control_step *steps;
    size_t step_count;
    struct command *commands;
    size_t command_count;
    struct condition_on_data *guards;
    struct move *moves;
    size_t start_count;       /* the first states come first */
    uint64_t greatest_addend; /* of a step */
    uint32_t longest;         /* instructions of a step, at most */
    bool is_cyclic;           /* some step leads back to its component */

    /* In layers. */
    uint64_t *first_entry; /* where the steps that lead to a state begin in entries; one more at the end */
    uint32_t *entries;     /* numbers of steps */
    uint32_t *component;   /* of a state, from 0, in the order of the layers */
    uint32_t *members;     /* states, component by component */
    uint32_t *first_member;
    uint32_t component_count;
    uint32_t *first_component; /* where the components of a layer begin; one more at the end */
    uint32_t layer_count;

    size_t state_capacity, first_capacity, step_capacity, command_capacity, guard_capacity, move_capacity;
    size_t guard_count, move_count;
    uint32_t *table; /* finds equal commands */
    size_t table_size;
};

enum control_graph_result {
    CONTROL_GRAPH_COMPLETE,
    CONTROL_GRAPH_UNSAYABLE, /* how data moves, or is compared, cannot be said; or errors end threads alone */
    CONTROL_GRAPH_LARGE,     /* there are more states than were allowed */
    CONTROL_GRAPH_LIMIT      /* the budget is exceeded */
};

/* Explores the control states of a guarded machine under a scheduler, up to so many; where a value does not fit, the machine is
 * widened. The machine and the scheduler are borrowed until control_graph_free(), which is to be called whatever the result. */
enum control_graph_result control_graph_explore(struct control_graph *self, struct machine *machine,
                                                const struct scheduler *scheduler, const struct system_options *options,
                                                size_t max_states, struct budget *budget);
void control_graph_free(struct control_graph *self);
