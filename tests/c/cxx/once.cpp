// "made once a long name, which lies elsewhere, 2\n"
#include <iostream>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

static std::once_flag flag;
static std::shared_mutex lock;

struct single {
    int uses = 0;
    single() { std::cout << "made "; }
};

static single &get()
{
    static single only;
    return only;
}

static void use(std::string name)
{
    get();
    std::call_once(flag, [&name] { std::cout << "once " << name; });
    std::unique_lock<std::shared_mutex> guard(lock);
    get().uses++;
}

int main()
{
    std::string name = "a long name, which lies elsewhere";
    std::thread first(use, name), second(use, name);
    first.join();
    second.join();
    std::shared_lock<std::shared_mutex> guard(lock);
    std::cout << ", " << get().uses << std::endl;
}
