/* library_example: a program that uses libracecheck by its public header alone, for tests/whole/test_library.sh.
 *
 *     library_example            several problems, one after the other and at the same time
 *     library_example --twice    one problem twice; each time the minimum, or why there is none */
#include <racecheck.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char increment[] = ".var counter\n"
                                ".main\n"
                                ".rept ITERS\n"
                                "mov counter, %ax\n"
                                "add $1, %ax\n"
                                "mov %ax, counter\n"
                                ".endr\n";

/* A problem with so many threads and iterations; what it comes to is appended to text. */
struct job {
    const char *threads;
    const char *iters;
    char text[4096];
};

static void tell(struct job *self, const char *label, const char *words)
{
    size_t length = strlen(self->text);
    snprintf(self->text + length, sizeof self->text - length, "%s%s\n", label, words != NULL ? words : "none");
}

static void tell_result(struct job *self, const struct racecheck_result *result)
{
    char line[256];
    int64_t least, greatest;
    tell(self, "incomplete: ", racecheck_incomplete(result));
    if (racecheck_minimum(result, &least) && racecheck_maximum(result, &greatest)) {
        snprintf(line, sizeof line, "%lld to %lld", (long long)least, (long long)greatest);
        tell(self, "values: ", line);
    }
    for (size_t v = 0; v < racecheck_value_count(result); v++) {
        const char *schedules = racecheck_value_schedules(result, v), *share = racecheck_value_probability(result, v);
        snprintf(line, sizeof line, "%lld: %s schedules, %s, %lld preemptions", (long long)racecheck_value(result, v),
                 schedules != NULL ? schedules : "?", share != NULL ? share : "?",
                 (long long)racecheck_value_preemptions(result, v));
        tell(self, "", line);
    }
    tell(self, "all: ", racecheck_schedules(result));
    for (size_t w = 0; w < racecheck_witness_count(result); w++)
        tell(self, racecheck_witness_end(result, w) == RACECHECK_VALUE ? "witness: " : "witness of another end: ",
             racecheck_witness(result, w));
}

static void *work(void *context)
{
    struct job *self = context;
    struct racecheck_error error;
    struct racecheck_problem *problem = racecheck_open("increment", increment, &error);
    struct racecheck_result *result = NULL;
    if (problem != NULL && racecheck_set(problem, "threads", self->threads, &error) &&
        racecheck_set(problem, "iters", self->iters, &error))
        result = racecheck_run(problem, &error);
    racecheck_problem_free(problem);
    if (result != NULL)
        tell_result(self, result);
    else
        tell(self, "error: ", error.text);
    racecheck_result_free(result);
    return NULL;
}

static void work_at_once(void)
{
    struct job jobs[4] = {{"2", "1", ""}, {"2", "2", ""}, {"3", "2", ""}, {"2", "10", ""}};
    pthread_t threads[4];
    for (int j = 0; j < 4; j++)
        if (pthread_create(&threads[j], NULL, work, &jobs[j]) != 0)
            exit(EXIT_FAILURE);
    for (int j = 0; j < 4; j++) {
        pthread_join(threads[j], NULL);
        printf("%s threads, %s iterations\n%s", jobs[j].threads, jobs[j].iters, jobs[j].text);
    }
}

static void show_error(const char *text, const char *name, const char *value)
{
    struct racecheck_error error;
    struct racecheck_problem *problem = racecheck_open("wrong", text, &error);
    struct racecheck_result *result = NULL;
    if (problem != NULL && racecheck_set(problem, name, value, &error))
        result = racecheck_run(problem, &error);
    if (result != NULL)
        printf("incomplete: %s\n", racecheck_incomplete(result) != NULL ? racecheck_incomplete(result) : "no");
    else
        printf("%d %s:%u:%u: %s\n", (int)error.status, error.source, error.line, error.column, error.text);
    racecheck_result_free(result);
    racecheck_problem_free(problem);
}

static void show_deadlock(void)
{
    struct racecheck_error error;
    struct racecheck_problem *problem = racecheck_open_model("deadlock", &error);
    struct racecheck_result *result = problem != NULL ? racecheck_run(problem, &error) : NULL;
    if (result == NULL) {
        puts(error.text);
    } else {
        printf("deadlock: %s", racecheck_can_deadlock(result) ? "yes" : "no");
        for (size_t w = 0; w < racecheck_witness_count(result); w++)
            if (racecheck_witness_end(result, w) == RACECHECK_DEADLOCK)
                printf(", %s", racecheck_witness(result, w));
        puts("");
    }
    racecheck_result_free(result);
    racecheck_problem_free(problem);
}

static void work_twice(void)
{
    for (int run = 0; run < 2; run++) {
        struct job job = {"2", "1", ""};
        work(&job);
        printf("%s", strncmp(job.text, "error: ", 7) == 0 ? job.text : strstr(job.text, "values: "));
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--twice") == 0) {
        work_twice();
        return EXIT_SUCCESS;
    }
    struct job job = {"2", "1", ""};
    work(&job);
    printf("%s", job.text);
    work_at_once();
    show_deadlock();
    show_error(".main\nmov $1, y\n", "threads", "2");
    show_error(increment, "threads", "0");
    show_error(increment, "colour", "red");
    show_error(increment, "define", "1");
    show_error(increment, "max-states", "5");
    show_error(increment, "max-memory", "20000");
    show_error(increment, "threads", "2");
    return EXIT_SUCCESS;
}
