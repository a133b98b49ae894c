#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "output.hpp"
#include "texts.hpp"

namespace atomos::tool {

/// Rows whose columns are as wide as they need to be.
class Table {
  public:
    struct Column {
        std::string title;
        bool to_the_right = false;
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {
        std::vector<std::string> titles;
        for (const Column& column : columns_) titles.push_back(column.title);
        rows_.push_back(std::move(titles));
    }

    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

    void print() const {
        for (const auto& row : rows_) {
            std::string line;
            for (std::size_t i = 0; i < columns_.size(); ++i) {
                if (i > 0) line += "  ";
                const std::string gap(width(i) - characters(row[i]), ' ');
                line += columns_[i].to_the_right ? gap + row[i] : row[i] + gap;
            }
            line.erase(line.find_last_not_of(' ') + 1);
            say(line);
        }
    }

  private:
    std::size_t width(std::size_t column) const {
        std::size_t widest = 0;
        for (const auto& row : rows_) {
            widest = std::max(widest, characters(row[column]));
        }
        return widest;
    }

    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace atomos::tool
