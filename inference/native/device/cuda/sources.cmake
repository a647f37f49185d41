# The CUDA kernels and what starts them: for nvcc (cuda.cmake), for the emulator (test/simt) and for a card's tests (test/gpu).
set(CUDA_SOURCES dense.cu attend.cu experts.cu together.cu layout.cpp step_inputs.cpp)
list(TRANSFORM CUDA_SOURCES PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
