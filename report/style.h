/* style: how much weight words have, whatever shows them: a colour on a terminal, a class on a page. */
#pragma once

enum style {
    STYLE_PLAIN,
    STYLE_HEADING, /* titles, table heads */
    STYLE_QUIET,   /* what matters less */
    STYLE_CHANGED, /* a value that changed */
    STYLE_BAR,
    STYLE_WARNING, /* preemptions, values that should not be */
    STYLE_BAD,     /* INCOMPLETE, deadlock, failure */
    STYLE_GOOD,
    STYLE_COUNT
};
