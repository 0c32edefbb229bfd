# Decaf::decaf, the C interface of libdecaf (X448, Ed448)
include(FindPackageHandleStandardArgs)
find_path(Decaf_INCLUDE_DIR decaf/ed448.h PATH_SUFFIXES decaf)
find_library(Decaf_LIBRARY decaf)
find_package_handle_standard_args(Decaf REQUIRED_VARS Decaf_LIBRARY Decaf_INCLUDE_DIR)
if(Decaf_FOUND AND NOT TARGET Decaf::decaf)
  add_library(Decaf::decaf UNKNOWN IMPORTED GLOBAL)
  set_target_properties(Decaf::decaf PROPERTIES
    IMPORTED_LOCATION "${Decaf_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${Decaf_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS DMLS_WITH_DECAF=1)
endif()
mark_as_advanced(Decaf_INCLUDE_DIR Decaf_LIBRARY)
