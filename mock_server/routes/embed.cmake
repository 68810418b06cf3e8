# Puts files into the program, so that it runs without any beside it.
#
#   heygen_embed(OUT_VARIABLE FUNCTION FILES...)
#
# generates a source file that defines FUNCTION of the folder's embedded.h, and names it in OUT_VARIABLE. Run as a
# script (cmake -P) this file is the generator.
if(CMAKE_SCRIPT_MODE_FILE)
  set(arrays "")
  set(rows "")
  set(index 0)
  string(REPLACE "|" ";" FILES "${FILES}")
  foreach(file IN LISTS FILES)
    get_filename_component(name "${file}" NAME)
    file(READ "${file}" bytes HEX)
    string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
    string(REGEX REPLACE "(('....',){16})" "\\1\n    " bytes "${bytes}")
    string(APPEND arrays "constexpr char kFile${index}[] = {\n    ${bytes}'\\0'};\n")
    string(APPEND rows
      "    EmbeddedFile{\"${name}\", {kFile${index}, sizeof kFile${index} - 1}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(WRITE "${OUTPUT}"
    "#include <array>\n\n#include \"${HEADER}\"\n\n"
    "namespace heygen::mock {\nnamespace {\n\n${arrays}\n"
    "constexpr std::array kFiles{\n${rows}};\n\n}  // namespace\n\n"
    "std::span<const EmbeddedFile> ${FUNCTION}() noexcept { return kFiles; }\n\n"
    "}  // namespace heygen::mock\n")
  return()
endif()

set(heygen_embed_script "${CMAKE_CURRENT_LIST_FILE}")

function(heygen_embed out_variable function)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${function}.cc")
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY "${PROJECT_SOURCE_DIR}"
    OUTPUT_VARIABLE folder)
  list(JOIN ARGN "|" files)  # a ";" would be split on the way
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${output}" "-DFUNCTION=${function}"
      "-DHEADER=${folder}/embedded.h" "-DFILES=${files}" -P "${heygen_embed_script}"
    DEPENDS ${ARGN} "${heygen_embed_script}"
    COMMENT "Embedding ${function}"
    VERBATIM)
  # Each generated file names its bytes alike.
  set_source_files_properties("${output}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set(${out_variable} "${output}" PARENT_SCOPE)
endfunction()
