#include <stdlib.h>
int x;
#ifdef BROKEN
int f(void) { return y; }
#endif
int main(void)
{
    x = system("true");
    return 0;
}
