# Instruction sets of the kernels, file by file. They are called after run-time detection only.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(kernel_avx512 -mavx512f -mavx512bw -mavx512vl)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # Reassociated additions lengthen the chain between rounds (a third slower); clang has no such switch. g++ 12
    # reports the deliberately undefined operands inside its own intrinsics.
    list(APPEND kernel_avx512 -fno-tree-reassoc -Wno-uninitialized)
  endif()
  set_source_files_properties(${root}/src/kernel_shani.cc PROPERTIES COMPILE_OPTIONS "-msha;-mssse3;-msse4.1")
  set_source_files_properties(${root}/src/kernel_lanes.cc ${root}/src/kernel_pair.cc
    PROPERTIES COMPILE_OPTIONS "${kernel_avx512}")
endif()
