# What `cmake --install` puts where: headers, the CMake package, the pkg-config file, GDB's printers, the licence.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(atomos_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/atomos")
set(atomos_pkgconfig_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")

install(TARGETS atomos EXPORT atomosTargets FILE_SET HEADERS)
if(TARGET atomos_process)
  install(TARGETS atomos_process EXPORT atomosTargets)
endif()
install(EXPORT atomosTargets NAMESPACE atomos:: DESTINATION "${atomos_package_dir}")

configure_package_config_file(
  cmake/atomosConfig.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/atomosConfig.cmake"
  INSTALL_DESTINATION "${atomos_package_dir}"
  NO_SET_AND_CHECK_MACRO
)
write_basic_package_version_file(
  "${CMAKE_CURRENT_BINARY_DIR}/atomosConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion
)
install(
  FILES
    "${CMAKE_CURRENT_BINARY_DIR}/atomosConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/atomosConfigVersion.cmake"
  DESTINATION "${atomos_package_dir}"
)

# Relative to the .pc file, so that `cmake --install --prefix` and a moved tree stay right.
file(
  RELATIVE_PATH atomos_pc_to_prefix
  "${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}"
)
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(atomos_pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
else()
  set(atomos_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(atomos_pc_libdir "${CMAKE_INSTALL_LIBDIR}")
else()
  set(atomos_pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
foreach(pc IN ITEMS atomos atomos-process)
  configure_file(packaging/${pc}.pc.in "${CMAKE_CURRENT_BINARY_DIR}/${pc}.pc" @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${pc}.pc" DESTINATION "${atomos_pkgconfig_dir}")
endforeach()

install(
  DIRECTORY packaging/gdb/
  DESTINATION "${CMAKE_INSTALL_DATADIR}/atomos/gdb"
  FILES_MATCHING PATTERN "*.py"
  PATTERN __pycache__ EXCLUDE
)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
