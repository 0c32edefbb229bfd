# BoringSSL::crypto, and never a name of OpenSSL's.
#
# Looks, in this order, in
#   1. BORINGSSL_ROOT (cache variable or environment): an installed prefix or a build tree of upstream;
#   2. what tools/boringssl/build.sh built: optimised, static, every symbol prefixed (DMLS_CACHE, or ~/.cache/dmls);
#   3. Debian's android-libboringssl-dev: built for small size (P-256 is about three times slower), shared only, and
#      unsafe in a process that also uses OpenSSL;
#   4. only with -DDMLS_FETCH_BORINGSSL=ON: upstream's own CMake project, pinned. Not covered by this project's tests.
#
# Sets BoringSSL_VERSION (the API number), BoringSSL_DESCRIPTION (one line for --version and benchmark output) and
# BoringSSL_PREFIX. Consumers see the description as the macro DMLS_BORINGSSL_DESCRIPTION.
include(FindPackageHandleStandardArgs)
option(DMLS_FETCH_BORINGSSL "Fetch and build pinned upstream BoringSSL (not covered by this project's tests)" OFF)
set(DMLS_FETCH_BORINGSSL_TAG 0.20260813.0 CACHE STRING "The upstream tag DMLS_FETCH_BORINGSSL builds")
mark_as_advanced(DMLS_FETCH_BORINGSSL DMLS_FETCH_BORINGSSL_TAG)

if(DMLS_FETCH_BORINGSSL AND NOT TARGET BoringSSL::crypto)
  include(FetchContent)
  FetchContent_Declare(boringssl GIT_REPOSITORY https://boringssl.googlesource.com/boringssl
    GIT_TAG ${DMLS_FETCH_BORINGSSL_TAG} GIT_SHALLOW TRUE)
  FetchContent_GetProperties(boringssl)
  if(NOT boringssl_POPULATED)
    FetchContent_Populate(boringssl)
    add_subdirectory(${boringssl_SOURCE_DIR} ${boringssl_BINARY_DIR} EXCLUDE_FROM_ALL)
  endif()
  set(BoringSSL_INCLUDE_DIR ${boringssl_SOURCE_DIR}/include)
  set(BoringSSL_CRYPTO_LIBRARY crypto)
  add_library(BoringSSL::crypto INTERFACE IMPORTED GLOBAL)
  set_target_properties(BoringSSL::crypto PROPERTIES INTERFACE_LINK_LIBRARIES crypto)
endif()

# The places, best first. NO_DEFAULT_PATH everywhere: OpenSSL's headers and library can never be picked.
set(_places ${BORINGSSL_ROOT} $ENV{BORINGSSL_ROOT})
if(NOT _places)
  if(DEFINED ENV{DMLS_CACHE})
    list(APPEND _places $ENV{DMLS_CACHE}/boringssl)
  elseif(DEFINED ENV{XDG_CACHE_HOME})
    list(APPEND _places $ENV{XDG_CACHE_HOME}/dmls/boringssl)
  else()
    list(APPEND _places $ENV{HOME}/.cache/dmls/boringssl)
  endif()
  list(APPEND _places /usr)
endif()
if(NOT "${_places}" STREQUAL "${BoringSSL_SEARCHED}" AND NOT DMLS_FETCH_BORINGSSL)
  unset(BoringSSL_INCLUDE_DIR CACHE)
  unset(BoringSSL_CRYPTO_LIBRARY CACHE)
  unset(BoringSSL_LINKS CACHE)
  set(BoringSSL_SEARCHED "${_places}" CACHE INTERNAL "Where BoringSSL was last looked for")
endif()
foreach(_place IN LISTS _places)
  if(_place STREQUAL /usr)
    set(_include_suffixes include/android)
    set(_library_suffixes lib/${CMAKE_LIBRARY_ARCHITECTURE}/android)
  else()
    set(_include_suffixes include src/include)
    set(_library_suffixes lib lib64 lib/dmls build b build/crypto)
  endif()
  find_path(BoringSSL_INCLUDE_DIR openssl/is_boringssl.h
    PATHS ${_place} PATH_SUFFIXES ${_include_suffixes} NO_DEFAULT_PATH)
  find_library(BoringSSL_CRYPTO_LIBRARY NAMES libdmls_bssl_crypto.a libcrypto.a crypto
    PATHS ${_place} PATH_SUFFIXES ${_library_suffixes} NO_DEFAULT_PATH)
  if(BoringSSL_INCLUDE_DIR AND BoringSSL_CRYPTO_LIBRARY)
    break()
  endif()
  unset(BoringSSL_INCLUDE_DIR CACHE)
  unset(BoringSSL_CRYPTO_LIBRARY CACHE)
