#include <thread>

struct single {
    ~single() {}
};

static void use()
{
    static single only;
}

int main()
{
    std::thread thread(use);
    thread.join();
}
