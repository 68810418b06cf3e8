# cmake -DOUT=file.cc "-DFILES=a.json;b.json" -P embed_scenarios.cmake
# Writes the files' bytes as C++ data, so that a program finds its scenarios without a file system.

# TEXT as the elements of a char array.
function(as_chars text out)
  string(HEX "${text}" digits)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," chars "${digits}")
  set(${out} "${chars}" PARENT_SCOPE)
endfunction()

set(arrays "")
set(rows "")
set(count 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME_WLE)
  file(READ "${file}" text)
  string(JSON summary ERROR_VARIABLE error GET "${text}" summary)
  if(error)
    message(FATAL_ERROR "${file}: ${error}")
  endif()
  file(READ "${file}" digits HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${digits}")
  as_chars("${summary}" summary_bytes)
  string(APPEND arrays
    "constexpr char kText${count}[]{${bytes}};\nconstexpr char kSummary${count}[]{${summary_bytes}};\n")
  string(APPEND rows
    "    EmbeddedScenario{\"${name}\", {kSummary${count}, sizeof kSummary${count}},\n"
    "                     {kText${count}, sizeof kText${count}}},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${OUT}.new" "// Made from fixtures/scenarios/ by embed_scenarios.cmake.
#include <array>

#include \"mock_server/faults/scenario.h\"

namespace heygen::mock {
namespace {

${arrays}
constexpr std::array<EmbeddedScenario, ${count}> kScenarios{
${rows}};

}  // namespace

std::span<const EmbeddedScenario> built_in_scenarios() noexcept { return kScenarios; }

}  // namespace heygen::mock
")
file(RENAME "${OUT}.new" "${OUT}")
