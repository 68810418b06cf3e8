// Files of fixtures/ that are part of the program. The build writes the definitions (embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace heygen::mock {

struct EmbeddedFile {
  std::string_view name;  // without folders: "consent.html"
  std::string_view text;
};

std::span<const EmbeddedFile> embedded_pages() noexcept;
std::span<const EmbeddedFile> embedded_api() noexcept;

}  // namespace heygen::mock
