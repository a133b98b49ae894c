#pragma once

#include <functional>
#include <memory>

#include <CLI/CLI.hpp>

#include "request.hpp"

namespace atomos::tool {

/// The commands and their options. Parsing fills in the request, and the command that was named.
class CommandLine {
  public:
    using Command = Exit (*)(const Request&);

    CommandLine();

    CLI::App& app() { return app_; }
    const Request& request() const { return request_; }
    Command command() const { return command_; }

  private:
    CLI::App* add_command(const char* name, const char* description, const char* examples,
                          Command run);
    void takes_variable(CLI::App& to);
    void takes_type(CLI::App& to, const char* description);

    CLI::App app_;
    Request request_;
    Command command_ = nullptr;
};

}  // namespace atomos::tool
