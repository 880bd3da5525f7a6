// "busy 3 a\n" "free 3 a\n"
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

struct shape {
    virtual ~shape() = default;
    virtual int sides() const = 0;
};

struct triangle : shape {
    int sides() const override { return 3; }
};

static std::mutex lock;
static bool was_busy;
static std::unique_ptr<shape> any(new triangle);

int main()
{
    std::vector<std::thread> threads;
    threads.emplace_back([] {
        lock.lock();
        lock.unlock();
    });
    threads.push_back(std::thread([] {
        if (lock.try_lock())
            lock.unlock();
        else
            was_busy = true;
    }));
    for (auto &thread : threads)
        thread.join();
    std::cerr << "not observed" << std::endl;
    std::cout << (was_busy ? "busy " : "free ") << any->sides() << ' ' << 'a' << '\n';
}
