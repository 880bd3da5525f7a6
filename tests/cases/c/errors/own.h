#include <time.h>
static inline int now(int n)
{
    return n + (int)time(NULL);
}
