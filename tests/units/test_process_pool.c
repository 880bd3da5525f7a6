#include "base/process_pool.h"

#include "base/memory.h"
#include "tests/support/unit.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define HAS_WALLS 0 /* a sanitizer needs what is forbidden */
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_WALLS 0
#endif
#endif
#ifndef HAS_WALLS
#define HAS_WALLS 1
#endif

enum { JOBS_MAX = 16 };

/* What jobs do, and what came of them. */
struct board {
    void (*step_text)(int input, FILE *result);
    enum process_end ends[JOBS_MAX];
    char *outputs[JOBS_MAX];
    size_t received;
};

static int work(void *context, size_t job, int input)
{
    struct board *board = context;
    if (job == 0)
        board->step_text(input, stdout);
    else
        printf("job %zu", job);
    return EXIT_SUCCESS;
}

static void receive(void *context, size_t job, const struct process_report *report)
{
    struct board *board = context;
    board->ends[job] = report->end;
    board->outputs[job] = memory_copy_string(report->output);
    board->received++;
}

static int open_input(void *context, size_t job)
{
    (void)context;
    return job == 0 ? open("/dev/zero", O_RDONLY | O_CLOEXEC) : -1;
}

/* Runs a step_text among harmless jobs, which must not suffer. */
static enum process_end run(void (*step_text)(int, FILE *), char **output)
{
    struct board board = {.step_text = step_text};
    struct process_pool pool = {.job_count = 4,
                                .at_once = 2,
                                .is_sandboxed = true,
                                .sandbox = {1, UINT64_C(64) << 20},
                                .output_max = 1000,
                                .open = open_input,
                                .task = work,
                                .receive = receive,
                                .context = &board};
    process_pool_run(&pool);
    CU_ASSERT_EQUAL(board.received, 4);
    for (size_t j = 1; j < 4; j++) {
        char expected[16];
        snprintf(expected, sizeof expected, "job %zu", j);
        CU_ASSERT_EQUAL(board.ends[j], PROCESS_DONE);
        CU_ASSERT_STRING_EQUAL(board.outputs[j], expected);
        memory_free(board.outputs[j]);
    }
    if (output != NULL)
        *output = board.outputs[0];
    else
        memory_free(board.outputs[0]);
    return board.ends[0];
}

/* ---- Deeds ------------------------------------------------------------------------------------------------------- */

static void read_input(int input, FILE *result)
{
    char bytes[4] = "xyz";
    ssize_t length = read(input, bytes, sizeof bytes);
    fprintf(result, "%zd %d", length, bytes[0]);
    /* What is said on standard error is lost. */
    fputs("this must not be seen\n", stderr);
}

static void crash(int input, FILE *result)
{
    (void)input;
    (void)result;
    raise(SIGSEGV);
}

static void leave(int input, FILE *result)
{
    (void)input;
    fprintf(result, "half");
    fflush(result);
    _exit(3);
}

static void loop(int input, FILE *result)
{
    volatile unsigned long long count = 0;
    (void)input;
    (void)result;
    for (;;)
        count++;
}

static void flood(int input, FILE *result)
{
    (void)input;
    for (int i = 0; i < 10000; i++)
        fputs("blah", result);
}

static void devour(int input, FILE *result)
{
    (void)input;
    for (size_t size = 1 << 20;; size *= 2) {
        char *block = memory_new(size, 1);
        memset(block, 1, size);
        fprintf(result, "%d", block[size - 1]);
    }
}

static void open_file(int input, FILE *result)
{
    (void)input;
    fprintf(result, "%s", open("/etc/passwd", O_RDONLY) < 0 ? "refused" : "opened");
}

static void write_file(int input, FILE *result)
{
    (void)input;
    fprintf(result, "%s", open("/tmp/racecheck-cell", O_WRONLY | O_CREAT, 0600) < 0 ? "refused" : "opened");
}

