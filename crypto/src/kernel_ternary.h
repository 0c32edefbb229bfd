#pragma once
// Functions of three bits in one instruction. MemorySanitizer (clang 14) does not know that instruction and takes its
// operands for a use; it gets the same function in plain operators.

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define DMLS_TERNARY(instruction, a, b, c, table, plain) (plain)
#endif
#endif
#if !defined(DMLS_TERNARY)
#define DMLS_TERNARY(instruction, a, b, c, table, plain) instruction(a, b, c, table)
#endif
