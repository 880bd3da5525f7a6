/* Drawings for Graphviz. */
#include "base/memory.h"
#include "base/output.h"
#include "base/text.h"
#include "report/dot.h"
#include "tests/support/handmade.h"
#include "tests/support/race.h"
#include "tests/support/unit.h"

#include <cgraph.h>
#include <stdlib.h>
#include <string.h>

static void test_drawn_overlap(void)
{
    struct trace *trace = handmade_overlap();
    Agraph_t *graph = handmade_drawing(trace, "title");
    CU_ASSERT_TRUE(unit_says(agget(agnode(graph, (char[]){"end"}, 0), (char[]){"label"}), "T0 and T1 are inside"));
    agclose(graph);
    trace_free(trace);
}

/* The number of edges between two nodes that have a label. */
static int labelled_edges(Agraph_t *graph, const char *from, const char *to)
{
    Agnode_t *tail = agnode(graph, (char *)(uintptr_t)from, 0), *head = agnode(graph, (char *)(uintptr_t)to, 0);
    int count = 0;
    for (Agedge_t *edge = tail != NULL ? agfstout(graph, tail) : NULL; edge != NULL; edge = agnxtout(graph, edge))
        count += aghead(edge) == head && agget(edge, (char[]){"label"})[0] == ' ' &&
                 strcmp(agget(edge, (char[]){"style"}), "solid") == 0;
    return count;
}

static void test_drawing(void)
{
    struct trace *trace = race_run(2, 1, "0x1 1x3 0x2");
    Agraph_t *graph = handmade_drawing(trace, "title");
    /* Six steps, a head and a foot a thread, the value at the start and at the end. */
    CU_ASSERT_EQUAL(agnnodes(graph), 6 + 2 + 2 + 2);
    CU_ASSERT_EQUAL(labelled_edges(graph, "start0", "step1"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "start0", "step2"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step4", "step5"), 0);
    agclose(graph);
    trace_free(trace);
    trace = race_run(2, 2, "0x6 1x6");
    graph = handmade_drawing(trace, "title");
    CU_ASSERT_EQUAL(labelled_edges(graph, "start0", "step1"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step3", "step4"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step6", "step7"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step9", "step10"), 1);
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"step3"}, 0), (char[]){"penwidth"}), "3");
    agclose(graph);
    trace_free(trace);
}

static void test_drawing_of_long_schedules(void)
{
    struct trace *trace = race_run(2, 100, "0x1 1x297 0x2 1x1 0x297 1x2");
    Agraph_t *graph = handmade_drawing(trace, "title");
    CU_ASSERT_EQUAL(agnnodes(graph), 8 + 2 + 2 + 2);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step300", "step301"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step300", "step302"), 1);
    CU_ASSERT_TRUE(unit_says(agget(graph, (char[]){"label"}), "are folded"));
    agclose(graph);
    trace_free(trace);
    struct race race = race_new(2, 100, 600);
    for (uint32_t step = 0; step < 600; step++)
        race_step(&race, step % 2);
    graph = handmade_drawing(race.trace, "title");
    CU_ASSERT_EQUAL(agnnodes(graph), 140 + 1 + 2 + 2 + 2);
    CU_ASSERT_TRUE(unit_says(agget(graph, (char[]){"label"}), "is left out"));
    agclose(graph);
    trace_free(race.trace);
}

/* Quotes, backslashes, newlines and broken UTF-8 in names must not break the drawing. */
static void test_drawing_of_odd_names(void)
{
    struct trace *trace = race_run(2, 1, "0x1 1x1");
    trace->end = TRACE_DEADLOCKED;
    trace->end_text = memory_copy_string("T0 \"waits\" for\nmutex \\");
    memory_free(trace->threads[0]);
    trace->threads[0] = memory_copy_string("a\\");
    memory_free(trace->threads[1]);
    trace->threads[1] = memory_copy_string("<b>\xff\"");
    Agraph_t *graph = handmade_drawing(trace, "ends in a backslash \\");
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"head0"}, 0), (char[]){"label"}), "a\\\\");
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"head1"}, 0), (char[]){"label"}), "<b>\xef\xbf\xbd\"");
    CU_ASSERT_TRUE(unit_says(agget(agnode(graph, (char[]){"end"}, 0), (char[]){"label"}), "mutex \\\\"));
    agclose(graph);
    trace_free(trace);
}

static void test_state_graph(void)
{
    struct stategraph_node nodes[] = {{(char[]){"value=0\nT0: \\"}, STATE_INNER, 0},
                                      {(char[]){"end"}, STATE_FINAL, 1},
                                      {(char[]){"stuck"}, STATE_DEADLOCK, 1},
                                      {(char[]){"broken"}, STATE_FAILURE, 1}};
    struct stategraph_edge edges[] = {{0, 1, 0, (char[]){"T0: a"}},
                                      {0, 1, 1, (char[]){"T1: b"}},
                                      {0, 2, 0, (char[]){"T0"}},
                                      {0, 3, 0, (char[]){"T0"}}};
    struct stategraph states = {nodes, 4, edges, 4, false};
    struct outcome *outcome = handmade_outcome("unlocked", 2, 1);
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    CU_ASSERT_TRUE(dot_write_stategraph(stream, &states, outcome));
    fclose(stream);
    Agraph_t *graph = agmemread(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
    CU_ASSERT_EQUAL(agnnodes(graph), 4);
    CU_ASSERT_EQUAL(agnedges(graph), 4);
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"state1"}, 0), (char[]){"shape"}), "ellipse");
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"state2"}, 0), (char[]){"shape"}), "octagon");
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"state3"}, 0), (char[]){"shape"}), "hexagon");
    agclose(graph);
    memory_free(bytes);
    outcome_free(outcome);
}

static void test_drawing_on_a_full_disk(void)
{
    struct trace *trace = race_run(2, 10, race_turns_to_2);
    struct error error = ERROR_INIT;
    struct output *output = output_open("/dev/full", &error);
    bool is_written = dot_write_trace(output_stream(output), trace, "title");
    CU_ASSERT_FALSE(is_written && output_commit(output, &error));
    if (!is_written)
        output_discard(output);
    trace_free(trace);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"properties: a drawing of an overlap", test_drawn_overlap},
        {"drawings: nodes and reads-from edges", test_drawing},
        {"drawings: long schedules are folded", test_drawing_of_long_schedules},
        {"drawings: odd names", test_drawing_of_odd_names},
        {"drawings: a state graph", test_state_graph},
        {"drawings: a full disk", test_drawing_on_a_full_disk},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dot", tests);
}
