#include "apps/help.h"

#include "apps/option_table.h"
#include "base/paragraph.h"

enum { HELP_COLUMN = 28, HELP_WIDTH = 80 };

/* Writes text broken at spaces; so many columns of the line are taken, and the lines that follow are indented. */
static void print_wrapped(const char *words, size_t taken, size_t indent, FILE *stream)
{
    struct text text = TEXT_INIT;
    paragraph_print(&text, words, taken, indent, HELP_WIDTH);
    fputs(text_string(&text), stream);
    text_free(&text);
}

static void print_row(const struct option_row *row, FILE *stream)
{
    char names[64];
    char letter[4] = "";
    if (row->letter != 0)
        snprintf(letter, sizeof letter, "-%c,", row->letter);
    int length = snprintf(names, sizeof names, "  %-3s --%s%s%s", letter, row->name, row->argument != NULL ? "=" : "",
                          row->argument != NULL ? row->argument : "");
    fprintf(stream, "%s", names);
    if (length >= HELP_COLUMN - 1)
        fprintf(stream, "\n%*s", HELP_COLUMN, "");
    else
        fprintf(stream, "%*s", HELP_COLUMN - length, "");
    print_wrapped(row->help, HELP_COLUMN, HELP_COLUMN, stream);
}

/* What stands above the options: how the command is called, and what it is for. */
static const char *const introductions[COMMAND_COUNT] = {
    [COMMAND_CHECK] = "Usage: racecheck [check] [OPTION]... [FILE]...\n"
                      "  or:  racecheck sweep NAME=RANGE [NAME=RANGE] [OPTION]... [FILE]...\n"
                      "  or:  racecheck report [OPTION]... [FILE]...\n"
                      "  or:  racecheck export --promela|--litmus|--python-dump [OPTION]... [FILE]...\n"
                      "  or:  racecheck verify [OPTION]... FILE\n"
                      "  or:  racecheck replay [OPTION]... FILE\n"
                      "  or:  racecheck measure [OPTION]... FILE.c|FILE.cpp|FILE.py\n"
                      "  or:  racecheck sample [OPTION]... [FILE]...\n"
                      "  or:  racecheck models [OPTION]... [NAME]\n"
                      "  or:  racecheck assign --kind KIND --roster FILE [OPTION]... -o FOLDER\n"
                      "  or:  racecheck grade [OPTION]... ASSIGNMENT SUBMISSIONS\n"
                      "Explore every interleaving of a small concurrent program: which final values a\n"
                      "shared variable can have, by how many schedules, and how it gets them.\n"
                      "\n"
                      "Without FILE a model of the catalogue is checked: racecheck -t 2 -k 10\n"
                      "Several files are one program, one thread each: racecheck left.s right.s\n"
                      "A Python program is read as it is: racecheck counter.py\n"
                      "racecheck COMMAND --help lists the options of the other commands.\n",
    [COMMAND_SWEEP] = "Usage: racecheck sweep NAME=RANGE [NAME=RANGE] [OPTION]... [FILE]...\n"
                      "Check a program repeatedly, with one or two parameters that change, and show\n"
                      "the results side by side: racecheck sweep quantum=1..30 --scheduler tick\n"
                      "\n"
                      "NAME is threads, iters, a parameter of the scheduler (quantum, lag, bound, ...)\n"
                      "or a symbol of the program (as with --define). RANGE is 1..30, 1..30..3 (every\n"
                      "third) or a list, 1,2,5. So can the memory model, memory=sc,tso, and of a Python\n"
                      "program the interpreter: racecheck sweep python=python3.9,python3.10 counter.py.\n"
                      "Each point is checked by a process of its own, to which the limits apply.\n",
    [COMMAND_REPORT] = "Usage: racecheck report [OPTION]... [FILE]...\n"
                       "Write a report that proves the least final value, to convince someone else:\n"
                       "racecheck report -t 2 -k 10 --certificate proof.txt -o proof.html\n",
    [COMMAND_EXPORT] = "Usage: racecheck export --promela|--litmus|--python-dump [OPTION]... [FILE]...\n"
                       "Write the program and its scheduler as a commented model for SPIN, with the\n"
                       "claims that it ends in the ways that racecheck found and in no other, and with\n"
                       "what --assert says; the model says how to check them. Or as a litmus test, whose\n"
                       "condition is what --assert says of the end. Or print the helper that dumps the\n"
                       "code of a Python program, on any machine that has Python.\n",
    [COMMAND_VERIFY] = "Usage: racecheck verify [OPTION]... FILE\n"
                       "Check a certificate, as written by --certificate, with racecheck-verify, which\n"
                       "is a separate program and shares no code with this one.\n",
    [COMMAND_REPLAY] = "Usage: racecheck replay [OPTION]... FILE\n"
                       "Execute the schedule of a witness (JSON, as written by --witness or --json; - is\n"
                       "standard input) and check that it ends as it claims.\n",
    [COMMAND_MEASURE] = "Usage: racecheck measure [OPTION]... FILE.c|FILE.cpp|FILE.py\n"
                        "Run a real program again and again, and lay how often it printed what beside all\n"
                        "that it can print: racecheck measure --runs 10000 counter.c\n"
                        "\n"
                        "A C program is what its compiler (--cc) makes of it, and its threads start\n"
                        "together. It is compared with what several processors do whose memory is tso,\n"
                        "unless --memory or --scheduler say otherwise. A run that ends as no schedule\n"
                        "does is an alarm: either the model or the machine is not what you think.\n",
    [COMMAND_SAMPLE] = "Usage: racecheck sample [OPTION]... [FILE]...\n"
                       "Draw schedules at random, and lay how often they end how beside how likely that\n"
                       "is: racecheck sample --runs 1000000 --tester random-walk counter.py\n",
    [COMMAND_MODELS] = "Usage: racecheck models [OPTION]... [NAME]\n"
                       "List the built-in models, or print the text of one.\n",
    [COMMAND_ASSIGN] = "Usage: racecheck assign --kind KIND --roster FILE [OPTION]... -o FOLDER\n"
                       "Make an assignment for a class: a version for each student, equally hard and\n"
                       "with an answer of its own, as handouts, templates and keys in a new folder.\n",
    [COMMAND_GRADE] = "Usage: racecheck grade [OPTION]... ASSIGNMENT SUBMISSIONS\n"
                      "  or:  racecheck grade --bundle=gradescope -o FILE ASSIGNMENT\n"
                      "Grade what students handed in, a folder of submissions or one file, with the\n"
                      "keys of an assignment (racecheck assign). Each submission is read, and its\n"
                      "program checked, in a sandbox of its own.\n",
};

