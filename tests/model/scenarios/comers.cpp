/// \file
/// Threads that come and go while a writer takes itself for alone.

#include "model/scenario.hpp"

namespace model {

namespace {

struct One {
    Reference value{Value(0)};
};

void look_once(One& s) { look(s.value); }
void keep_once(One& s) { s.value.get()->number(); }
void add_thrice(One& s) {
    for (int i = 0; i < 3; ++i) add_one(s.value);
}
void add_once(One& s) { add_one(s.value); }

template <long sum>
void add_up(One& s) {
    expect(look(s.value) == sum, "the replacements add up");
}

}  // namespace

std::vector<Program> programs() {
    std::vector<Program> all;
    for (const bool barriers : {true, false}) {
        const std::string how = barriers ? "" : ", without barriers";
        all.push_back(
            program<One>("one comes to look" + how, {look_once, add_thrice}, add_up<3>, barriers));
        all.push_back(program<One>("two come, one after another" + how,
                                   {keep_once, look_once, add_thrice}, add_up<3>, barriers));
        all.push_back(program<One>("three come to add" + how, {add_once, add_once, add_once},
                                   add_up<3>, barriers));
    }
    return all;
}

}  // namespace model
