/* Reports that prove: what they say, that nothing chosen by others becomes markup, and that equal proofs give equal
 * bytes. tests/whole/test_report.sh looks at the same pages in a browser. */
#include "tests/support/unit.h"

#include "base/json_text.h"
#include "base/memory.h"
#include "report/deadlock_report.h"
#include "report/equation.h"
#include "report/findings.h"
#include "report/html_chart.h"
#include "report/html_report.h"
#include "report/html_text.h"
#include "report/markdown_text.h"
#include "report/mermaid.h"
#include "report/picture.h"
#include "report/provenance_text.h"
#include "report/segment_text.h"
#include "report/step_text.h"
#include "tests/support/subject.h"

#include <stdlib.h>
#include <string.h>

/* ---- Helpers ----------------------------------------------------------------------------------------------------- */

typedef void text_writer(FILE *stream, const char *text);

/* Takes what was written to memory; returns it as new, freed with memory_free(). */
static char *finish(FILE *stream, char **bytes)
{
    fclose(stream);
    char *copy = memory_copy_string(*bytes);
    free(*bytes);
    return copy;
}

/* What a writer makes of a text, as new. */
static char *written(text_writer *writer, const char *text)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    writer(stream, text);
    return finish(stream, &bytes);
}

static void expect_written(text_writer *writer, const char *text, const char *expected)
{
    char *bytes = written(writer, text);
    CU_ASSERT_STRING_EQUAL(bytes, expected);
    if (strcmp(bytes, expected) != 0)
        unit_note("%s, not %s", bytes, expected);
    memory_free(bytes);
}

/* An outcome with all that a report tells of what was checked. */
static struct outcome *examined(const char *text, unsigned threads, unsigned iters, uint64_t max_states)
{
    struct program *program = subject_program(text, threads, iters);
    struct budget budget = {.max_states = max_states, .max_memory = UINT64_C(1) << 30};
    struct analysis_options options = {
        .observation = observation_of(0), .questions = QUESTION_ALL, .witness = WITNESS_ALL, .budget = &budget};
    budget_start(&budget);
    struct outcome *outcome = subject_analyse(program, &options);
    outcome->model = memory_copy_string("subject");
    outcome->text = memory_copy_string(text);
    outcome->threads = program->thread_count;
    outcome->iters = iters;
    outcome->observe = program_word_name(program, 0);
    outcome->observed_first = program->words[0];
    outcome->scheduler = memory_copy_string("free");
    program_free(program);
    return outcome;
}

static struct outcome *race(unsigned threads, unsigned iters)
{
    return examined(".var value\n.main\n.rept ITERS\nmov value, %ax\nadd $1, %ax\nmov %ax, value\n.endr\n", threads,
                    iters, 0);
}

static struct proof proof_of(const struct outcome *outcome)
{
    return (struct proof){.outcome = outcome, .command = "racecheck report", .version = "1.2.3"};
}

typedef void proof_writer(FILE *stream, const struct proof *proof);

static char *reported(proof_writer *writer, const struct proof *proof)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    writer(stream, proof);
    return finish(stream, &bytes);
}

static size_t occurrences(const char *text, const char *needle)
{
    size_t count = 0;
    for (const char *at = strcasestr(text, needle); at != NULL; at = strcasestr(at + 1, needle))
        count++;
    return count;
}

