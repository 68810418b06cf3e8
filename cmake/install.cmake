# cmake --install and cpack: the programs, and the mock and the suite as libraries for
# find_package(HeygenMock).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(heygen_headers ${CMAKE_INSTALL_INCLUDEDIR}/heygen-mock)
set(heygen_package ${CMAKE_INSTALL_LIBDIR}/cmake/HeygenMock)

install(TARGETS heygen-mock-server heygen-conformance heygen-client COMPONENT programs)
install(FILES packaging/completions/heygen.bash COMPONENT programs
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME heygen-mock-server)
install(FILES packaging/completions/heygen.bash COMPONENT programs
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME heygen-conformance)
install(FILES packaging/completions/heygen.bash COMPONENT programs
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME heygen-client)
install(FILES packaging/completions/heygen.fish COMPONENT programs
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME heygen-mock-server.fish)
install(FILES packaging/systemd/heygen-mock-server.service COMPONENT programs
  DESTINATION lib/systemd/user)
set(heygen_docs ${CMAKE_INSTALL_DATADIR}/doc/heygen-oauth-mock)
install(FILES README.md CHANGELOG.md COMPONENT programs DESTINATION ${heygen_docs})
# The control API for tests, to be copied beside them; in Python the folder may go into PYTHONPATH.
install(FILES clients/python/heygen_mock.py clients/typescript/heygen_mock.ts COMPONENT programs
  DESTINATION ${CMAKE_INSTALL_DATADIR}/heygen-oauth-mock/clients)
# What Debian's policy demands of each package (12.5, 12.7). The licence is in copyright.
execute_process(COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/packaging/debian/changelog
  OUTPUT_FILE ${CMAKE_BINARY_DIR}/changelog.gz)
foreach(suffix_component ";programs" "-dev;development")
  list(GET suffix_component 0 suffix)
  list(GET suffix_component 1 component)
  install(FILES packaging/debian/copyright ${CMAKE_BINARY_DIR}/changelog.gz
    COMPONENT ${component} DESTINATION ${heygen_docs}${suffix})
  install(FILES packaging/debian/lintian-overrides${suffix} COMPONENT ${component}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME heygen-oauth-mock${suffix})
endforeach()

# For editors and validators: what the programs read and write.
install(FILES
  fixtures/schemas/scenario.json
  fixtures/schemas/conformance-report.schema.json
  fixtures/schemas/conformance-self-test.schema.json
  fixtures/schemas/conformance-list.schema.json
  fixtures/schemas/conformance-adapter.schema.json
  COMPONENT programs DESTINATION ${CMAKE_INSTALL_DATADIR}/heygen-oauth-mock/schemas)

# Manual pages are made from --help, which cannot go stale.
find_program(HELP2MAN help2man)
set(heygen-mock-server_is "an offline mock of HeyGen's OAuth 2.0 server and API")
set(heygen-conformance_is "judge OAuth 2.0 clients, apps, command lines and servers rule by rule")
set(heygen-client_is "the reference client of HeyGen's OAuth 2.0")
if(HELP2MAN)
  foreach(program heygen-mock-server heygen-conformance heygen-client)
    set(page ${CMAKE_BINARY_DIR}/man/${program}.1)  # gzipped, as Debian's policy has it
    add_custom_command(OUTPUT ${page}.gz DEPENDS ${program}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/man
      COMMAND ${HELP2MAN} --no-info --no-discard-stderr --name=${${program}_is} --output=${page}
        $<TARGET_FILE:${program}>
      COMMAND gzip -9nf ${page} VERBATIM)
    list(APPEND heygen_pages ${page}.gz)
  endforeach()
  add_custom_target(man ALL DEPENDS ${heygen_pages})
  install(FILES ${heygen_pages} COMPONENT programs DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

# --- the library ----------------------------------------------------------------------------------
get_property(heygen_modules GLOBAL PROPERTY heygen_modules)
list(FILTER heygen_modules INCLUDE REGEX "^mock_|^conformance_|^client_lib$")
list(FILTER heygen_modules EXCLUDE REGEX "_testing$|_cli$|^conformance_(flawed|self_test|watch)$")
install(TARGETS ${heygen_modules} heygen_httplib heygen_hiredis EXPORT HeygenMock COMPONENT development
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/heygen-mock)
install(DIRECTORY mock_server COMPONENT development DESTINATION ${heygen_headers}
  FILES_MATCHING PATTERN "*.h"
  PATTERN "testing*" EXCLUDE PATTERN "*_contract*" EXCLUDE PATTERN "raw_client.h" EXCLUDE
  PATTERN "cli" EXCLUDE PATTERN "bench" EXCLUDE PATTERN "redis_server.h" EXCLUDE
  PATTERN "flaky.h" EXCLUDE)
install(DIRECTORY conformance COMPONENT development DESTINATION ${heygen_headers}
  FILES_MATCHING PATTERN "*.h"
  PATTERN "cli" EXCLUDE PATTERN "flawed" EXCLUDE PATTERN "watch" EXCLUDE
  PATTERN "self_test.h" EXCLUDE)
install(EXPORT HeygenMock NAMESPACE heygen:: COMPONENT development DESTINATION ${heygen_package})
configure_package_config_file(cmake/HeygenMockConfig.cmake.in
  ${CMAKE_BINARY_DIR}/HeygenMockConfig.cmake INSTALL_DESTINATION ${heygen_package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/HeygenMockConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/HeygenMockConfig.cmake
  ${CMAKE_BINARY_DIR}/HeygenMockConfigVersion.cmake
  COMPONENT development DESTINATION ${heygen_package})

# --- packages -------------------------------------------------------------------------------------
set(CPACK_PACKAGE_NAME heygen-oauth-mock)
set(CPACK_PACKAGE_VENDOR "the contributors of heygen-oauth-mock")
set(CPACK_PACKAGE_CONTACT "the contributors of heygen-oauth-mock <noreply@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "HeyGen's OAuth 2.0, offline: a mock server and a conformance suite")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL programs development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME heygen-oauth-mock)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME heygen-oauth-mock-dev)
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION
  "heygen-mock-server stands in for HeyGen's OAuth server and API, offline,
 with a clock, faults and a journal. heygen-conformance says rule by rule
 what a client of it does wrong; heygen-client does it right.")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "The mock and the suite as C++ libraries: find_package(HeygenMock),
 heygen::mock_server and heygen::conformance_suite.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libcpp-httplib-dev, libhiredis-dev, libssl-dev, libcurl4-openssl-dev, nlohmann-json3-dev, libpugixml-dev, libsqlitecpp-dev, libsqlite3-dev, prometheus-cpp-dev, pkg-config")
include(CPack)
