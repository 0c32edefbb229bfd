# Installation and the CMake package: find_package(dmls CONFIG), targets dmls::<layer>.
include(CMakePackageConfigHelpers)
set(DMLS_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/dmls)
