#ifndef TASK_HOOK_H
#define TASK_HOOK_H

/// From now on every job that is due on Swift's global executor, which runs all tasks and default actors, is kept
/// here instead, until task_hook_run runs it. For programs that do all their work on one thread.
void task_hook_install(void);

/// How many jobs are kept.
long task_hook_count(void);

/// Takes out the job at an index, from 0 up to the count, and runs it until it suspends or ends.
void task_hook_run(long index);

/// How often a task has asked the system, and not a clock of the simulation, to wake it later. Such a task goes on
/// at once.
long task_hook_system_sleeps(void);

#endif
