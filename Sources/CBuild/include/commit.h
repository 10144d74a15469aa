#ifndef CHAT3_CBUILD_COMMIT_H
#define CHAT3_CBUILD_COMMIT_H

/* The commit that the program was built from, as whoever built it has said by BUILD_COMMIT; else empty. */
const char *chat3_build_commit(void);

#endif
