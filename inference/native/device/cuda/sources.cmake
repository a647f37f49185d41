# The CUDA kernels and what starts them: for nvcc (cuda.cmake) and for the emulator (test/simt).
set(CUDA_SOURCES cuda_device.cu cuda_memory.cu peers.cu load.cu work.cu graphs.cu loader.cu offloaded_experts.cu rows.cu dense.cu attend.cu experts.cu logits.cu layout.cpp step_inputs.cpp)
list(TRANSFORM CUDA_SOURCES PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