static bool says(const char *text, const char *needle)
{
    bool found = strstr(text, needle) != NULL;
    if (!found)
        unit_note("it does not say: %s", needle);
    return found;
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static void test_html_text(void)
{
    expect_written(html_text_write, "a < b && c > \"d\" 'e'", "a &lt; b &amp;&amp; c &gt; &quot;d&quot; &#39;e&#39;");
    expect_written(html_text_write, "tab\tline\nbell\a delete\x7f", "tab\tline\nbell\xef\xbf\xbd delete\xef\xbf\xbd");
    expect_written(html_text_write, "\xc2\x85 \xff\xc3(", "\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd(");
    expect_written(html_text_write, "a\xe2\x80\xaez\xef\xbb\xbf\xe2\x80\xa8", "a\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd");
    expect_written(html_text_write, "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f");
    expect_written(html_text_write, "", "");
}

static void test_html_prose(void)
{
    expect_written(html_text_write_prose, "`a<b` is < c", "<code>a&lt;b</code> is &lt; c");
    expect_written(html_text_write_prose, "one ` alone", "one ` alone");
    expect_written(html_text_write_prose, "`x``y`", "<code>x``y</code>");
    expect_written(html_text_write_prose, "``x`y`` `z`", "<code>x`y</code> <code>z</code>");
}

static void test_json_text(void)
{
    expect_written(json_text_write_string_for_page, "</script><!-- & \"\\\n\x01",
                   "\"\\u003c/script\\u003e\\u003c!-- \\u0026 \\u0022\\\\\\u000a\\u0001\"");
    expect_written(json_text_write_string_for_page, "\xe2\x80\xa8 \xe2\x81\xa9", "\"\xef\xbf\xbd \xef\xbf\xbd\"");
    expect_written(json_text_write_string_for_page, "\xff", "\"\xef\xbf\xbd\"");
}

static void test_markdown_text(void)
{
    expect_written(markdown_text_write, "<b>*a* _b_ [c](d) #e |f` &amp;",
                   "&lt;b&gt;\\*a\\* \\_b\\_ \\[c\\](d) \\#e \\|f\\` &amp;amp;");
    expect_written(markdown_text_write, "two\nlines", "two\xef\xbf\xbdlines");
    expect_written(markdown_text_write_code, "a`b|c", "``a`b\\|c``");
    expect_written(markdown_text_write_code, "`", "`` ` ``");
    expect_written(markdown_text_write_prose, "`a*b` * `c", "`a*b` \\* \\`c");
    expect_written(markdown_text_write_block, "```\n<b>\n", "````\n```\n<b>\n````\n");
    expect_written(markdown_text_write_mermaid, "a;b#c\nend<br> 50% %%`|",
                   "a#59;b#35;c\xef\xbf\xbd"
                   "end#60;br#62; 50% #37;%#96;#124;");
}

/* ---- Injection --------------------------------------------------------------------------------------------------- */

#define EVIL "</script><script>alert(1)</script></style><img src=x onerror=alert(2)>\"'><!--`]]>\x01\xff"

/* A page has one style sheet, data, and a script, whatever names and texts say. */
static void expect_inert(const char *page)
{
    CU_ASSERT_EQUAL(occurrences(page, "<script"), 2);
    CU_ASSERT_EQUAL(occurrences(page, "</script"), 2);
    CU_ASSERT_EQUAL(occurrences(page, "<style"), 1);
    CU_ASSERT_EQUAL(occurrences(page, "</style"), 1);
    CU_ASSERT_EQUAL(occurrences(page, "<img"), 0);
    CU_ASSERT_EQUAL(occurrences(page, "<!--"), 0);
    CU_ASSERT_EQUAL(occurrences(page, "\x01"), 0);
    CU_ASSERT_EQUAL(occurrences(page, "\xff"), 0);
}

static struct proof evil_proof(struct outcome *outcome, const struct proof_certificate *certificate)
{
    memory_free(outcome->model);
    outcome->model = memory_copy_string(EVIL);
    outcome_omit(outcome, EVIL, EVIL, EVIL);
    return (struct proof){.outcome = outcome,
                          .title = EVIL,
                          .author = EVIL,
                          .date = EVIL,
                          .command = EVIL,
                          .version = "1",
                          .certificates = certificate,
                          .certificate_count = 1};
}

static void test_injection(void)
{
    static const char text[] = "# " EVIL "\n.var value\n.thread a\nmov $1, value # " EVIL "\n";
    struct proof_certificate certificate = {EVIL, EVIL};
    struct outcome *outcome = examined(text, 1, 1, 0);
    struct proof proof = evil_proof(outcome, &certificate);
    /* Names cannot be chosen like this in the language; the report does not rely on it. */
    struct trace *trace = outcome->witnesses[0].trace;
    memory_free(trace->threads[0]);
    trace->threads[0] = memory_copy_string(EVIL);
    memory_free(trace->words[0]);
    trace->words[0] = memory_copy_string(EVIL);
    memory_free(trace->observe);
    trace->observe = memory_copy_string(EVIL);
    char *page = reported(html_report_write, &proof);
    expect_inert(page);
    CU_ASSERT_TRUE(says(page, "&lt;/script&gt;&lt;script&gt;alert(1)"));
    memory_free(page);
    outcome_free(outcome);
}

/* Whether a place in a document stands in code: a run of backticks, which are not escaped, is before it on its line, and no run of as
 * many has followed. */
static bool is_in_code(const char *document, size_t place)
{
    size_t begin = place, fence = 0;
    while (begin > 0 && document[begin - 1] != '\n')
        begin--;
    for (size_t at = begin; at < place;) {
        size_t run = strspn(document + at, "`");
        if (run > 0 && fence == 0 && (at == begin || document[at - 1] != '\\'))
            fence = run;
        else if (run > 0 && run == fence)
            fence = 0;
        at += run > 0 ? run : 1;
    }
    return fence > 0;
}

/* In Markdown, HTML begins with a bare '<' outside code. Commands stand in blocks of code, as lines of their
 * own. */
static void test_markdown_injection(void)
{
    struct proof_certificate certificate = {EVIL, EVIL};
    struct outcome *outcome = examined(".var value\n.thread a\nmov $1, value\n", 1, 1, 0);
    struct proof proof = evil_proof(outcome, &certificate);
    char *document = reported(proof_write_markdown, &proof);
    static const char *const commands[] = {"\n</script>", "\nracecheck-verify </script>"};
    for (size_t c = 0; c < 2; c++) {
        char *command = strstr(document, commands[c]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(command);
        memset(command + 1, '.', strcspn(command + 1, "\n"));
    }
    size_t length = strlen(document);
    for (size_t at = 0; at < length; at++)
        if (document[at] == '<')
            CU_ASSERT_TRUE(is_in_code(document, at));
    CU_ASSERT_EQUAL(strncmp(document, "# &lt;/script&gt;", 17), 0);
    memory_free(document);
    outcome_free(outcome);
}

/* ---- What is said ------------------------------------------------------------------------------------------------ */

static void expect_chain(const char *text, unsigned threads, unsigned iters, int64_t value, const char *words)
{
    struct outcome *outcome = examined(text, threads, iters, 0);
    const struct outcome_witness *witness = findings_witness(outcome, OUTCOME_VALUE, value);
    struct text told = TEXT_INIT;
    CU_ASSERT_PTR_NOT_NULL_FATAL(witness);
    struct chain chain = chain_make(witness->trace, 0);
    provenance_text_print(&told, witness->trace, &chain);
    CU_ASSERT_TRUE(says(text_string(&told), words));
    chain_free(&chain);
    text_free(&told);
    outcome_free(outcome);
}

static const char doubled[] = ".var x, 1\n.thread a\nmov x, %ax\nadd $1, %ax\nmov %ax, x\n"
                              ".thread b\nmov x, %ax\nmul $2, %ax\nmov %ax, x\n";

static void test_chain(void)
{
    static const char counter[] = ".var v, 5\n.main\n.rept ITERS\nmov v, %ax\nadd $1, %ax\nmov %ax, v\n.endr\n";
    static const char zero[] = ".var v\n.main\n.rept ITERS\nmov v, %ax\nadd $1, %ax\nmov %ax, v\n.endr\n";
    expect_chain(zero, 2, 3, 2, "The final value is the length of this chain: `v` starts at 0, each of the 2 stores");
    expect_chain(zero, 2, 3, 6,
                 "each of the 6 stores of the chain adds 1 to what its thread had loaded, and 0 + 6 = 6.");
    expect_chain(counter, 2, 3, 7, "where it started, 5, plus the length of this chain: each of its 2 stores");
    expect_chain(doubled, 2, 1, 4, "goes back to 2 stores, each computed from what its thread had loaded before");
    expect_chain(".var v, 3\n.main\nmov v, %ax\n", 2, 1, 3, "Nothing was ever stored to `v`");
}

static void test_chain_links(void)
{
    struct outcome *outcome = race(2, 2);
    const struct trace *trace = findings_witness(outcome, OUTCOME_VALUE, 2)->trace;
    struct chain chain = chain_make(trace, 0);
    struct text text = TEXT_INIT;
    CU_ASSERT_EQUAL_FATAL(chain.count, 2);
    CU_ASSERT_TRUE(provenance_text_counts(trace, &chain));
    provenance_text_print_link(&text, trace, &chain, 0);
    CU_ASSERT_TRUE(says(text_string(&text), "loads 0 in step 1, the value at the start, and stores 1 in step "));
    text_free(&text);
    provenance_text_print_link(&text, trace, &chain, 1);
    CU_ASSERT_TRUE(says(text_string(&text), " loads 1 in step "));
    CU_ASSERT_TRUE(says(text_string(&text), " and stores 2 in step "));
    text_free(&text);
    /* A link that adds two is no counting. */
    chain.links[1].stored = 3;
    CU_ASSERT_FALSE(provenance_text_counts(trace, &chain));
    chain_free(&chain);
    outcome_free(outcome);
}

static void expect_step_text(const char *instruction, const char *words)
{
    struct text program = TEXT_INIT, text = TEXT_INIT;
    text_print(&program, ".var v, 4\n.main\n%s\n", instruction);
    struct outcome *outcome = examined(text_string(&program), 1, 1, 0);
    CU_ASSERT_FATAL(outcome->witness_count > 0);
    step_text_print(&text, outcome->witnesses[0].trace, 0);
    CU_ASSERT_STRING_EQUAL(text_string(&text), words);
    if (strcmp(text_string(&text), words) != 0)
        unit_note("%s", text_string(&text));
    text_free(&text);
    text_free(&program);
    outcome_free(outcome);
}

static void test_step_texts(void)
{
    expect_step_text("mov v, %ax", "reads `v` = 4 and sets `%ax` to 4");
    expect_step_text("mov $7, v", "writes 7 to `v`");
    expect_step_text("mov $7, %bx", "sets `%bx` to 7");
    expect_step_text("add $2, v", "reads `v` = 4 and writes 6, in one step");
    expect_step_text("xchg %bx, v", "reads `v` = 4, writes 0 and sets `%bx` to 4, in one step");
    expect_step_text("nop", "does nothing");
    expect_step_text("yield", "yields: another thread may have the processor");
    expect_step_text("io", "leaves for input or output");
    expect_step_text("halt", "halts");
    expect_step_text("test $4, v", "reads `v` = 4 and compares 4 with 4: it is equal");
    expect_step_text("test $4, %ax", "compares 0 with 4: it is less");
    expect_step_text("test %ax, $4", "compares 4 with 0: it is greater");
    expect_step_text("j .end\nnop\n.end: nop", "jumps to line 5");
    expect_step_text("jne .end\nnop\n.end: nop", "does not jump, but goes on to line 4");
    expect_step_text("je .end\nnop\n.end:", "jumps to the end");
    expect_step_text("je .end\n.end: nop", "jumps to line 4");
    expect_step_text("push $3", "pushes onto its stack and sets `%sp` to 1048572");
    expect_step_text("call .f\nhalt\n.f: ret", "calls line 5 and sets `%sp` to 1048572");
}

static void test_step_texts_with_others(void)
{
    static const char head[] = ".mutex m\n.semaphore s, 2\n.queue q, 2\n.var v, 4\n.main\n";
    static const char *const step_texts[] = {"takes mutex `m`",
                                             "gives mutex `m` back",
                                             "takes a permit of `s` (1 left)",
                                             "gives a permit to `s` (2 there now)",
                                             "reads `v` = 4 and puts 4 into queue `q` (1 in it now)",
                                             "puts 3 into queue `q` (2 in it now)",
                                             "gets 4 from queue `q` (1 left in it) and sets `%cx` to 4",
                                             "gets 3 from queue `q` (0 left in it) and writes 3 to `v`"};
    struct text program = TEXT_INIT;
    text_print(&program, "%slock m\nunlock m\nwait s\npost s\nput q, v\nput q, $3\nget q, %%cx\nget q, v\n", head);
    struct outcome *outcome = examined(text_string(&program), 1, 1, 0);
    const struct trace *trace = outcome->witnesses[0].trace;
    CU_ASSERT_EQUAL_FATAL(trace->step_count, sizeof step_texts / sizeof step_texts[0]);
    for (size_t i = 0; i < trace->step_count; i++) {
        struct text text = TEXT_INIT;
        step_text_print(&text, trace, i);
        CU_ASSERT_STRING_EQUAL(text_string(&text), step_texts[i]);
        if (strcmp(text_string(&text), step_texts[i]) != 0)
            unit_note("%s", text_string(&text));
        text_free(&text);
    }
    text_free(&program);
    outcome_free(outcome);
}

/* What the segments of a schedule are told as, one after the other. */
static void expect_segments(const struct trace *trace, size_t count, const char *const *words)
{
    struct step_groups segments = step_groups_make(trace, GROUP_SEGMENTS, SIZE_MAX, SIZE_MAX, 0);
    struct step_columns columns = step_columns_make(trace, &segments);
    CU_ASSERT_EQUAL(segments.count, count);
    for (size_t i = 0; i < segments.count && i < count; i++) {
        struct text text = TEXT_INIT;
        segment_text_print(&text, &segments, &columns, i);
        CU_ASSERT_STRING_EQUAL(text_string(&text), words[i]);
        if (strcmp(text_string(&text), words[i]) != 0)
            unit_note("%s", text_string(&text));
        text_free(&text);
    }
    step_columns_free(&columns);
    step_groups_free(&segments);
}

static const char crossed[] = ".var v\n.mutex a\n.mutex b\n.thread x\nlock a\nlock b\nunlock b\nunlock a\n"
                              ".thread y\nlock b\nlock a\nunlock a\nunlock b\n.thread z\nnop\n";

static void test_segments_with_others(void)
{
    static const char *const locked[] = {"`v`: 0 \xe2\x86\x92 2 in 2 stores; takes `m` and gives it back 2 times"};
    static const char *const stuck[] = {"takes `a`", "takes `b`; then it waits for `a`", "does not touch `v`"};
    struct outcome *outcome =
        examined(".var v\n.mutex m\n.main\n.rept 2\nlock m\nadd $1, v\nunlock m\n.endr\n", 1, 1, 0);
    expect_segments(outcome->witnesses[0].trace, 1, locked);
    outcome_free(outcome);
    outcome = examined(crossed, 3, 1, 0);
    expect_segments(findings_witness(outcome, OUTCOME_DEADLOCK, 0)->trace, 3, stuck);
    outcome_free(outcome);
}

static void expect_standoff(const char *text, unsigned threads, size_t count, const char *const *words)
{
    struct outcome *outcome = examined(text, threads, 1, 0);
    const struct trace *trace = findings_witness(outcome, OUTCOME_DEADLOCK, 0)->trace;
    CU_ASSERT_TRUE_FATAL(deadlock_report_exists(trace));
    struct deadlock_report deadlock_report = deadlock_report_make(trace);
    CU_ASSERT_EQUAL(deadlock_report.count, count);
    for (size_t i = 0; i < deadlock_report.count && i < count; i++) {
        struct text told = TEXT_INIT;
        deadlock_report_print(&told, &deadlock_report, trace, i);
        CU_ASSERT_STRING_EQUAL(text_string(&told), words[i]);
        if (strcmp(text_string(&told), words[i]) != 0)
            unit_note("%s", text_string(&told));
        text_free(&told);
    }
    deadlock_report_free(&deadlock_report);
    outcome_free(outcome);
}

static void test_standoff(void)
{
    static const char *const circle[] = {"`x` takes mutex `a`, and still has it; `y` waits for it in line 11.",
                                         "`y` takes mutex `b`, and still has it; `x` waits for it in line 6."};
    static const char *const alone[] = {"`T0` takes mutex `a`, and still has it; `T0` waits for it itself in line 5."};
    static const char *const ended[] = {
        "`T0` takes mutex `a`, and ends without giving it back; `T1` waits for it in line 4, `T2` waits for it in line 4."};
    static const char *const starved[] = {"From the start `s` has no permit; `x` waits for a permit in line 5.",
                                          "`y` fills queue `q`; `y` waits for room in line 8."};
    expect_standoff(crossed, 3, 2, circle);
    expect_standoff(".var v\n.mutex a\n.main\nlock a\nlock a\n", 1, 1, alone);
    expect_standoff(".var v\n.mutex a\n.main\nlock a\n", 3, 1, ended);
    expect_standoff(".var v\n.semaphore s, 0\n.queue q, 1\n.thread x\nwait s\n.thread y\nput q, $1\nput q, $2\n", 2, 2,
                    starved);
}

static void test_segments(void)
{
    struct outcome *outcome = race(2, 10);
    const struct trace *trace = findings_witness(outcome, OUTCOME_VALUE, 2)->trace;
    static const char *const words[] = {
        "reads `value` = 0", "`value`: 0 \xe2\x86\x92 9 in 9 stores",  "`value`: 9 \xe2\x86\x92 1; then it reads 1",
        "reads `value` = 1", "`value`: 1 \xe2\x86\x92 10 in 9 stores", "`value`: 10 \xe2\x86\x92 2"};
    expect_segments(trace, 6, words);
    struct step_groups segments = step_groups_make(trace, GROUP_SEGMENTS, 1, SIZE_MAX, 0);
    CU_ASSERT_EQUAL(segments.count, 7);
    step_groups_free(&segments);
    outcome_free(outcome);
}

static void test_equation(void)
{
    struct outcome *outcome = race(2, 1);
    struct text text = TEXT_INIT;
    equation_print_sum(&text, outcome, 60);
    CU_ASSERT_STRING_EQUAL(text_string(&text), "18 + 2");
    text_free(&text);
    equation_print_all(&text, outcome, outcome->witnesses[0].trace);
    CU_ASSERT_STRING_EQUAL(text_string(&text), "20 = 6! / (3! \xc2\xb7 3!)");
    text_free(&text);
    outcome_free(outcome);
    outcome = race(2, 10);
    equation_print_sum(&text, outcome, 2);
    CU_ASSERT_STRING_EQUAL(text_string(&text), "13,122 + ... (17 terms) ... + 184,756");
    text_free(&text);
    outcome_free(outcome);
    /* Of many equal factors a power; of large terms all digits. */
    outcome = race(12, 1);
    equation_print_all(&text, outcome, outcome->witnesses[0].trace);
    CU_ASSERT_TRUE(says(text_string(&text), " = 36! / (3!)\xc2\xb9\xc2\xb2"));
    text_free(&text);
    mpz_ui_pow_ui(outcome->rows[0].schedules, 10, 90);
    equation_print_sum(&text, outcome, 1000);
    CU_ASSERT_EQUAL(strncmp(text_string(&text), "1,000,000,", 10), 0);
    CU_ASSERT_PTR_NULL(strstr(text_string(&text), "digits"));
    text_free(&text);
    outcome_free(outcome);
}

static void expect_no_dangling(const struct outcome *outcome)
{
    static const char mark[] = "href=\"#";
    struct proof proof = proof_of(outcome);
    char *page = reported(html_report_write, &proof);
    for (const char *at = strstr(page, mark); at != NULL; at = strstr(at + 1, mark)) {
        struct text id = TEXT_INIT;
        text_print(&id, " id=\"%.*s\"", (int)strcspn(at + sizeof mark - 1, "\""), at + sizeof mark - 1);
        CU_ASSERT_TRUE(says(page, text_string(&id)));
        text_free(&id);
    }
    memory_free(page);
}

/* Takes the witnesses away from the one at an index on. */
static void forget_witnesses(struct outcome *outcome, size_t first)
{
    for (size_t w = first; w < outcome->witness_count; w++) {
        trace_free(outcome->witnesses[w].trace);
        outcome->witnesses[w].trace = NULL;
    }
}

/* What a report has no schedule for it neither links to nor promises. */
static void test_halves(void)
{
    struct outcome *outcome = race(2, 3);
    struct proof proof = proof_of(outcome);
    expect_no_dangling(outcome);
    char *page = reported(html_report_write, &proof);
    CU_ASSERT_TRUE(says(page, "The proof has two halves. A schedule that leaves the least value"));
    CU_ASSERT_TRUE(says(page, "For each value a schedule that ends with it"));
    memory_free(page);
    forget_witnesses(outcome, 1);
    expect_no_dangling(outcome);
    page = reported(html_report_write, &proof);
    CU_ASSERT_EQUAL(occurrences(page, "For each value"), 0);
    CU_ASSERT_TRUE(says(page, "<h3 id=\"value2\">The schedule</h3>"));
    memory_free(page);
    forget_witnesses(outcome, 0);
    expect_no_dangling(outcome);
    proof_writer *const writers[] = {html_report_write, proof_write_markdown};
    for (size_t w = 0; w < 2; w++) {
        page = reported(writers[w], &proof);
        CU_ASSERT_TRUE(says(page, "The proof has two halves, of which this report has one"));
        CU_ASSERT_EQUAL(occurrences(page, "step through it"), 0);
        memory_free(page);
    }
    outcome_free(outcome);
}

static void test_no_values(void)
{
    struct outcome *outcome = examined(".var v\n.mutex a\n.main\nlock a\nlock a\n", 2, 1, 0);
    struct proof proof = proof_of(outcome);
    expect_no_dangling(outcome);
    proof_writer *const writers[] = {html_report_write, proof_write_markdown};
    for (size_t w = 0; w < 2; w++) {
        char *page = reported(writers[w], &proof);
        CU_ASSERT_TRUE(says(page, "There are none: no schedule ends."));
        CU_ASSERT_TRUE(says(page, "longest schedule 1 step"));
        CU_ASSERT_TRUE(says(page, "There is no certificate"));
        CU_ASSERT_EQUAL(occurrences(page, "The proof has two halves"), 0);
        memory_free(page);
    }
    outcome_free(outcome);
}

static void test_statement(void)
{
    struct outcome *outcome = race(2, 10);
    struct proof_certificate certificate = {"proof.txt", "0123abcd"};
    struct proof proof = proof_of(outcome);
    char *page = reported(html_report_write, &proof);
    CU_ASSERT_TRUE(says(page, "<h1>value = 2 is the least final value</h1>"));
    CU_ASSERT_TRUE(
        says(page, "Every schedule leaves <code>value</code> \xe2\x89\xa5 2, and there is one that leaves exactly 2."));
    CU_ASSERT_TRUE(says(page, "There is no certificate"));
    CU_ASSERT_EQUAL(occurrences(page, "byline\">"), 0);
    memory_free(page);
    proof.certificate_command = "racecheck report --certificate <file>";
    page = reported(html_report_write, &proof);
    CU_ASSERT_TRUE(says(page, "No certificate was written"));
    CU_ASSERT_TRUE(says(page, "<code>racecheck report --certificate &lt;file&gt;</code>"));
    memory_free(page);
    proof.certificates = &certificate;
    proof.certificate_count = 1;
    proof.title = "A title";
    proof.author = "An author";
    proof.date = "2026";
    page = reported(html_report_write, &proof);
    CU_ASSERT_TRUE(says(page, "<h1>A title</h1>"));
    CU_ASSERT_TRUE(says(page, "An author \xc2\xb7 2026"));
    CU_ASSERT_TRUE(says(page, "<code>proof.txt</code>"));
    CU_ASSERT_TRUE(says(page, "0123abcd"));
    CU_ASSERT_EQUAL(occurrences(page, "No certificate was written"), 0);
    memory_free(page);
    outcome_free(outcome);
}

/* What was stopped half-way claims no minimum. */
static void test_incomplete(void)
{
    struct outcome *outcome =
        examined(".var v\n.main\n.again:\nmov v, %ax\nadd $1, %ax\nmov %ax, v\ntest $9, %ax\njne .again\n", 2, 1, 20);
    CU_ASSERT_FALSE_FATAL(outcome->complete);
    expect_no_dangling(outcome);
    struct proof proof = proof_of(outcome);
    proof_writer *const writers[] = {html_report_write, proof_write_markdown};
    for (size_t w = 0; w < 2; w++) {
        char *page = reported(writers[w], &proof);
        CU_ASSERT_TRUE(says(page, "INCOMPLETE"));
        CU_ASSERT_EQUAL(occurrences(page, "Every schedule"), 0);
        CU_ASSERT_EQUAL(occurrences(page, "is the least"), 0);
        CU_ASSERT_EQUAL(occurrences(page, "Nothing else"), 0);
        memory_free(page);
    }
    outcome_free(outcome);
}

static void test_bad_ends(void)
{
    struct outcome *outcome = examined(".var v\n.mutex a\n.mutex b\n.thread x\nlock a\nlock b\nunlock b\nunlock a\n"
                                       ".thread y\nlock b\nlock a\nunlock a\nunlock b\n",
                                       2, 1, 0);
    struct proof proof = proof_of(outcome);
    char *page = reported(html_report_write, &proof);
    CU_ASSERT_TRUE(says(page, "Every schedule that ends leaves"));
    CU_ASSERT_TRUE(says(page, "How a deadlock comes about"));
    CU_ASSERT_TRUE(says(page, "(deadlocks)"));
    CU_ASSERT_TRUE(says(page, "takes mutex <code>a</code>, and still has it; <code>y</code> waits for it in line"));
    expect_no_dangling(outcome);
    memory_free(page);
    outcome_free(outcome);
}

/* ---- The page as a whole ----------------------------------------------------------------------------------------- */

static void test_equal_bytes(void)
{
    struct outcome *outcome = race(2, 10), *again = race(2, 10);
    struct proof first = proof_of(outcome), second = proof_of(again);
    proof_writer *const writers[] = {html_report_write, proof_write_markdown};
    for (size_t w = 0; w < 2; w++) {
        char *one = reported(writers[w], &first), *other = reported(writers[w], &second);
        CU_ASSERT_STRING_EQUAL(one, other);
        CU_ASSERT_TRUE(strlen(one) > 1000);
        memory_free(one);
        memory_free(other);
    }
    outcome_free(outcome);
    outcome_free(again);
}

static void test_size(void)
{
    struct outcome *outcome = race(3, 10);
    struct proof proof = proof_of(outcome);
    char *page = reported(html_report_write, &proof);
    CU_ASSERT_EQUAL(outcome->witness_count, 29);
    CU_ASSERT_EQUAL(occurrences(page, "<details class=\"witness\""), 29);
    CU_ASSERT_TRUE(strlen(page) < 2000000);
    memory_free(page);
    outcome_free(outcome);
}

static void test_no_network(void)
{
    struct outcome *outcome = race(2, 2);
    struct proof proof = proof_of(outcome);
    char *page = reported(html_report_write, &proof);
    CU_ASSERT_EQUAL(occurrences(page, "@import") + occurrences(page, "url(") + occurrences(page, " src="), 0);
    CU_ASSERT_TRUE(says(page, "default-src 'none'"));
    /* Addresses are there as names of namespaces alone. */
    CU_ASSERT_EQUAL(occurrences(page, "http"),
                    occurrences(page, "http://www.w3.org/") + occurrences(page, "http-equiv"));
    memory_free(page);
    outcome_free(outcome);
}

static void test_picture(void)
{
    struct picture picture = picture_draw("digraph g { label=\"one\\ntwo\"; a [label=\"<script> & \\\"\"]; a -> b }");
    CU_ASSERT_PTR_NOT_NULL_FATAL(picture.svg);
    CU_ASSERT_EQUAL(strncmp(picture.svg, "<svg", 4), 0);
    CU_ASSERT_STRING_EQUAL(picture.caption, "one\ntwo");
    CU_ASSERT_EQUAL(
        occurrences(picture.svg, "<script") + occurrences(picture.svg, "<title") + occurrences(picture.svg, "<!"), 0);
    CU_ASSERT_EQUAL(occurrences(picture.svg, ">one"), 0);
    picture_free(&picture);
    picture = picture_draw("no graph at all");
    CU_ASSERT_PTR_NULL(picture.svg);
    picture_free(&picture);
}

static void test_chart_exists(void)
{
    struct outcome *outcome = race(2, 1);
    CU_ASSERT_TRUE(html_chart_exists(outcome));
    outcome->has_counts = outcome->has_random = false;
    CU_ASSERT_FALSE(html_chart_exists(outcome));
    outcome_free(outcome);
}

static void test_mermaid(void)
{
    struct outcome *outcome = race(2, 10);
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    mermaid_write(stream, findings_witness(outcome, OUTCOME_VALUE, 2)->trace);
    fclose(stream);
    CU_ASSERT_EQUAL(strncmp(bytes, "sequenceDiagram\n    participant T0 as T0\n", 41), 0);
    CU_ASSERT_TRUE(says(bytes, "    Note over T1: 9 rounds of lines 4 to 6\n    T1->>V0: stores, 0 to 9\n"));
    CU_ASSERT_TRUE(says(bytes, "    T1->>V0: store 2\n    Note over V0: 2 at the end\n"));
    free(bytes);
    outcome_free(outcome);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"text in HTML", test_html_text},
        {"prose in HTML", test_html_prose},
        {"strings of data in HTML", test_json_text},
        {"text in Markdown", test_markdown_text},
        {"nothing chosen by others becomes markup", test_injection},
        {"nor in Markdown", test_markdown_injection},
        {"the length of the chain is claimed where it is the value", test_chain},
        {"links of a chain", test_chain_links},
        {"what a step did", test_step_texts},
        {"what a step took, gave, put or got", test_step_texts_with_others},
        {"turns in words", test_segments},
        {"turns that take, give and wait", test_segments_with_others},
        {"the steps that decide a deadlock", test_standoff},
        {"the equation", test_equation},
        {"statement, title, author, date, certificate", test_statement},
        {"what is not there is not promised, and no link leads nowhere", test_halves},
        {"no schedule comes to its end", test_no_values},
        {"an incomplete analysis claims no minimum", test_incomplete},
        {"a deadlock has its place", test_bad_ends},
        {"equal proofs give equal bytes", test_equal_bytes},
        {"three threads, ten iterations, all schedules: below two megabytes", test_size},
        {"a page needs no network", test_no_network},
        {"pictures", test_picture},
        {"a chart needs numbers", test_chart_exists},
        {"a sequence diagram", test_mermaid},
        CU_TEST_INFO_NULL,
    };
    return unit_run("html_report", tests);
}
