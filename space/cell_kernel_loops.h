/* The loops of a cell kernel, for words of one type and images of another: cell_kernel.c includes this once for each pair, with WORD,
 * IMAGE and the names of the functions defined. */

/* Looks at the comparisons first: a word that does not pass has no image worth computing, but that is cheaper than a branch. */
VECTOR_CLONES static size_t PASS(const struct cell_kernel *self, const WORD *words, size_t count, bool *keep)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        keep[i] = true;
    for (size_t c = 0; c < self->comparison_count; c++) {
        const struct kernel_comparison *comparison = &self->comparisons[c];
        uint64_t first_mask = comparison->first_mask, second_mask = comparison->second_mask;
        unsigned first_shift = comparison->first_shift, second_shift = comparison->second_shift;
        int64_t addend = comparison->addend;
        unsigned signs = comparison->signs;
        for (size_t i = 0; i < count; i++) {
            int64_t first = (int64_t)((uint64_t)words[i] >> first_shift & first_mask) + addend;
            int64_t second = (int64_t)((uint64_t)words[i] >> second_shift & second_mask);
            keep[i] &= signs >> (1 + (first > second) - (first < second)) & 1;
        }
    }
    for (size_t i = 0; i < count; i++)
        kept += keep[i];
    return kept;
}

VECTOR_CLONES static void MOVE(const struct cell_kernel *self, const WORD *restrict words, size_t count,
                               IMAGE *restrict images)
{
    IMAGE base = (IMAGE)self->base;
    for (size_t i = 0; i < count; i++)
        images[i] = base;
    for (size_t t = 0; t < self->term_count; t++) {
        const struct kernel_term *term = &self->terms[t];
        IMAGE mask = (IMAGE)term->mask;
        unsigned left = term->shift > 0 ? (unsigned)term->shift : 0,
                 right = term->shift < 0 ? (unsigned)-term->shift : 0;
        if (right == 0)
            for (size_t i = 0; i < count; i++)
                images[i] += (IMAGE)((words[i] & mask) << left);
        else
            for (size_t i = 0; i < count; i++)
                images[i] += (IMAGE)((words[i] & mask) >> right);
    }
}

VECTOR_CLONES static void EXCHANGE(IMAGE *images, size_t count, IMAGE mask, unsigned lesser, unsigned greater)
{
    for (size_t i = 0; i < count; i++) {
        IMAGE a = images[i] >> lesser & mask, b = images[i] >> greater & mask;
        IMAGE changed = a > b ? a ^ b : 0;
        images[i] ^= (IMAGE)(changed << lesser) | (IMAGE)(changed << greater);
    }
}

/* Few threads are in a group, and mostly all but one are in order. */
static void ORDER(const struct kernel_group *group, IMAGE *images, size_t count)
{
    for (size_t last = group->count; last > 1; last--)
        for (size_t m = 1; m < last; m++)
            EXCHANGE(images, count, (IMAGE)group->mask, group->shifts[m - 1], group->shifts[m]);
}

static size_t COMPACT(IMAGE *images, size_t count, const bool *keep)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        images[kept] = images[i];
        kept += keep[i];
    }
    return kept;
}

size_t KERNEL(const struct cell_kernel *self, const WORD *words, size_t count, IMAGE *images)
{
    bool keep[CELL_BLOCK];
    if (self->comparison_count > 0 && PASS(self, words, count, keep) == 0)
        return 0;
    MOVE(self, words, count, images);
    if (self->comparison_count > 0)
        count = COMPACT(images, count, keep);
    for (size_t g = 0; g < self->group_count; g++)
        ORDER(&self->groups[g], images, count);
    return count;
}
