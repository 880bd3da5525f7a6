#include "base/memory.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "models/catalogue.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static void test_order(void)
{
    CU_ASSERT_TRUE(catalogue_count() >= 3);
    for (size_t i = 1; i < catalogue_count(); i++)
        CU_ASSERT_TRUE(strcmp(catalogue_at(i - 1)->name, catalogue_at(i)->name) < 0);
}

static void test_find(void)
{
    for (size_t i = 0; i < catalogue_count(); i++)
        CU_ASSERT_PTR_EQUAL(catalogue_find(catalogue_at(i)->name), catalogue_at(i));
    CU_ASSERT_PTR_NULL(catalogue_find("no-such-model"));
    CU_ASSERT_PTR_NULL(catalogue_find(""));
    CU_ASSERT_PTR_NULL(catalogue_find("unlocke"));
}

/* The first line of each text is "# NAME: SUMMARY". */
static void test_summaries(void)
{
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct model *model = catalogue_at(i);
        struct text first = TEXT_INIT;
        text_print(&first, "# %s: %s\n", model->name, model->summary);
        CU_ASSERT_TRUE(model->summary[0] != '\0');
        CU_ASSERT_EQUAL(strncmp(model->text, text_string(&first), first.length), 0);
        text_free(&first);
    }
}

/* Byte for byte what the file has. */
static void test_texts_are_the_files(void)
{
    const char *top = getenv("top_srcdir");
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct model *model = catalogue_at(i);
        struct text path = TEXT_INIT;
        text_print(&path, "%s/%s", top != NULL ? top : ".", model->source);
        FILE *file = fopen(text_string(&path), "rb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        size_t length = strlen(model->text);
        char *bytes = memory_new(length + 1, 1);
        CU_ASSERT_EQUAL(fread(bytes, 1, length + 1, file), length);
        CU_ASSERT_EQUAL(memcmp(bytes, model->text, length), 0);
        fclose(file);
        memory_free(bytes);
        text_free(&path);
    }
}

static void test_models_are_programs(void)
{
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct model *model = catalogue_at(i);
        struct error error = ERROR_INIT;
        struct assembler_input input = {.name = model->name,
                                        .source = model->source,
                                        .text = model->text,
                                        .length = strlen(model->text),
                                        .threads = 2,
                                        .iters = 3};
        struct program *program = assembler_read(&input, &error);
        if (program == NULL)
            unit_note("%s:%u:%u: %s", error.source, error.line, error.column, error.text);
        CU_ASSERT_PTR_NOT_NULL(program);
        program_free(program);
    }
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"models are in alphabetical order", test_order},       {"models are found by name", test_find},
        {"summaries are the first lines", test_summaries},      {"texts are the files", test_texts_are_the_files},
        {"every model is a program", test_models_are_programs}, CU_TEST_INFO_NULL,
    };
    return unit_run("catalogue", tests);
}
