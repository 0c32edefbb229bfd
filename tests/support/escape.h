#pragma once
// Hides a use of memory from the optimiser, which may otherwise leave out an allocation that nobody looks at.

namespace dmls::test {

inline void escape(const void* memory) { asm volatile("" : : "g"(memory) : "memory"); }

}  // namespace dmls::test
