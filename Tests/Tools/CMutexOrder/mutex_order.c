// Tells ThreadSanitizer of the order that a contended Mutex makes.
//
// A Mutex that no other thread holds is locked and unlocked by code which the compiler puts into the program, and the
// sanitizer sees that. One that another thread holds or waits for is handed over by these functions of the standard library,
// which are not built with the sanitizer, and by the kernel: to the sanitizer, threads that take turns look like a race. The
// linker prefers the definitions below. Where the standard library has no such functions, nobody calls them.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)

#define _GNU_SOURCE
#include "mutex_order.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT_CC __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *mutex
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Of the sanitizer's runtime (sanitizer/tsan_interface.h).
void __tsan_acquire(void *address);
void __tsan_release(void *address);

static SWIFT_CC void (*original_lock)(uint32_t thread, SELF);
static SWIFT_CC bool (*original_try_lock)(SELF);
static SWIFT_CC void (*original_unlock)(SELF);

__attribute__((constructor)) static void find_originals(void) {
  original_lock = dlsym(RTLD_NEXT, LOCK);
  original_try_lock = dlsym(RTLD_NEXT, TRY_LOCK);
  original_unlock = dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT_CC void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT_CC void lock_slow(uint32_t thread, SELF) {
  original_lock(thread, mutex);
  __tsan_acquire(mutex);
}

SWIFT_CC bool try_lock_slow(SELF) __asm__(TRY_LOCK);
SWIFT_CC bool try_lock_slow(SELF) {
  bool is_locked = original_try_lock(mutex);
  if (is_locked) __tsan_acquire(mutex);
  return is_locked;
}

SWIFT_CC void unlock_slow(SELF) __asm__(UNLOCK);
SWIFT_CC void unlock_slow(SELF) {
  __tsan_release(mutex);
  original_unlock(mutex);
}

#endif
#endif
