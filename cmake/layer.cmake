# dmls_layer(NAME [FOLDER dir] [DEPS targets...] [PRIVATE_DEPS targets...])
#
# One call per layer: folder = target = namespace = include path. Sources are every src/*.cc of the folder, public
# headers every file below include/. A layer exports its own include root only, so a layer that does not link
# another cannot include it.
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ${DMLS_DEVELOPER_MODE})  # target all_verify_interface_header_sets

function(dmls_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOLDER" "DEPS;PRIVATE_DEPS")
  if(NOT arg_FOLDER)
    set(arg_FOLDER ${name})
  endif()
  set(root ${CMAKE_CURRENT_SOURCE_DIR}/${arg_FOLDER})
  set(target dmls_${name})
  file(GLOB sources CONFIGURE_DEPENDS ${root}/src/*.cc)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${root}/include/*.h)
  if(NOT headers)
    return()
  endif()

  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    target_include_directories(${target} PRIVATE ${root}/src)
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE_DEPS} $<BUILD_INTERFACE:dmls_developer_flags>)
    set_target_properties(${target} PROPERTIES
      POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(dmls::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} CXX_EXTENSIONS OFF)
  target_compile_features(${target} ${scope} cxx_std_20)
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${root}/include FILES ${headers})
  target_link_libraries(${target} ${scope} ${arg_DEPS})
  if(NOT name MATCHES "_testing$")  # test doubles stay here
    install(TARGETS ${target} EXPORT dmls FILE_SET HEADERS)
  endif()
  set_property(GLOBAL APPEND PROPERTY DMLS_LAYERS ${name})

  # Kernels that need instructions of their own say so in a file beside them, so that no other file gets the flags.
  if(EXISTS ${root}/src/flags.cmake)
    include(${root}/src/flags.cmake)
  endif()
endfunction()
