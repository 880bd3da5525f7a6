# 1 "other.c"
# 1 "<built-in>" 1
# 100 "other.c"
int x;
int main(void)
{
    return missing;
}
