/* cell_kernel: what a step does to all data of a cell at once.
 *
 * The data of a state is packed into a word, field beside field. A step moves fields, adds constants, and keeps data only where
 * comparisons turn out in a certain way. All that is compiled to masks and shifts of whole words:
 *
 *     image = base + sum of (word & mask) << shift
 *
 * where base has all that is added, since no field overflows into the next one. With symmetry fields of a group of threads are put in
 * order afterwards, by a network of exchanges. The loops have no branches, so that compilers make vector instructions of them.
 *
 * A word has 32 bits where these are enough, else 64. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CELL_BLOCK = 256, KERNEL_TERMS_MAX = 64, KERNEL_COMPARISONS_MAX = 12, KERNEL_GROUPS_MAX = 32 };

/* Fields that move by as many bits. */
struct kernel_term {
    uint64_t mask;
    int shift; /* to the left; less than 0: to the right */
};

/* The sign of first + addend - second, which are fields, or nothing where the mask is 0, is to be one of some: bit 1 + sign. */
struct kernel_comparison {
    uint64_t first_mask, second_mask; /* after the shift */
    uint8_t first_shift, second_shift;
    uint8_t signs;
    int64_t addend;
};

/* Equal fields of threads that are interchangeable, which are put in ascending order. */
struct kernel_group {
    uint64_t mask; /* of one, after the shift */
    uint8_t count;
    uint8_t shifts[64];
};

struct cell_kernel {
    uint64_t base;
    size_t term_count, comparison_count, group_count;
    struct kernel_term terms[KERNEL_TERMS_MAX];
    struct kernel_comparison comparisons[KERNEL_COMPARISONS_MAX];
    struct kernel_group groups[KERNEL_GROUPS_MAX];
};

/* Writes the images of up to CELL_BLOCK words for which all comparisons turn out so, and returns how many these are. The first has
 * words of 32 bits and images of 32, the second one images of 64; the third words and images of 64. */
size_t cell_kernel_narrow(const struct cell_kernel *self, const uint32_t *words, size_t count, uint32_t *images);
size_t cell_kernel_widening(const struct cell_kernel *self, const uint32_t *words, size_t count, uint64_t *images);
size_t cell_kernel_wide(const struct cell_kernel *self, const uint64_t *words, size_t count, uint64_t *images);

/* How many of some words pass all comparisons. */
size_t cell_kernel_passing(const struct cell_kernel *self, const void *words, bool is_wide, size_t count);
