/* vector: loops over arrays that compilers turn into vector instructions.
 *
 * They are plain C. A function that is marked VECTOR_CLONES is compiled for the processors that every system has and for newer ones, and
 * which of the two runs is settled when the program is loaded; what it computes does not depend on that. Where a compiler, or a system,
 * cannot do this there is one of each. GCC is told to make vectors of all loops that it can, not only of those whose length it knows. */
#pragma once

#include "base/sanitized.h"

#include <stddef.h>

#if defined __x86_64__ && defined __GLIBC__ && !IS_SANITIZED && defined __has_attribute
#if __has_attribute(target_clones)
#if defined __GNUC__ && !defined __clang__
#define VECTOR_CLONES \
    __attribute__((target_clones("default", "avx2"), optimize("tree-vectorize", "vect-cost-model=dynamic")))
#else
#define VECTOR_CLONES __attribute__((target_clones("default", "avx2")))
#endif
#endif
#endif
#ifndef VECTOR_CLONES
#define VECTOR_CLONES
#endif
