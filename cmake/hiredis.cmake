# heygen_hiredis: the client library of the Redis store. Distributions ship a .pc file.
add_library(heygen_hiredis INTERFACE)
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(hiredis_pc QUIET IMPORTED_TARGET GLOBAL hiredis>=0.14)
endif()
if(TARGET PkgConfig::hiredis_pc)
  target_link_libraries(heygen_hiredis INTERFACE PkgConfig::hiredis_pc)
elseif(HEYGEN_FETCH_DEPS)
  set(DISABLE_TESTS ON)
  set(hiredis_parent ${CMAKE_BINARY_DIR}/_deps/hiredis-parent)  # included as <hiredis/hiredis.h>
  FetchContent_Declare(hiredis
    GIT_REPOSITORY https://github.com/redis/hiredis.git
    GIT_TAG 60e5075d4ac77424809f855ba3e398df7aacefe8 # v1.2.0
    SOURCE_DIR ${hiredis_parent}/hiredis)
  FetchContent_MakeAvailable(hiredis)
  target_link_libraries(heygen_hiredis INTERFACE hiredis)
  target_include_directories(heygen_hiredis SYSTEM INTERFACE $<BUILD_INTERFACE:${hiredis_parent}>)
else()
  message(FATAL_ERROR "hiredis 0.14 or newer was not found.\n"
    "  Debian/Ubuntu: apt-get install libhiredis-dev pkg-config\n"
    "  elsewhere:     cmake -DHEYGEN_FETCH_DEPS=ON")
endif()
