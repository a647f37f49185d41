# libkern_cuda.so and the programs that measure it. Code for A100 (sm_80) and H100/H200 (sm_90a: with wgmma), and PTX for what comes after.
if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80-real 90a-real 90-virtual)
endif()
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
set(CMAKE_CUDA_STANDARD 17)
enable_language(CUDA)
# CMake before 3.26 does not know that nvcc 12 and later have C++20.
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
endif()
set(CMAKE_CUDA_STANDARD 20)

# Toolkits that do not come from NVIDIA's installer may have the runtime here only.
get_filename_component(CUDA_BIN ${WISECRACK_NVCC} DIRECTORY)
link_directories(${CUDA_BIN}/../lib64 ${CUDA_BIN}/../lib)

include(device/cuda/sources.cmake)
# As on the host: multiply-adds are fused only where the source says so, or two kernels could give one sum different bits.
add_compile_options($<$<COMPILE_LANGUAGE:CUDA>:-fmad=false>)

# What of the engine's own it needs it has itself: the addon shows its functions to nobody.
add_library(kern_cuda MODULE ${CUDA_SOURCES} device/team.cpp io/file.cpp)
target_include_directories(kern_cuda PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
set_target_properties(kern_cuda PROPERTIES LINKER_LANGUAGE CUDA LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR} CUDA_VISIBILITY_PRESET hidden)
target_link_options(kern_cuda PRIVATE -Wl,--no-undefined)  # else it would not load on the machine that has a card
target_compile_options(kern_cuda PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:-Xptxas=-v>)
set_target_properties(kern_cuda PROPERTIES CUDA_COMPILER_LAUNCHER "sh;${CMAKE_CURRENT_SOURCE_DIR}/device/cuda/compile.sh")
