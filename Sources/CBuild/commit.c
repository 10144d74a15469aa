#include "commit.h"

/* Package.swift defines it. The one place that depends on it is this file, so that another commit compiles no more. */
#ifndef BUILD_COMMIT
#define BUILD_COMMIT ""
#endif

const char *chat3_build_commit(void) { return BUILD_COMMIT; }
