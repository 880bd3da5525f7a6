#include "base/paragraph.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <string.h>

void paragraph_print(struct text *text, const char *words, size_t column, size_t indent, size_t width)
{
    char *copy = memory_copy_string(words);
    char *rest = NULL;
    const char *gap = "";
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        size_t columns = utf8_columns(word);
        if (*gap != '\0' && column + 1 + columns > width) {
            text_print(text, "\n%*s", (int)indent, "");
            column = indent;
            gap = "";
        }
        text_print(text, "%s%s", gap, word);
        column += strlen(gap) + columns;
        gap = " ";
    }
    text_print(text, "\n");
    memory_free(copy);
}
