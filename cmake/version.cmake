# Reads the version from the one place where it stands.

set(atomos_version_header "${CMAKE_CURRENT_LIST_DIR}/../include/atomos/version.hpp")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${atomos_version_header}")
file(READ "${atomos_version_header}" atomos_version_text)

set(ATOMOS_VERSION "")
foreach(part IN ITEMS MAJOR MINOR PATCH)
  if(NOT atomos_version_text MATCHES "#define ATOMOS_VERSION_${part} ([0-9]+)")
    message(FATAL_ERROR "ATOMOS_VERSION_${part} is missing in ${atomos_version_header}")
  endif()
  list(APPEND ATOMOS_VERSION ${CMAKE_MATCH_1})
endforeach()
list(JOIN ATOMOS_VERSION "." ATOMOS_VERSION)

if(NOT atomos_version_text MATCHES "#define ATOMOS_VERSION_STRING \"${ATOMOS_VERSION}\"")
  message(FATAL_ERROR "ATOMOS_VERSION_STRING is not ${ATOMOS_VERSION} in ${atomos_version_header}")
endif()
