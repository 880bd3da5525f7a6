/* Tiles whose elements have 32 bits, eight to a vector. */
#include <stdint.h>

typedef int32_t element;
typedef uint32_t unsigned_element;
#define NOTHING ((element)1 << 29)
#define INSTANCE array_tile_32

#include "analysis/array_tile_text.h"
