/// \file
/// Which error a refusal of the system is.

#include "process/failure.hpp"

#include <atomos/errors.hpp>
#include <cerrno>
#include <system_error>

namespace atomos::process {

std::string quoted(std::string_view name) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "\"";
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7F) {
            text += c;
        } else {
            text += "\\x";
            text += digits[byte >> 4U];
            text += digits[byte & 0xFU];
        }
    }
    return text + '"';
}

std::string about(std::string_view region) { return "region " + quoted(region) + ": "; }

void fail(std::string_view region, std::string_view doing, int error) {
    const std::string what = about(region) + std::string(doing) + ": " +
                             std::generic_category().message(error) + "; nothing was changed";
    switch (error) {
        case EACCES:
        case EPERM:
        case EROFS:
            throw PermissionDenied(what);
        case ELOOP:
            throw PermissionDenied(what + " (a symbolic link is not followed)");
        case ENOENT:
            throw NotFound(what);
        case EEXIST:
            throw AlreadyExists(what);
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            throw Full(what);
        default:
            throw Unavailable(what);
    }
}

}  // namespace atomos::process
