#include "worker.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <random>
#include <sstream>

namespace tour {
namespace {

class Worker {
  public:
    explicit Worker(const std::string& region)
        : board_(atomos::process::Region::open(region)), plan_(Plan::of(*board_.plan.get())) {
        for (const std::string& file : plan_.files) texts_[file] = text_in(file);
    }

    /// First what nobody has begun with. Then what is not recorded: most likely its worker was killed.
    /// If it was only slow, the second of the two finds the piece recorded and adds nothing.
    void run() {
        const std::size_t pieces = plan_.pieces();
        for (;;) {
            const auto piece = static_cast<std::size_t>(board_.taken.get_and_increment());
            board_.taken.notify_all();
            if (piece >= pieces) break;
            do_piece(piece);
        }
        std::minstd_rand random(static_cast<unsigned>(::getpid()));
        for (;;) {
            std::vector<std::size_t> open;
            board_.totals.read([&](const Totals& totals) {
                for (std::size_t i = 0; i < pieces; ++i) {
                    if (!totals.recorded[i]) open.push_back(i);
                }
            });
            if (open.empty()) return;
            do_piece(open[random() % open.size()]);
        }
    }

  private:
    void do_piece(std::size_t piece) {
        const Words words = words_of(texts_.at(plan_.file_of(piece)));
        board_.words_read.add_and_get(sum_of(words));
        board_.totals.try_swap(with_piece, piece, words);
    }

    Board board_;
    const Plan plan_;
    std::map<std::string, std::string> texts_;
};

}  // namespace

std::string Plan::text() const {
    std::string text = std::to_string(readings);
    for (const std::string& file : files) text += '\n' + file;
    return text;
}

Plan Plan::of(const std::string& text) {
    std::istringstream lines(text);
    Plan plan{};
    std::string line;
    std::getline(lines, line);
    plan.readings = std::stoll(line);
    while (std::getline(lines, line)) plan.files.push_back(line);
    return plan;
}

Board::Board(const atomos::process::Region& region, const Plan& first)
    : plan(region, "plan", first.text()),
      taken(region, "pieces/taken", 0),
      words_read(region, "words/read", 0),
      totals(region, "totals", Totals{{}, std::vector<bool>(first.pieces())}) {}

void work_for(const std::string& region) {
    // Whoever kills the parent shall not have to look for its workers.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Worker(region).run();
}

}  // namespace tour
