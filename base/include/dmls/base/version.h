#pragma once
// Which version of the library these headers belong to. The build checks that they say what its project says.

#define DMLS_VERSION_MAJOR 0
#define DMLS_VERSION_MINOR 1
#define DMLS_VERSION_PATCH 0
#define DMLS_VERSION "0.1.0"
