/* Tiles whose elements have 64 bits, for sums that do not fit 32. */
#include <stdint.h>

typedef int64_t element;
typedef uint64_t unsigned_element;
#define NOTHING ((element)1 << 60)
#define INSTANCE array_tile_64

#include "analysis/array_tile_text.h"
