#include "space/cell_kernel.h"

#include "base/vector.h"

#define WORD uint32_t
#define IMAGE uint32_t
#define PASS pass_narrow
#define MOVE move_narrow
#define EXCHANGE exchange_narrow
#define ORDER order_narrow
#define COMPACT compact_narrow
#define KERNEL cell_kernel_narrow
#include "space/cell_kernel_loops.h"
#undef WORD
#undef IMAGE
#undef PASS
#undef MOVE
#undef EXCHANGE
#undef ORDER
#undef COMPACT
#undef KERNEL

#define WORD uint32_t
#define IMAGE uint64_t
#define PASS pass_widening
#define MOVE move_widening
#define EXCHANGE exchange_widening
#define ORDER order_widening
#define COMPACT compact_widening
#define KERNEL cell_kernel_widening
#include "space/cell_kernel_loops.h"
#undef WORD
#undef IMAGE
#undef PASS
#undef MOVE
#undef EXCHANGE
#undef ORDER
#undef COMPACT
#undef KERNEL

#define WORD uint64_t
#define IMAGE uint64_t
#define PASS pass_wide
#define MOVE move_wide
#define EXCHANGE exchange_wide
#define ORDER order_wide
#define COMPACT compact_wide
#define KERNEL cell_kernel_wide
#include "space/cell_kernel_loops.h"

size_t cell_kernel_passing(const struct cell_kernel *self, const void *words, bool is_wide, size_t count)
{
    bool keep[CELL_BLOCK];
    size_t passing = 0;
    for (size_t first = 0; first < count; first += CELL_BLOCK) {
        size_t length = count - first < CELL_BLOCK ? count - first : CELL_BLOCK;
        passing += is_wide ? pass_wide(self, (const uint64_t *)words + first, length, keep)
                           : pass_narrow(self, (const uint32_t *)words + first, length, keep);
    }
    return passing;
}