/* What stands below them. */
static const char *const exit_statuses[COMMAND_COUNT] = {
    [COMMAND_CHECK] =
        "0 complete, and what was asserted holds; 1 an assertion is violated or a replay fails; 2 wrong usage or bad "
        "input; 3 a limit was reached first, or there is nothing to write into a file that was asked for; 4 out of memory or an internal error; 130 interrupted.",
    [COMMAND_SWEEP] = "that of the worst point (see racecheck --help).",
    [COMMAND_REPORT] =
        "0 the report is written; 1 it is, and what was asserted is violated; 2 wrong usage or bad input; 3 a limit was reached first, as the report says, or a certificate is not written; 4 out of "
        "memory or an internal error; 130 interrupted.",
    [COMMAND_EXPORT] =
        "0 the model is written; 2 wrong usage or bad input, or a program that has no such model; 3 a limit was "
        "reached first; 4 out of memory or an internal error; 130 interrupted.",
    [COMMAND_VERIFY] = "0 the certificate is valid; 1 it is not; 2 the file is not a certificate, or cannot be read.",
    [COMMAND_REPLAY] = "0 the witness does what it claims; 1 it does not; 2 it cannot be read.",
    [COMMAND_MEASURE] =
        "0 every run ended as some schedule does; 1 a run did not: an alarm; 2 wrong usage or bad input, or the program cannot be run; "
        "3 a limit was reached first, or some schedules come to what is not covered, so that not all ends are known; 4 out of memory or an internal error; 130 interrupted.",
    [COMMAND_SAMPLE] =
        "0 all schedules are drawn; 2 wrong usage or bad input, or a program whose schedules cannot be drawn so; 3 a limit was reached "
        "first; 4 out of memory or an internal error; 130 interrupted.",
    [COMMAND_MODELS] = "0, or 2 if there is no model of that name.",
    [COMMAND_ASSIGN] =
        "0 the assignment is made; 2 wrong usage, a bad roster, or bounds that no version meets; 4 no memory or an "
        "internal error; 130 interrupted. Unless it is 0, nothing is written.",
    [COMMAND_GRADE] =
        "0 grading was completed, whatever the grades are; 1 a grade is below --fail-below; 2 wrong usage, or an assignment that "
        "cannot be read; 4 out of memory or an internal error; 130 interrupted.",
};

void help_print(enum command command, FILE *stream)
{
    const struct option_row *row;
    fputs(introductions[command], stream);
    for (size_t r = 0; (row = option_table_at(r)) != NULL; r++) {
        if (!option_row_is_for(row, command))
            continue;
        if (row->name == NULL)
            fprintf(stream, "\n%s:\n", row->help);
        else
            print_row(row, stream);
    }
    static const char heading[] = "Exit status: ";
    fprintf(stream, "\n%s", heading);
    print_wrapped(exit_statuses[command], sizeof heading - 1, 0, stream);
}
