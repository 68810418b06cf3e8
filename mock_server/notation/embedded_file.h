// A file of fixtures/ that is part of the program (routes/embed.cmake writes the definitions).
#pragma once

#include <string_view>

namespace heygen::mock {

struct EmbeddedFile {
  std::string_view name;  // without folders: "consent.html"
  std::string_view text;
};

}  // namespace heygen::mock
