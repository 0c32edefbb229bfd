# Installation: headers, static libraries, and a CMake package with the targets dmls::<layer>; a .pc file beside it.
#
# A prefixed static BoringSSL is installed with the library (lib/dmls/libdmls_bssl_crypto.a), so that an installed
# package does not depend on anybody's cache. Any other BoringSSL is looked for again by the consumer's find_package.
include(CMakePackageConfigHelpers)

# Everything but SQLite under one name.
add_library(dmls_umbrella INTERFACE)
add_library(dmls::dmls ALIAS dmls_umbrella)
target_link_libraries(dmls_umbrella INTERFACE dmls::fork dmls::sendgroup dmls::storage_sealed)
set_target_properties(dmls_umbrella PROPERTIES EXPORT_NAME dmls)

option(DMLS_INSTALL "Install rules for the libraries" ${PROJECT_IS_TOP_LEVEL})
if(NOT DMLS_INSTALL)
  return()
endif()

install(TARGETS dmls_umbrella EXPORT dmls)

# The components of find_package(dmls): each layer, and what stands above them.
get_property(layers GLOBAL PROPERTY DMLS_LAYERS)
set(dmls_components dmls capi ${layers})
list(FILTER dmls_components EXCLUDE REGEX "_testing$")
if(TARGET dmls_shared)
  list(APPEND dmls_components shared)
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dmls)
install(EXPORT dmls NAMESPACE dmls:: DESTINATION ${package_dir} FILE dmlsTargets.cmake)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/dmlsConfig.cmake.in ${PROJECT_BINARY_DIR}/dmlsConfig.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dmlsConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dmlsConfig.cmake ${PROJECT_BINARY_DIR}/dmlsConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FindBoringSSL.cmake ${CMAKE_CURRENT_LIST_DIR}/FindSodium.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FindDecaf.cmake DESTINATION ${package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE TYPE DOC)

# pkg-config links in the order written: what uses comes before what is used.
set(pc_libs "")
foreach(layer IN LISTS layers)
  get_target_property(type dmls_${layer} TYPE)
  if(NOT type STREQUAL INTERFACE_LIBRARY AND NOT layer MATCHES "_testing$")
    string(PREPEND pc_libs " -ldmls_${layer}")
  endif()
endforeach()
string(PREPEND pc_libs " -ldmls_capi")
if(BoringSSL_PREFIX STREQUAL dmls_bssl)
  install(FILES ${BoringSSL_CRYPTO_LIBRARY} DESTINATION ${CMAKE_INSTALL_LIBDIR}/dmls)
  get_filename_component(boringssl_root ${BoringSSL_INCLUDE_DIR} DIRECTORY)
  install(FILES ${boringssl_root}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME LICENSE.BoringSSL)
  string(APPEND pc_libs " \${libdir}/dmls/libdmls_bssl_crypto.a")
else()
  string(APPEND pc_libs " ${BoringSSL_CRYPTO_LIBRARY}")
endif()
# What has a .pc file of its own is named by it, so that `pkg-config --static` also knows what that needs.
find_package(PkgConfig QUIET)
set(pc_requires "")
function(dmls_pc_needs module library)
  if(PKG_CONFIG_FOUND)
    pkg_check_modules(dmls_pc_${module} QUIET ${module})
  endif()
  if(dmls_pc_${module}_FOUND)
    set(pc_requires "${pc_requires} ${module}" PARENT_SCOPE)
  else()
    set(pc_libs "${pc_libs} -l${library}" PARENT_SCOPE)
  endif()
endfunction()
dmls_pc_needs(libsodium sodium)
if(DMLS_WITH_DECAF)
  dmls_pc_needs(libdecaf decaf)
endif()
if(DMLS_WITH_SQLITE)
  dmls_pc_needs(sqlite3 sqlite3)
endif()
# What a compiler for C++ adds by itself, for those who link with one for C.
set(pc_private "")
foreach(library IN LISTS CMAKE_CXX_IMPLICIT_LINK_LIBRARIES)
  if(library MATCHES "^(stdc\\+\\+|c\\+\\+|m)$")
    string(APPEND pc_private " -l${library}")
  endif()
endforeach()
# Wherever the prefix ends up: the file knows where it lies.
file(RELATIVE_PATH pc_up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
  set(pc_libdir ${CMAKE_INSTALL_LIBDIR})
else()
  string(REGEX REPLACE "/$" "" pc_up "${pc_up}")
  set(pc_prefix "\${pcfiledir}/${pc_up}")
  set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/dmls.pc.in ${PROJECT_BINARY_DIR}/dmls.pc @ONLY)
if(TARGET dmls_shared)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/dmls-c.pc.in ${PROJECT_BINARY_DIR}/dmls-c.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/dmls-c.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
install(FILES ${PROJECT_BINARY_DIR}/dmls.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