/* Nobody ever writes to the pipe: no time on the processor is used up. */
static int pipe_ends[2];

static int open_silence(void *context, size_t job)
{
    (void)context;
    return job == 0 ? dup(pipe_ends[0]) : -1;
}

static void wait_for_nothing(int input, FILE *result)
{
    char byte;
    fprintf(result, "%zd", read(input, &byte, 1));
}

static void open_socket(int input, FILE *result)
{
    (void)input;
    fprintf(result, "%d", socket(AF_INET, SOCK_STREAM, 0));
}

static void fork_itself(int input, FILE *result)
{
    (void)input;
    fprintf(result, "%d", (int)fork());
}

static void execute(int input, FILE *result)
{
    (void)input;
    fprintf(result, "%d", execl("/bin/sh", "sh", "-c", ":", NULL));
}

static void kill_parent(int input, FILE *result)
{
    (void)input;
    fprintf(result, "%d", kill(getppid(), 0));
}

static void make_executable(int input, FILE *result)
{
    (void)input;
    fprintf(result, "%p", mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

static void test_done(void)
{
    char *output;
    CU_ASSERT_EQUAL(run(read_input, &output), PROCESS_DONE);
    CU_ASSERT_STRING_EQUAL(output, "4 0");
    memory_free(output);
}

static void test_ends(void)
{
    CU_ASSERT_EQUAL(run(crash, NULL), PROCESS_CRASHED);
    CU_ASSERT_EQUAL(run(leave, NULL), PROCESS_CRASHED);
    CU_ASSERT_EQUAL(run(loop, NULL), PROCESS_SLOW);
    CU_ASSERT_EQUAL(run(flood, NULL), PROCESS_FLOODED);
}

/* A job that waits is ended by the clock, not long after its time. */
static void test_clock(void)
{
    struct board board = {.step_text = wait_for_nothing};
    struct process_pool pool = {.job_count = 1,
                                .at_once = 1,
                                .is_sandboxed = true,
                                .sandbox = {1, UINT64_C(64) << 20},
                                .output_max = 1000,
                                .open = open_silence,
                                .task = work,
                                .receive = receive,
                                .context = &board};
    struct timespec before, after;
    CU_ASSERT_EQUAL_FATAL(pipe2(pipe_ends, O_CLOEXEC), 0);
    clock_gettime(CLOCK_MONOTONIC, &before);
    process_pool_run(&pool);
    clock_gettime(CLOCK_MONOTONIC, &after);
    CU_ASSERT_EQUAL(board.ends[0], PROCESS_SLOW);
    CU_ASSERT_TRUE(after.tv_sec - before.tv_sec >= 2 && after.tv_sec - before.tv_sec < 10);
    memory_free(board.outputs[0]);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

static void test_memory(void)
{
    if (HAS_WALLS)
        CU_ASSERT_EQUAL(run(devour, NULL), PROCESS_FULL);
}

static void expect_refused(void (*step_text)(int, FILE *))
{
    char *output;
    CU_ASSERT_EQUAL(run(step_text, &output), PROCESS_DONE);
    CU_ASSERT_STRING_EQUAL(output, "refused");
    memory_free(output);
}

static void test_walls(void)
{
    if (!HAS_WALLS)
        return;
    expect_refused(open_file);
    expect_refused(write_file);
    CU_ASSERT_EQUAL(run(open_socket, NULL), PROCESS_BROKEN);
    CU_ASSERT_EQUAL(run(fork_itself, NULL), PROCESS_BROKEN);
    CU_ASSERT_EQUAL(run(execute, NULL), PROCESS_BROKEN);
    CU_ASSERT_EQUAL(run(kill_parent, NULL), PROCESS_BROKEN);
    CU_ASSERT_EQUAL(run(make_executable, NULL), PROCESS_BROKEN);
}

static void test_interrupt(void)
{
    volatile sig_atomic_t interrupt = 1;
    struct board board = {.step_text = loop};
    struct process_pool pool = {.job_count = 4,
                                .at_once = 2,
                                .is_sandboxed = true,
                                .sandbox = {1, UINT64_C(64) << 20},
                                .output_max = 1000,
                                .task = work,
                                .receive = receive,
                                .context = &board,
                                .interrupt = &interrupt};
    process_pool_run(&pool);
    CU_ASSERT_EQUAL(board.received, 0);
}

static void test_no_zombies(void)
{
    run(crash, NULL);
    CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
}

/* ---- Without a sandbox ----------------------------------------------------------------------------------------- */

static int speak(void *context, size_t job, int input)
{
    (void)context;
    printf("result %zu", job);
    fprintf(stderr, "message %zu", job);
    return input < 0 ? (int)job + 3 : EXIT_SUCCESS;
}

static void check_speech(void *context, size_t job, const struct process_report *report)
{
    size_t *received = context;
    char output[16], message[16];
    snprintf(output, sizeof output, "result %zu", job);
    snprintf(message, sizeof message, "message %zu", job);
    CU_ASSERT_EQUAL(report->end, PROCESS_DONE);
    CU_ASSERT_STRING_EQUAL(report->output, output);
    CU_ASSERT_STRING_EQUAL(report->messages, message);
    CU_ASSERT_EQUAL(report->status, (int)job + 3);
    ++*received;
}

static void test_open(void)
{
    size_t received = 0;
    struct process_pool pool = {
        .job_count = 5, .at_once = 2, .task = speak, .receive = check_speech, .context = &received};
    process_pool_run(&pool);
    CU_ASSERT_EQUAL(received, 5);
}

static int wait_for_ever(void *context, size_t job, int input)
{
    (void)context;
    (void)job;
    (void)input;
    while (pause() != 0)
        continue;
    return EXIT_SUCCESS;
}

static _Noreturn void ask_and_wait(void)
{
    struct process_pool pool = {.job_count = 2, .at_once = 2, .task = wait_for_ever, .receive = check_speech};
    process_pool_run(&pool);
    _exit(EXIT_SUCCESS);
}

static pid_t first_child(pid_t parent)
{
    char path[64];
    long child = 0;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)parent, (long)parent);
    FILE *stream = fopen(path, "r");
    if (stream == NULL || fscanf(stream, "%ld", &child) != 1)
        child = 0;
    if (stream != NULL)
        fclose(stream);
    return (pid_t)child;
}

static void sleep_milliseconds(long milliseconds)
{
    nanosleep(&(struct timespec){0, milliseconds * 1000000}, NULL);
}

/* Whoever is killed takes its jobs along. */
static void test_orphans(void)
{
    pid_t asking = fork();
    if (asking == 0)
        ask_and_wait();
    pid_t job = 0;
    for (int tries = 0; tries < 500 && job == 0; tries++) {
        sleep_milliseconds(10);
        job = first_child(asking);
    }
    sleep_milliseconds(100);
    kill(asking, SIGKILL);
    waitpid(asking, NULL, 0);
    CU_ASSERT_TRUE(job > 0);
    bool is_gone = false;
    for (int tries = 0; tries < 500 && !is_gone; tries++) {
        is_gone = kill(job, 0) != 0;
        sleep_milliseconds(10);
    }
    CU_ASSERT_TRUE(is_gone);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"a job reads and speaks", test_done},
        {"jobs that crash, leave, loop or flood", test_ends},
        {"a job that waits is ended by the clock", test_clock},
        {"jobs that need too much memory", test_memory},
        {"jobs that try what is forbidden", test_walls},
        {"an interrupt", test_interrupt},
        {"nobody is left behind", test_no_zombies},
        {"jobs without a sandbox have a status and messages", test_open},
        {"jobs end with the process that asked for them", test_orphans},
        CU_TEST_INFO_NULL,
    };
    return unit_run("process_pool", tests);
}
