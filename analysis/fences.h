/* fences: which fences, the fewest, restore what is claimed of a program whose memory is TSO.
 *
 * All sets of the fewest fences are found, by size, from none on. Each set that is found was confirmed by an analysis of the program with
 * these fences; so was, that no smaller one does. Most sets need no analysis: a schedule that violates a claim is one of every program whose
 * fences lie where it finds the store buffers empty, so a set that restores the claim must have a fence elsewhere, at a place that the
 * schedule comes through with a store that waits. A set must hit these places of every schedule that was seen (R. Reiter, A theory of
 * diagnosis from first principles, 1987, enumerates such sets in this way).
 *
 * What is found is part of an outcome, which owns it. */
#pragma once

#include "analysis/analysis.h"

struct problem;

enum fences_verdict {
    FENCES_FOUND,     /* sets, of `fewest` fences each; where that is 0, the claims hold as it is */
    FENCES_SC,        /* the claims are violated where memory is SC, too: no fence helps */
    FENCES_ELSEWHERE, /* the claims are violated with fences at all places, too */
    FENCES_UNKNOWN    /* a limit was reached, or a claim was not decided: `gap` says so */
};

/* A place where a fence can stand. */
struct fence_spot {
    char *threads; /* "T0 and T1": whose code has it */
    char *instruction;
    uint32_t line, column; /* of the instruction */
    bool is_before;        /* before it; else behind it */
};

struct fences {
    enum fences_verdict verdict;
    struct fence_spot *spots;
    size_t spot_count;
    size_t fewest;
    size_t *sets; /* indices of spots, ascending, `fewest` of each set; sets in lexicographic order */
    size_t set_count;
    size_t searches; /* analyses that it took */
    char *gap;       /* or NULL */
};

/* Finds them, and puts them into outcome.fences. The problem is made, and its memory TSO; the options are those of the analysis that found
 * the outcome, whose claims are meant. Returns false with *error set where an analysis cannot be made. */
bool fences_find(struct outcome *outcome, const struct problem *problem, const struct analysis_options *options,
                 struct error *error);

/* Frees them; NULL is allowed. */
void fences_free(struct fences *self);
