#pragma once
// Which version of the library these headers belong to. The build checks that they say what its project says.

// 0: nothing is promised to stay.
#define DMLS_VERSION_MAJOR 0
// While MAJOR is 0, another one may change any interface; CHANGELOG.md says which.
#define DMLS_VERSION_MINOR 1
// Versions that differ in nothing else have the same interfaces.
#define DMLS_VERSION_PATCH 0
// The three numbers as text, with dots.
#define DMLS_VERSION "0.1.0"
