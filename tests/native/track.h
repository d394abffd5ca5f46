/* Included before every source of a build for memcheck: what is secret, and what is so no longer. */
#include <valgrind/memcheck.h>

#define SM2_PUBLIC(pointer, size) VALGRIND_MAKE_MEM_DEFINED(pointer, size)
#define SM2_SECRET(pointer, size) VALGRIND_MAKE_MEM_UNDEFINED(pointer, size)
