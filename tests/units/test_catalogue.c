#include "base/memory.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "frontends/python_dump.h"
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

static void test_languages(void)
{
    size_t python = 0;
    for (size_t i = 0; i < catalogue_count(); i++)
        python += model_is_python(catalogue_at(i));
    CU_ASSERT_EQUAL(python, 2);
    CU_ASSERT_TRUE(model_is_python(catalogue_find("python-one-line")));
    CU_ASSERT_FALSE(model_is_python(catalogue_find("unlocked")));
}

/* What is in a file of the sources, as new. */
static char *file_text(const char *name)
{
    const char *top = getenv("top_srcdir");
    struct text path = TEXT_INIT, text = TEXT_INIT;
    text_print(&path, "%s/%s", top != NULL ? top : ".", name);
    CU_ASSERT_TRUE_FATAL(text_read_path(&text, text_string(&path), 1 << 20));
    text_free(&path);
    return text_take(&text);
}

static void test_texts_are_the_files(void)
{
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct model *model = catalogue_at(i);
        char *text = file_text(model->source);
        CU_ASSERT_STRING_EQUAL(text, model->text);
        memory_free(text);
    }
}

/* What examples/python/ has of several interpreters was made of the texts as they are. */
static void test_dumps(void)
{
    static const char *const names[][2] = {{"python-one-line", "examples/python/python-one-line-2.7.json"},
                                           {"python-one-line", "examples/python/python-one-line-3.9.json"},
                                           {"python-one-line", "examples/python/python-one-line-3.10.json"},
                                           {"python-two-lines", "examples/python/python-two-lines-2.7.json"},
                                           {"python-two-lines", "examples/python/python-two-lines-3.9.json"}};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        char *text = file_text(names[n][1]);
        struct python_dump *dump = python_dump_read(text, strlen(text), names[n][1], NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(dump);
        CU_ASSERT_STRING_EQUAL(dump->source, catalogue_find(names[n][0])->text);
        python_dump_free(dump);
        memory_free(text);
    }
}

/* Those in Python are read by their bytecode only (tests/cases/python/model). */
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
        if (model_is_python(model))
            continue;
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
        {"some models are Python programs", test_languages},    {"their dumps are of their texts", test_dumps},
        {"every model is a program", test_models_are_programs}, CU_TEST_INFO_NULL,
    };
    return unit_run("catalogue", tests);
}
