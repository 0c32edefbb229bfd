# Script behind dmls_must_not_compile(): compiles SOURCE twice, without and with DMLS_MISUSE.
list(TRANSFORM INCLUDES PREPEND -I)
set(command ${COMPILER} -std=c++20 -fsyntax-only ${INCLUDES} ${SOURCE})

execute_process(COMMAND ${command} RESULT_VARIABLE status ERROR_VARIABLE messages)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "The proper use does not compile, so the test proves nothing:\n${messages}")
endif()

execute_process(COMMAND ${command} -DDMLS_MISUSE RESULT_VARIABLE status ERROR_VARIABLE messages)
if(status EQUAL 0)
  message(FATAL_ERROR "The misuse compiles: ${SOURCE}")
elseif(NOT messages MATCHES "${REGEX}")
  message(FATAL_ERROR "The misuse is refused, but not for the expected reason (${REGEX}):\n${messages}")
endif()
