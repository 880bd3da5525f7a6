#include "analysis/stategraph.h"
#include "schedulers/scheduler.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

static struct stategraph *draw(const char *text, unsigned threads)
{
    struct program *program = subject_program(text, threads, 1);
    struct budget budget = {0};
    budget_start(&budget);
    struct stategraph *graph = stategraph_new(program, scheduler_free_choice(), 0, &budget);
    program_free(program);
    return graph;
}

static size_t count_kind(const struct stategraph *graph, enum stategraph_kind kind)
{
    size_t count = 0;
    for (size_t n = 0; n < graph->node_count; n++)
        count += graph->nodes[n].kind == kind;
    return count;
}

/* Edges lead from node to node, one level on at most; every node but the start is led to. */
static void check_edges(const struct stategraph *graph)
{
    unsigned wrong = 0;
    for (size_t e = 0; e < graph->edge_count; e++) {
        const struct stategraph_edge *edge = &graph->edges[e];
        bool good = edge->from < graph->node_count && edge->to < graph->node_count && edge->label != NULL;
        wrong += !good || graph->nodes[edge->to].level > graph->nodes[edge->from].level + 1;
    }
    for (size_t n = 1; n < graph->node_count; n++) {
        bool reached = false;
        for (size_t e = 0; e < graph->edge_count && !reached; e++)
            reached = graph->edges[e].to == n && graph->nodes[graph->edges[e].from].level + 1 == graph->nodes[n].level;
        wrong += !reached;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_race(void)
{
    struct stategraph *graph = draw(".var x\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n", 2);
    CU_ASSERT(!graph->too_large && graph->node_count == 21 && graph->edge_count == 28);
    CU_ASSERT(count_kind(graph, STATE_FINAL) == 2 && count_kind(graph, STATE_INNER) == 19);
    CU_ASSERT_STRING_EQUAL(graph->nodes[0].label, "x=0\nT0: 0 mov x, %ax  ax=0\nT1: 0 mov x, %ax  ax=0");
    CU_ASSERT_EQUAL(graph->nodes[0].level, 0);
    CU_ASSERT(graph->edges[0].from == 0 && graph->edges[0].thread == 0 && graph->edges[1].thread == 1);
    CU_ASSERT_STRING_EQUAL(graph->edges[0].label, "T0: mov x, %ax");
    CU_ASSERT_STRING_EQUAL(graph->nodes[graph->edges[0].to].label,
                           "x=0\nT0: 1 add $1, %ax  ax=0\nT1: 0 mov x, %ax  ax=0");
    for (size_t n = 0; n < graph->node_count; n++)
        if (graph->nodes[n].kind == STATE_FINAL) {
            CU_ASSERT_EQUAL(graph->nodes[n].level, 6);
            CU_ASSERT_PTR_NOT_NULL(strstr(graph->nodes[n].label, "\nT0: finished\nT1: finished"));
        }
    check_edges(graph);
    stategraph_free(graph);
}

static void test_fates(void)
{
    struct stategraph *graph = draw(".var x\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n unlock n\n unlock m\n"
                                    ".thread B\n lock n\n lock m\n unlock m\n unlock n\n",
                                    1);
    CU_ASSERT(count_kind(graph, STATE_DEADLOCK) == 1 && count_kind(graph, STATE_FINAL) == 1);
    check_edges(graph);
    stategraph_free(graph);
    graph = draw(".var x\n.mutex m\n.main\n nop\n unlock m\n", 2);
    CU_ASSERT_EQUAL(count_kind(graph, STATE_FINAL), 0);
    CU_ASSERT(count_kind(graph, STATE_FAILURE) > 0);
    for (size_t n = 0; n < graph->node_count; n++)
        if (graph->nodes[n].kind == STATE_FAILURE)
            CU_ASSERT_STRING_EQUAL(graph->nodes[n].label, "error of the program");
    check_edges(graph);
    stategraph_free(graph);
}

static void test_cycle(void)
{
    struct stategraph *graph = draw(".var x\n.main\n.t\n nop\n j .t\n", 1);
    CU_ASSERT(graph->node_count == 2 && graph->edge_count == 2);
    CU_ASSERT(graph->edges[1].from == 1 && graph->edges[1].to == 0);
    stategraph_free(graph);
}

/* A value that no simulation has met: drawn anew, with room for it. */
static void test_narrow(void)
{
    struct stategraph *graph = draw(".var x\n.var f\n.thread A\n mov $1, f\n mov $0, f\n"
                                    ".thread B\n nop\n test $1, f\n jne .e\n mov $30, x\n.e\n",
                                    1);
    bool found = false;
    for (size_t n = 0; n < graph->node_count; n++)
        found = found || strncmp(graph->nodes[n].label, "x=30 f=0\n", 9) == 0;
    CU_ASSERT_TRUE(found);
    CU_ASSERT_FALSE(graph->too_large);
    check_edges(graph);
    stategraph_free(graph);
}

static void check_size(unsigned steps, bool too_large)
{
    char text[64];
    snprintf(text, sizeof text, ".var x\n.main\n.rept %u\n nop\n.endr\n", steps);
    struct stategraph *graph = draw(text, 1);
    CU_ASSERT_EQUAL(graph->too_large, too_large);
    CU_ASSERT(too_large || graph->node_count == steps + 1);
    stategraph_free(graph);
}

static void test_too_large(void)
{
    check_size(STATEGRAPH_NODES_MAX - 1, false);
    check_size(STATEGRAPH_NODES_MAX, true);
    check_size(10 * STATEGRAPH_NODES_MAX, true);
    stategraph_free(NULL);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the race", test_race},
        {"deadlocks and errors", test_fates},
        {"a cycle", test_cycle},
        {"a value that does not fit", test_narrow},
        {"too large to be drawn", test_too_large},
        CU_TEST_INFO_NULL,
    };
    return unit_run("stategraph", tests);
}
