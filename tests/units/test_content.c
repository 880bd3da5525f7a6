/* Content, and what each renderer makes of it: all say the same, and nothing that others have chosen becomes markup. */
#include "base/memory.h"
#include "report/content.h"
#include "report/csv_text.h"
#include "report/prose.h"
#include "report/render_html.h"
#include "report/render_markdown.h"
#include "report/render_text.h"
#include "tests/support/handmade.h"
#include "tests/support/race.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

/* Markup of every format, a formula, a control character, a mark of direction, a byte that is no UTF-8. */
#define EVIL "=<b>&\"'|[x](y) \033[31m\\ \xe2\x80\xae\xff"

enum format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_HTML, FORMATS };

/* Returns what a renderer makes of content as new. */
static char *rendered(enum format format, const struct content *content)
{
    static const struct terminal terminal = {.width = 80};
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    if (format == FORMAT_TEXT)
        render_text(stream, content, &terminal, false);
    else if (format == FORMAT_MARKDOWN)
        render_markdown(stream, content);
    else
        render_html(stream, content);
    fclose(stream);
    char *copy = memory_copy_string(bytes);
    free(bytes);
    return copy;
}

static void expect(enum format format, const struct content *content, const char *expected)
{
    char *bytes = rendered(format, content);
    CU_ASSERT_STRING_EQUAL(bytes, expected);
    if (strcmp(bytes, expected) != 0)
        unit_note("%s, not %s", bytes, expected);
    memory_free(bytes);
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

static void test_facts(void)
{
    struct content content = {0};
    text_print(content_fact(&content, STYLE_PLAIN, "observed"), "`x` is a *number*");
    text_print(content_fact(&content, STYLE_BAD, "deadlock"), "possible");
    content_break(&content);
    text_print(content_fact(&content, STYLE_PLAIN, "explored"), "2 states");
    text_print(content_note(&content), "small print");
    expect(FORMAT_TEXT, &content,
           "observed      x is a number\ndeadlock      possible\n\nexplored      2 states\nsmall print\n");
    expect(FORMAT_MARKDOWN, &content,
           "- **Observed:** `x` is a *number*\n- **Deadlock:** possible\n- **Explored:** 2 states\n\nsmall print\n");
    expect(FORMAT_HTML, &content,
           "<dl class=\"facts\">\n<div><dt>Observed</dt><dd><code>x</code> is a <em>number</em></dd></div>\n"
           "<div><dt>Deadlock</dt><dd class=\"bad\">possible</dd></div>\n</dl>\n<dl class=\"facts\">\n"
           "<div><dt>Explored</dt><dd>2 states</dd></div>\n</dl>\n<p>small print</p>\n");
    content_free(&content);
}

static void test_sections(void)
{
    struct content content = {0};
    text_print(content_heading(&content, "one"), "One");
    text_print(content_claim(&content, STYLE_PLAIN), "A");
    text_print(content_claim(&content, STYLE_PLAIN), "B");
    text_print(content_part(&content, NULL), "Part");
    text_print(content_item(&content, NULL, CONTENT_NONE), "an item");
    text_print(content_heading(&content, NULL), "Two");
    text_print(content_command(&content), "true\n");
    expect(FORMAT_TEXT, &content, "One\n\nA\n\nB\n\nPart\n\n- an item\n\nTwo\n\ntrue\n");
    expect(FORMAT_MARKDOWN, &content, "## One\n\n> A\n>\n> B\n\n### Part\n\n- an item\n\n## Two\n\n```\ntrue\n```\n");
    expect(
        FORMAT_HTML, &content,
        "<section id=\"one\" aria-labelledby=\"one-title\">\n<h2 id=\"one-title\">One</h2>\n<div class=\"theorem\">\n"
        "<p>A</p>\n<p>B</p>\n</div>\n<h3>Part</h3>\n<ul>\n<li>an item</li>\n</ul>\n</section>\n\n<section>\n"
        "<h2>Two</h2>\n<pre class=\"command\"><code>true\n</code></pre>\n</section>\n\n");
    content_free(&content);
}

/* A bar is for terminals, a link for pages, and a note stands behind its row. */
static void test_table(void)
{
    struct content content = {0};
    struct table *table = table_new("things", 2);
    text_print(&table->caption, "All `things`");
    table_add_column(table, TABLE_RIGHT, "value");
    table_add_column(table, TABLE_CODE, "name");
    table_add_column(table, TABLE_BAR, NULL)->heads[0] = "";
    table->columns[2].heads[1] = "share";
    table_add_row(table, STYLE_PLAIN);
    struct table_cell *cell = table_add_cell(table);
    text_print(&cell->words, "7");
    cell->link = memory_copy_string("#value7");
    text_print(&table_add_cell(table)->words, "a|b");
    table_add_cell(table)->share = 1;
    content_table(&content, table);
    expect(FORMAT_TEXT, &content, "\nvalue  name  share\n    7  a|b   ################################\n");
    expect(FORMAT_MARKDOWN, &content, "| Value | Name |\n| ---: | --- |\n| 7 | `a\\|b` |\n");
    char *page = rendered(FORMAT_HTML, &content);
    CU_ASSERT_TRUE(unit_says(page, "<table class=\"things\">\n<caption>All <code>things</code></caption>\n<thead>"));
    CU_ASSERT_TRUE(unit_says(page, "<tr><th scope=\"row\"><a href=\"#value7\" data-value=\"7\">7</a>"));
    CU_ASSERT_TRUE(unit_says(page, "<td class=\"code\"><code>a|b</code>\n"));
    CU_ASSERT_PTR_NULL(strstr(page, "share"));
    memory_free(page);
    content_free(&content);
}

/* What opens on a page is one line of a document, and its inside is not lost on the page. */
static void test_details(void)
{
    struct trace *trace = race_run(2, 1, "0x3 1x3");
    struct content content = {0};
    struct content *inner = content_details(&content, trace, "2", CONTENT_NONE);
    text_print(content_paragraph(inner, STYLE_PLAIN), "inside");
    expect(FORMAT_MARKDOWN, &content, "- **2**: 6 steps, 0 preemptions: T0\xc3\x97\x33, T1\xc3\x97\x33\n");
    char *page = rendered(FORMAT_HTML, &content);
    CU_ASSERT_TRUE(unit_says(page, "<span class=\"value\">2</span>"));
    CU_ASSERT_TRUE(unit_says(page, "<p>inside</p>\n</details>\n</div>\n"));
    memory_free(page);
    content_free(&content);
    trace_free(trace);
}

/* ---- Hostile text ------------------------------------------------------------------------------------------------ */

/* Returns content with hostile text in every place that has one. */
static struct content evil_content(void)
{
    struct content content = {0};
    struct table *table = table_new("evil", 2);
    text_print(&table->caption, "%s", EVIL);
    text_print(content_heading(&content, NULL), EVIL);
    text_print(content_part(&content, NULL), EVIL);
    text_print(content_paragraph(&content, STYLE_PLAIN), EVIL);
    text_print(content_claim(&content, STYLE_PLAIN), EVIL);
    text_print(content_note(&content), EVIL);
    text_print(content_fact(&content, STYLE_PLAIN, EVIL), EVIL);
    text_print(content_item(&content, EVIL, CONTENT_NONE), EVIL);
    text_print(content_equation(&content, EVIL), EVIL);
    table_add_column(table, TABLE_RIGHT, "value");
    table_add_column(table, TABLE_LEFT, "words");
    struct table_row *row = table_add_row(table, STYLE_PLAIN);
    row->note = memory_copy_string(EVIL);
    text_print(&table_add_cell(table)->words, EVIL);
    text_print(&table_add_cell(table)->words, EVIL);
    content_table(&content, table);
    return content;
}

static void test_hostile_text(void)
{
    struct content content = evil_content();
    for (enum format format = FORMAT_TEXT; format < FORMATS; format++) {
        char *bytes = rendered(format, &content);
        CU_ASSERT_PTR_NULL(strchr(bytes, '\033'));
        CU_ASSERT_PTR_NULL(strchr(bytes, '\xff'));
        CU_ASSERT_PTR_NULL(strstr(bytes, "\xe2\x80\xae"));
        if (format != FORMAT_TEXT)
            CU_ASSERT_PTR_NULL(strstr(bytes, "<b>&"));
        if (format == FORMAT_MARKDOWN)
            CU_ASSERT_PTR_NULL(strstr(bytes, "|[x](y)"));
        memory_free(bytes);
    }
    content_free(&content);
}

static void test_prose(void)
{
    CU_ASSERT_TRUE(unit_is(prose_plain("`a` *b* c*d*e 2*3*4 ` *"), "a b c*d*e 2*3*4 ` *"));
    CU_ASSERT_TRUE(unit_is(prose_plain("``x`y`"), "``xy"));
    CU_ASSERT_TRUE(unit_is(prose_plain("``x`y`` ```z"), "x`y ```z"));
    CU_ASSERT_TRUE(unit_is(prose_plain(""), ""));
}

static void expect_field(const char *text, bool is_foreign, const char *expected)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    if (is_foreign)
        csv_text_write_foreign(stream, text);
    else
        csv_text_write(stream, text);
    fclose(stream);
    CU_ASSERT_STRING_EQUAL(bytes, expected);
    free(bytes);
}

static void test_csv(void)
{
    expect_field("-5", false, "-5");
    expect_field("a,b", false, "\"a,b\"");
    expect_field("say \"x\"", false, "\"say \"\"x\"\"\"");
    expect_field("=1+1", true, "'=1+1");
    expect_field("@x,y", true, "\"'@x,y\"");
    expect_field("\tx", true, "'\xef\xbf\xbdx");
    expect_field("plain", true, "plain");
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"facts", test_facts},
        {"sections", test_sections},
        {"a table", test_table},
        {"details", test_details},
        {"hostile text", test_hostile_text},
        {"prose", test_prose},
        {"fields of CSV", test_csv},
        CU_TEST_INFO_NULL,
    };
    return unit_run("content", tests);
}
