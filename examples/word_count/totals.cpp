#include "totals.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace tour {
namespace {

class Writer {
  public:
    template <class N>
        requires std::is_arithmetic_v<N>
    void put(N number) {
        const auto* const begin = reinterpret_cast<const std::byte*>(&number);
        bytes.insert(bytes.end(), begin, begin + sizeof number);
    }
    void put(const std::string& text) {
        put(static_cast<std::uint32_t>(text.size()));
        const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
        bytes.insert(bytes.end(), begin, begin + text.size());
    }

    std::vector<std::byte> bytes;
};

class Reader {
  public:
    explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

    template <class N>
    N number() {
        N value{};
        std::memcpy(&value, taken(sizeof value).data(), sizeof value);
        return value;
    }
    std::string text() {
        const auto bytes = taken(number<std::uint32_t>());
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    bool at_end() const { return rest_.empty(); }

  private:
    std::span<const std::byte> taken(std::size_t size) {
        if (size > rest_.size()) throw std::length_error("the totals end too early");
        const auto taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    std::span<const std::byte> rest_;
};

}  // namespace

std::int64_t Totals::pieces_recorded() const {
    return std::count(recorded.begin(), recorded.end(), true);
}

std::optional<Totals> with_piece(const Totals& totals, std::size_t piece, const Words& words) {
    if (totals.recorded.at(piece)) return std::nullopt;
    Totals next = totals;
    next.recorded[piece] = true;
    for (const auto& [word, count] : words) next.words[word] += count;
    return next;
}

}  // namespace tour

std::vector<std::byte> atomos::process::Codec<tour::Totals>::encode(const tour::Totals& totals) {
    tour::Writer writer;
    writer.put(static_cast<std::uint32_t>(totals.recorded.size()));
    for (std::size_t at = 0; at < totals.recorded.size(); at += 8) {
        unsigned bits = 0;
        for (std::size_t i = at; i < std::min(at + 8, totals.recorded.size()); ++i) {
            if (totals.recorded[i]) bits |= 1U << (i - at);
        }
        writer.put(static_cast<std::uint8_t>(bits));
    }
    for (const auto& [word, count] : totals.words) {
        writer.put(word);
        writer.put(count);
    }
    return std::move(writer.bytes);
}

tour::Totals atomos::process::Codec<tour::Totals>::decode(std::span<const std::byte> bytes) {
    tour::Reader reader(bytes);
    tour::Totals totals;
    const auto pieces = reader.number<std::uint32_t>();
    if (pieces / 8 > bytes.size()) throw std::length_error("the totals end before their pieces");
    totals.recorded.resize(pieces);
    for (std::size_t at = 0; at < pieces; at += 8) {
        const unsigned bits = reader.number<std::uint8_t>();
        for (std::size_t i = at; i < std::min<std::size_t>(at + 8, pieces); ++i) {
            totals.recorded[i] = (bits >> (i - at) & 1U) != 0;
        }
    }
    while (!reader.at_end()) {
        std::string word = reader.text();
        const auto count = reader.number<std::int64_t>();
        totals.words.emplace_hint(totals.words.end(), std::move(word), count);
    }
    return totals;
}