endforeach()

# What it is.
set(BoringSSL_PREFIX "${BORINGSSL_PREFIX}")
if(BoringSSL_INCLUDE_DIR)
  file(STRINGS ${BoringSSL_INCLUDE_DIR}/openssl/base.h _line REGEX "#define BORINGSSL_API_VERSION [0-9]+")
  string(REGEX MATCH "[0-9]+$" BoringSSL_VERSION "${_line}")

  get_filename_component(_root ${BoringSSL_INCLUDE_DIR} DIRECTORY)
  set(_what "built elsewhere")
  if(EXISTS ${_root}/build-info)
    file(STRINGS ${_root}/build-info _info)
    foreach(_entry IN LISTS _info)
      if(_entry MATCHES "^(source|prefix|small)=(.*)$")
        set(_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
      endif()
    endforeach()
    set(BoringSSL_PREFIX ${_prefix})
    set(_what "${_source}, optimised, static, prefixed")
    if(_small)
      string(REPLACE optimised small _what "${_what}")
    endif()
  elseif(BoringSSL_INCLUDE_DIR STREQUAL /usr/include/android)
    set(_what "Debian binary package, small, shared")
    if(NOT BoringSSL_FIND_QUIETLY AND NOT TARGET BoringSSL::crypto)
      message(WARNING "Using Debian's android-libboringssl-dev: P-256 is about three times slower than an optimised "
        "build, and no program that links it may use OpenSSL. tools/boringssl/build.sh makes a better one.")
    endif()
  elseif(DMLS_FETCH_BORINGSSL)
    set(_what "upstream ${DMLS_FETCH_BORINGSSL_TAG}, static")
  endif()
  set(BoringSSL_DESCRIPTION "BoringSSL API ${BoringSSL_VERSION} (${_what})"
    CACHE INTERNAL "Which BoringSSL this is")
endif()

find_package_handle_standard_args(BoringSSL
  REQUIRED_VARS BoringSSL_CRYPTO_LIBRARY BoringSSL_INCLUDE_DIR VERSION_VAR BoringSSL_VERSION
  REASON_FAILURE_MESSAGE "run tools/boringssl/build.sh, or set BORINGSSL_ROOT, or install android-libboringssl-dev")

if(BoringSSL_FOUND AND NOT TARGET BoringSSL::crypto)
  # Where threads need no library of their own (glibc >= 2.34) this adds nothing; elsewhere CMake's module is needed.
  find_package(Threads REQUIRED)
  if(TARGET Threads::Threads)
    set_property(TARGET Threads::Threads PROPERTY IMPORTED_GLOBAL TRUE)
  endif()
  add_library(BoringSSL::crypto UNKNOWN IMPORTED GLOBAL)
  set_target_properties(BoringSSL::crypto PROPERTIES
    IMPORTED_LOCATION "${BoringSSL_CRYPTO_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${BoringSSL_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads
    INTERFACE_COMPILE_DEFINITIONS "DMLS_BORINGSSL_DESCRIPTION=\"${BoringSSL_DESCRIPTION}\"")
  if(BoringSSL_PREFIX)
    set_property(TARGET BoringSSL::crypto APPEND PROPERTY
      INTERFACE_COMPILE_DEFINITIONS BORINGSSL_PREFIX=${BoringSSL_PREFIX})
  endif()

  # Proof that headers and library belong together: catches a forgotten prefix, or OpenSSL's libcrypto.
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LIBRARIES BoringSSL::crypto)
  set(CMAKE_REQUIRED_QUIET ON)
  check_cxx_source_compiles("
#include <openssl/aead.h>
#include <openssl/curve25519.h>
#include <openssl/ec_key.h>
int main() {
  uint8_t a[32] = {1}, b[32] = {9}, c[32];
  EC_KEY_free(nullptr);
  return X25519(c, a, b) == 1 && EVP_aead_aes_256_gcm() != nullptr ? 0 : 1;
}" BoringSSL_LINKS)
  unset(CMAKE_REQUIRED_LIBRARIES)
  unset(CMAKE_REQUIRED_QUIET)
  if(NOT BoringSSL_LINKS)
    message(FATAL_ERROR "The BoringSSL headers in ${BoringSSL_INCLUDE_DIR} do not link with "
      "${BoringSSL_CRYPTO_LIBRARY}; see CMakeFiles/CMakeError.log in the build directory")
  endif()
endif()
mark_as_advanced(BoringSSL_INCLUDE_DIR BoringSSL_CRYPTO_LIBRARY)
