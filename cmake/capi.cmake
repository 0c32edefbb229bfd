# The C interface, capi/include/dmls.h: dmls::capi, an archive for those who link everything statically, and libdmls.so,
# which exports exactly the functions of that header and carries the layers and BoringSSL inside.
option(DMLS_SHARED_CAPI "Build libdmls.so, the C interface as a shared library" ${PROJECT_IS_TOP_LEVEL})

file(GLOB capi_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/capi/src/*.cc)
set(capi_root ${PROJECT_SOURCE_DIR}/capi)
set(capi_layers dmls::fork dmls::sendgroup $<TARGET_NAME_IF_EXISTS:dmls::storage_sqlite>)

add_library(dmls_capi STATIC ${capi_sources})
add_library(dmls::capi ALIAS dmls_capi)
target_sources(dmls_capi PUBLIC FILE_SET HEADERS BASE_DIRS ${capi_root}/include FILES ${capi_root}/include/dmls.h)
target_include_directories(dmls_capi PRIVATE ${capi_root}/src)
target_compile_features(dmls_capi PRIVATE cxx_std_20)
target_compile_definitions(dmls_capi PRIVATE DMLS_WITH_SQLITE=$<BOOL:${DMLS_WITH_SQLITE}>)
target_link_libraries(dmls_capi PRIVATE ${capi_layers} $<BUILD_INTERFACE:dmls_developer_flags>)
set_target_properties(dmls_capi PROPERTIES EXPORT_NAME capi CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON
  CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
install(TARGETS dmls_capi EXPORT dmls FILE_SET HEADERS)

if(DMLS_SHARED_CAPI AND NOT DMLS_SANITIZE AND NOT DMLS_FUZZ)  # a C program could not load it
  file(STRINGS ${capi_root}/include/dmls.h abi_line REGEX "define DMLS_ABI_VERSION [0-9]+")
  string(REGEX REPLACE ".*DMLS_ABI_VERSION ([0-9]+).*" "\\1" abi_version "${abi_line}")
  # Every function of the header, and nothing else: not the layers, not BoringSSL, not libstdc++'s templates.
  file(STRINGS ${capi_root}/include/dmls.h header_lines REGEX "^DMLS_API ")
  set(version_script ${PROJECT_BINARY_DIR}/libdmls.map)
  set(exports "")
  foreach(line IN LISTS header_lines)
    if(line MATCHES "(dmls_[a-z0-9_]+)\\(")
      string(APPEND exports "    ${CMAKE_MATCH_1};\n")
    endif()
  endforeach()
  file(WRITE ${version_script}.new "DMLS_${abi_version} {\n  global:\n${exports}  local: *;\n};\n")
  file(COPY_FILE ${version_script}.new ${version_script} ONLY_IF_DIFFERENT)

  add_library(dmls_shared SHARED $<TARGET_OBJECTS:dmls_capi>)
  add_library(dmls::shared ALIAS dmls_shared)
  target_include_directories(dmls_shared INTERFACE $<BUILD_INTERFACE:${capi_root}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(dmls_shared PRIVATE ${capi_layers})
  target_link_options(dmls_shared PRIVATE LINKER:--version-script=${version_script} LINKER:--exclude-libs,ALL
    LINKER:--gc-sections)
  if(NOT DMLS_SANITIZE)
    target_link_options(dmls_shared PRIVATE LINKER:-z,defs)
  endif()
  set_target_properties(dmls_shared PROPERTIES OUTPUT_NAME dmls EXPORT_NAME shared LINKER_LANGUAGE CXX
    VERSION ${abi_version}.${PROJECT_VERSION} SOVERSION ${abi_version} LINK_DEPENDS ${version_script}
    INSTALL_RPATH_USE_LINK_PATH ON)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${capi_root}/include/dmls.h)
  install(TARGETS dmls_shared EXPORT dmls)
endif()
