/* judge_parts: what the files of the judge share, and nobody else includes. */
#pragma once

#include "tests/oracles/judge.h"

/* Says of a repair what it deserves. */
void judge_repair(const struct judge *self, const struct attempt *attempt, enum judge_verdict *rows);

/* Whether on some way through a code more than so many instructions lie between where a lock is taken while none is held
 * and where none is held again, or in a critical section at a stretch; the taking and giving back of locks is not counted. */
bool judge_stays_longer(const struct code *code, int64_t most);

static inline enum judge_verdict judge_verdict_of(bool passes)
{
    return passes ? JUDGE_PASSES : JUDGE_FAILS;
}

/* What needs both. */
static inline enum judge_verdict judge_both(enum judge_verdict one, enum judge_verdict other)
{
    if (one == JUDGE_FAILS || other == JUDGE_FAILS)
        return JUDGE_FAILS;
    return one == JUDGE_PASSES ? other : one;
}
