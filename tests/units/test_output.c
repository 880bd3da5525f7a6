/* Output files: whole or not at all, and nothing left behind. */
#include "tests/support/unit.h"

#include "base/memory.h"
#include "base/output.h"
#include "base/scope.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A directory of our own, empty at the start; every test goes there and removes it again. */
struct place {
    char name[64];
    int before; /* the directory that we came from */
};

static struct place place_enter(void)
{
    struct place place = {.name = "/tmp/racecheck-output-XXXXXX"};
    place.before = open(".", O_RDONLY | O_DIRECTORY);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place.name));
    CU_ASSERT_EQUAL_FATAL(chdir(place.name), 0);
    return place;
}

static size_t file_count(void)
{
    DIR *directory = opendir(".");
    size_t count = 0;
    for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return count;
}

/* Removes what the test made, so that the directory can go; it cannot where anything else was left. */
static void place_leave(struct place *place, const char *const *files)
{
    while (*files != NULL)
        CU_ASSERT_EQUAL(remove(*files++), 0);
    CU_ASSERT_EQUAL(file_count(), 0);
    CU_ASSERT_EQUAL(fchdir(place->before), 0);
    close(place->before);
    CU_ASSERT_EQUAL(rmdir(place->name), 0);
}

static void write_file(const char *name, const char *text)
{
    FILE *stream = fopen(name, "w");
    fputs(text, stream);
    fclose(stream);
}

static bool file_holds(const char *name, const char *text)
{
    char bytes[100] = "";
    FILE *stream = fopen(name, "r");
    if (stream == NULL)
        return false;
    bytes[fread(bytes, 1, sizeof bytes - 1, stream)] = '\0';
    fclose(stream);
    return strcmp(bytes, text) == 0;
}

static mode_t file_mode(const char *name)
{
    struct stat status;
    return lstat(name, &status) == 0 ? status.st_mode : 0;
}

