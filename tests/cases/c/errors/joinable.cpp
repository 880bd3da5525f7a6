#include <thread>

static void nothing() {}

int main()
{
    std::thread thread(nothing);
}
