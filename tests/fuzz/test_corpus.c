/* Gives every .s file of a folder to the fuzzer's target, in the order of their names: what the fuzzer once found stays mended.
 *
 *     test_corpus [FOLDER]...
 *
 * Without a folder it takes the corpus, the models and the examples of the source tree. Speaks TAP. */
#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static bool replay_file(const char *path)
{
    char buffer[65536];
    struct text text = TEXT_INIT;
    FILE *stream = fopen(path, "r");
    if (stream == NULL)
        return false;
    for (size_t length; (length = fread(buffer, 1, sizeof buffer, stream)) > 0;)
        text_append(&text, buffer, length);
    fclose(stream);
    LLVMFuzzerTestOneInput((const uint8_t *)text_string(&text), text.length);
    text_free(&text);
    return true;
}

static int is_program(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 2 && strcmp(entry->d_name + length - 2, ".s") == 0;
}

/* Returns how many files there were, or -1 where the folder cannot be read. */
static int replay_folder(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_program, alphasort);
    for (int e = 0; e < count; e++) {
        struct text path = TEXT_INIT;
        text_print(&path, "%s/%s", folder, entries[e]->d_name);
        if (!replay_file(text_string(&path)))
            printf("# cannot open %s\n", text_string(&path));
        text_free(&path);
        free(entries[e]);
    }
    if (count >= 0)
        free(entries);
    return count;
}

int main(int argument_count, char **arguments)
{
    static const char *const folders[] = {"tests/fuzz/corpus", "models", "examples"};
    const char *root = getenv("top_srcdir");
    int given = argument_count - 1, total = given > 0 ? given : 3;
    printf("1..%d\n", total);
    for (int f = 0; f < total; f++) {
        struct text folder = TEXT_INIT;
        if (given > 0)
            text_print(&folder, "%s", arguments[f + 1]);
        else
            text_print(&folder, "%s/%s", root != NULL ? root : ".", folders[f]);
        int files = replay_folder(text_string(&folder));
        printf("%s %d - %d files of %s\n", files > 0 ? "ok" : "not ok", f + 1, files,
               given > 0 ? text_string(&folder) : folders[f]);
        text_free(&folder);
    }
    return EXIT_SUCCESS;
}
