#include "task_hook.h"

#include <stdio.h>
#include <stdlib.h>

// These hooks are part of the runtime's binary interface (swift/Runtime/Concurrency.h): a program may set them to
// decide for itself where and when the jobs of the global executor run.
#define SWIFT_CC __attribute__((swiftcall))

typedef SWIFT_CC void (*enqueue)(void *job);
typedef SWIFT_CC void (*enqueue_after)(unsigned long long delay, void *job);
typedef SWIFT_CC void (*enqueue_at)(
    long long seconds, long long nanoseconds, long long tolerance_seconds, long long tolerance_nanoseconds, int clock,
    void *job);

extern SWIFT_CC void (*swift_task_enqueueGlobal_hook)(void *job, enqueue original);
extern SWIFT_CC void (*swift_task_enqueueGlobalWithDelay_hook)(
    unsigned long long delay, void *job, enqueue_after original);
extern SWIFT_CC void (*swift_task_enqueueGlobalWithDeadline_hook)(
    long long seconds, long long nanoseconds, long long tolerance_seconds, long long tolerance_nanoseconds, int clock,
    void *job, enqueue_at original);

// An executor is two words; the generic one, which stands for "no actor", has zeros in both.
extern SWIFT_CC void swift_job_run(void *job, void *identity, void *implementation);

static void **jobs;
static long count, capacity, system_sleeps;

static void keep(void *job) {
  if (count == capacity) {
    capacity = capacity ? 2 * capacity : 64;
    jobs = realloc(jobs, (size_t)capacity * sizeof *jobs);
    if (!jobs) {
      fputs("no memory for the jobs of the simulation\n", stderr);
      abort();
    }
  }
  jobs[count++] = job;
}

static SWIFT_CC void keep_now(void *job, enqueue original) {
  (void)original;
  keep(job);
}

static SWIFT_CC void keep_delayed(unsigned long long delay, void *job, enqueue_after original) {
  (void)delay, (void)original;
  system_sleeps++;
  keep(job);
}

static SWIFT_CC void keep_until(
    long long seconds, long long nanoseconds, long long tolerance_seconds, long long tolerance_nanoseconds, int clock,
    void *job, enqueue_at original) {
  (void)seconds, (void)nanoseconds, (void)tolerance_seconds, (void)tolerance_nanoseconds, (void)clock, (void)original;
  system_sleeps++;
  keep(job);
}

void task_hook_install(void) {
  swift_task_enqueueGlobal_hook = keep_now;
  swift_task_enqueueGlobalWithDelay_hook = keep_delayed;
  swift_task_enqueueGlobalWithDeadline_hook = keep_until;
}

long task_hook_count(void) { return count; }

long task_hook_system_sleeps(void) { return system_sleeps; }

void task_hook_run(long index) {
  if (index < 0 || index >= count) return;
  void *job = jobs[index];
  // The order of the others does not matter: whoever calls picks at random.
  jobs[index] = jobs[--count];
  swift_job_run(job, NULL, NULL);
}