static void test_new_file(void)
{
    struct place place = place_enter();
    struct error error = ERROR_INIT;
    mode_t mask = umask(027);
    struct output *output = output_open("result", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(output);
    fputs("all of it\n", output_stream(output));
    CU_ASSERT_EQUAL(access("result", F_OK), -1);
    CU_ASSERT_TRUE(output_commit(output, &error));
    umask(mask);
    CU_ASSERT_TRUE(file_holds("result", "all of it\n"));
    CU_ASSERT_EQUAL(file_mode("result"), (mode_t)(S_IFREG | 0640));
    place_leave(&place, (const char *[]){"result", NULL});
}

static void test_existing_file(void)
{
    struct place place = place_enter();
    struct error error = ERROR_INIT;
    write_file("result", "old");
    chmod("result", 0604);
    struct output *output = output_open("./result", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(output);
    fputs("new", output_stream(output));
    fflush(output_stream(output));
    CU_ASSERT_TRUE(file_holds("result", "old"));
    CU_ASSERT_TRUE(output_commit(output, &error));
    CU_ASSERT_TRUE(file_holds("result", "new"));
    CU_ASSERT_EQUAL(file_mode("result"), (mode_t)(S_IFREG | 0604));
    place_leave(&place, (const char *[]){"result", NULL});
}

static void test_discard(void)
{
    struct place place = place_enter();
    struct error error = ERROR_INIT;
    write_file("old", "old");
    struct output *first = output_open("old", &error), *second = output_open("new", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_PTR_NOT_NULL_FATAL(second);
    fputs("half", output_stream(first));
    output_discard(first);
    output_discard(second);
    output_discard(NULL);
    CU_ASSERT_TRUE(file_holds("old", "old"));
    place_leave(&place, (const char *[]){"old", NULL});
}

static void begin_files(void *context)
{
    struct error *error = context;
    struct output *first = output_open("old", error), *second = output_open("new", error);
    struct output *third = output_open("third", error);
    CU_ASSERT_EQUAL(file_count(), 4);
    fputs("half", output_stream(first));
    fputs("half", output_stream(second));
    output_commit(third, error);
    memory_exhausted();
}

/* The scope ends in the middle; what was begun in it must be gone, what was there must still be. */
static void test_scope_removes(void)
{
    struct place place = place_enter();
    struct error inner = ERROR_INIT, error = ERROR_INIT;
    write_file("old", "old");
    CU_ASSERT_EQUAL(scope_run(SCOPE_PROCESS, 0, begin_files, &inner, &error), SCOPE_NO_MEMORY);
    CU_ASSERT_TRUE(file_holds("old", "old"));
    place_leave(&place, (const char *[]){"old", "third", NULL});
}

static void test_symbolic_link(void)
{
    struct place place = place_enter();
    struct error error = ERROR_INIT;
    write_file("target", "a long old text");
    CU_ASSERT_EQUAL_FATAL(symlink("target", "link"), 0);
    struct output *output = output_open("link", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(output);
    fputs("new", output_stream(output));
    CU_ASSERT_TRUE(output_commit(output, &error));
    CU_ASSERT_TRUE(S_ISLNK(file_mode("link")));
    CU_ASSERT_TRUE(file_holds("target", "new"));
    place_leave(&place, (const char *[]){"link", "target", NULL});
}

static bool is_refused(const char *path, const char *reason)
{
    struct error error = ERROR_INIT;
    struct output *output = output_open(path, &error);
    bool is_told = output == NULL && error.set && strstr(error.text, reason) != NULL;
    if (!is_told)
        unit_note("%s: %s", path, error.text);
    output_discard(output);
    return is_told;
}

/* Through any number of links, and where the last one leads to nothing yet: nobody sees half of the target. */
static void test_link_is_atomic(void)
{
    struct place place = place_enter();
    struct error error = ERROR_INIT;
    write_file("target", "old");
    CU_ASSERT_EQUAL_FATAL(symlink("target", "near"), 0);
    CU_ASSERT_EQUAL_FATAL(symlink("./near", "far"), 0);
    CU_ASSERT_EQUAL_FATAL(symlink("missing", "dangling"), 0);
    CU_ASSERT_EQUAL_FATAL(symlink("round", "round"), 0);
    struct output *output = output_open("far", &error), *other = output_open("dangling", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(output);
    CU_ASSERT_PTR_NOT_NULL_FATAL(other);
    fputs("new", output_stream(output));
    fputs("new", output_stream(other));
    fflush(NULL);
    CU_ASSERT_TRUE(file_holds("target", "old"));
    CU_ASSERT_EQUAL(access("missing", F_OK), -1);
    CU_ASSERT_TRUE(output_commit(output, &error) && output_commit(other, &error));
    CU_ASSERT_TRUE(S_ISLNK(file_mode("far")) && S_ISLNK(file_mode("near")) && S_ISLNK(file_mode("dangling")));
    CU_ASSERT_TRUE(file_holds("target", "new") && file_holds("missing", "new"));
    CU_ASSERT_TRUE(is_refused("round", "Too many levels"));
    place_leave(&place, (const char *[]){"round", "dangling", "far", "near", "target", "missing", NULL});
}

static void test_full_device(void)
{
    struct error error = ERROR_INIT;
    struct output *output = output_open("/dev/full", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(output);
    fputs("something", output_stream(output));
    CU_ASSERT_FALSE(output_commit(output, &error));
    CU_ASSERT_STRING_EQUAL(error.source, "/dev/full");
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "No space left"));
    CU_ASSERT_TRUE(S_ISCHR(file_mode("/dev/full")));
}

/* More than a buffer full: the write that failed was an earlier one than the last flush. */
static void test_full_device_early(void)
{
    struct error error = ERROR_INIT;
    struct output *output = output_open("/dev/full", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(output);
    for (int i = 0; i < 100000; i++)
        fputs("something", output_stream(output));
    CU_ASSERT_FALSE(output_commit(output, &error));
    CU_ASSERT_TRUE(error.set);
}

static void test_refused_places(void)
{
    struct place place = place_enter();
    write_file("file", "");
    CU_ASSERT_EQUAL(mkdir("directory", 0777), 0);
    CU_ASSERT_TRUE(is_refused("directory", "Is a directory"));
    CU_ASSERT_TRUE(is_refused("directory/", "Is a directory"));
    CU_ASSERT_TRUE(is_refused("new/", "Is a directory"));
    CU_ASSERT_TRUE(is_refused(".", "Is a directory"));
    CU_ASSERT_TRUE(is_refused("nowhere/result", "No such file"));
    CU_ASSERT_TRUE(is_refused("", "No such file"));
    CU_ASSERT_TRUE(is_refused("file/result", "Not a directory"));
    place_leave(&place, (const char *[]){"file", "directory", NULL});
}

/* The longest name that is possible leaves no room for a suffix. */
static void test_long_name(void)
{
    struct place place = place_enter();
    struct error error = ERROR_INIT;
    char name[NAME_MAX + 2];
    memset(name, 'x', sizeof name);
    name[NAME_MAX] = '\0';
    struct output *output = output_open(name, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(output);
    CU_ASSERT_TRUE(output_commit(output, &error));
    place_leave(&place, (const char *[]){name, NULL});
}

/* Returns the exit status of a child that writes to "-", with its standard output on a device. */
static int write_standard_output(const char *device)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct error error = ERROR_INIT;
        if (freopen(device, "w", stdout) == NULL)
            _exit(3);
        struct output *output = output_open("-", &error);
        fputs("something", output_stream(output));
        bool is_written = output_commit(output, &error);
        /* Standard output stays open for whatever comes next. */
        bool is_open = fcntl(STDOUT_FILENO, F_GETFD) != -1;
        _exit(!is_open ? 3 : is_written ? 0 : strstr(error.text, "No space left") != NULL ? 1 : 3);
    }
    int status;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_standard_output(void)
{
    CU_ASSERT_EQUAL(write_standard_output("/dev/null"), 0);
    CU_ASSERT_EQUAL(write_standard_output("/dev/full"), 1);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"a new file appears when it is complete, as umask says", test_new_file},
        {"an existing file keeps its text until then, and its mode", test_existing_file},
        {"a discarded output leaves nothing", test_discard},
        {"the end of a scope removes unfinished files", test_scope_removes},
        {"a symbolic link is written through", test_symbolic_link},
        {"what a symbolic link leads to changes at once", test_link_is_atomic},
        {"a full device is an error", test_full_device},
        {"a write that failed early is an error", test_full_device_early},
        {"what cannot be written is refused with the reason", test_refused_places},
        {"the longest possible name works", test_long_name},
        {"standard output is flushed and checked", test_standard_output},
        CU_TEST_INFO_NULL,
    };
    return unit_run("output", tests);
}
