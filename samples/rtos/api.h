/*
 * The contract between the kernel and the user program, included by both: numbers of the system calls, what they take
 * and give, and the little that both must know about memory.
 *
 * A call is `svc #0` with its number in r7 and arguments in r0 to r3. The result comes back in r0: zero or more, or one of
 * the errors below. Some calls give more, in r1 to r3. All other registers are kept.
 */
#ifndef API_H
#define API_H

#define CALL_EXIT      0  /* (status)                                ends the calling task */
#define CALL_WRITE     1  /* (text, length)                          to the console */
#define CALL_START     2  /* (function, argument, priority, name)    a new task; gives its number */
#define CALL_KILL      3  /* (task)                                  ends another task */
#define CALL_JOIN      4  /* (task)                                  waits for its end; gives how, r1: its status */
#define CALL_YIELD     5  /* ()                                      lets others of the same priority go first */
#define CALL_SLEEP     6  /* (ticks) */
#define CALL_SEND      7  /* (queue, word, word, word)               waits while the queue is full */
#define CALL_RECEIVE   8  /* (queue)                                 waits while it is empty; r1 to r3: the message */
#define CALL_WAIT      9  /* (semaphore)                             waits while it is zero, then takes one off */
#define CALL_SIGNAL    10 /* (semaphore)                             adds one */
#define CALL_USAGE     11 /* (task)                                  r1: microseconds, r2: instructions, r3: preemptions */
#define CALL_ARGUMENTS 12 /* (buffer, size)                          the run's command line, as text */
#define CALLS          13

/* Errors. */
#define ERROR_CALL    (-1) /* there is no such call */
#define ERROR_ADDRESS (-2) /* the task may not read, or not write, what it points at */
#define ERROR_NUMBER  (-3) /* there is no such task, queue, semaphore or priority */
#define ERROR_FULL    (-4) /* there are as many tasks as there can be */

/* How a task ended. */
#define ENDED_BY_ITSELF 0
#define ENDED_BY_KILL   1
#define ENDED_BY_FAULT  2 /* its status is one of the following */

#define FAULT_UNDEFINED 1 /* Undefined Instruction */
#define FAULT_FETCH     2 /* Prefetch Abort */
#define FAULT_ACCESS    3 /* Data Abort */

/* Task 0 is the program's own: when it ends, the run ends. */
#define MAIN_TASK     0
#define TASKS         12
#define PRIORITIES    8 /* 0 is the most urgent */
#define MAIN_PRIORITY 2

#define QUEUES       4
#define QUEUE_LENGTH 4 /* messages */
#define SEMAPHORES   4

#define TICKS_PER_SECOND 100

#define NAME_SIZE 12 /* bytes of a task's name, with its end */

/*
 * Virtual addresses of the user program. Below 32 MiB a task sees its own translation table, above the kernel's.
 * Every task enters at USER_BASE, with its function in r1 and the argument in r0 (user/start.S).
 */
#define USER_BASE   0x00100000
#define STACK_TOP   0x00300000
#define STACK_PAGES 2

#endif
