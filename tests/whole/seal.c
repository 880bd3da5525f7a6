/* seal FILE [BASE]: makes the checksum at the end of a certificate right, and leaves out the line of the program's own: for a certificate
 * that was made or changed by hand. Status 1: the file is the same as another one, from which it was to differ. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "verify/sha256.h"

struct content {
    char *bytes;
    size_t length;
};

static struct content read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    struct content content = {NULL, 0};
    if (file == NULL || fstat(fileno(file), &status) != 0 ||
        (content.bytes = malloc((size_t)status.st_size + 1)) == NULL) {
        perror(path);
        exit(2);
    }
    content.length = fread(content.bytes, 1, (size_t)status.st_size, file);
    content.bytes[content.length] = '\0';
    fclose(file);
    return content;
}

/* The length of a line with its newline. */
static size_t line_length(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    return (size_t)((newline != NULL ? newline + 1 : end) - line);
}

int main(int argc, char *argv[])
{
    if (argc < 2 || argc > 3)
        return 2;
    struct content content = read_file(argv[1]);
    if (argc == 3) {
        struct content base = read_file(argv[2]);
        bool is_same = base.length == content.length && memcmp(base.bytes, content.bytes, base.length) == 0;
        free(base.bytes);
        if (is_same)
            return 1;
    }
    struct sha256 sum = sha256_start();
    char digits[SHA256_DIGITS + 1];
    FILE *file = fopen(argv[1], "wb");
    if (file == NULL)
        return 2;
    const char *end = content.bytes + content.length;
    for (const char *line = content.bytes; line < end;) {
        size_t length = line_length(line, end);
        bool is_last = line + length == end;
        if (!is_last && strncmp(line, "program ", 8) != 0) {
            sha256_add(&sum, line, length);
            fwrite(line, 1, length, file);
        }
        line += length;
    }
    sha256_end(&sum, digits);
    fprintf(file, "sha256 %s\n", digits);
    free(content.bytes);
    return fclose(file) == 0 ? 0 : 2;
}
