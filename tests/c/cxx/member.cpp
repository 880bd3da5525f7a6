// "-40 1\n" "30 1\n"
#include <atomic>
#include <functional>
#include <iostream>
#include <memory>
#include <thread>

class account {
    volatile int balance = 100;

public:
    void draw(int amount)
    {
        if (balance >= amount)
            balance = balance - amount;
    }
    int left() const { return balance; }
};

int main()
{
    account shared;
    auto owned = std::make_shared<std::atomic<int>>(0);
    std::thread first(&account::draw, &shared, 70), second(&account::draw, std::ref(shared), 70), third([owned] { (*owned)++; });
    first.join();
    second.join();
    third.join();
    std::cout << shared.left() << ' ' << *owned << std::endl;
}
