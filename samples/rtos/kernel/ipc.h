/* Queues of messages of three words, and counting semaphores. There are a few of each, known by number. */
#ifndef IPC_H
#define IPC_H

void ipc_init(void);

/* Each acts for the current task: takes its arguments from its registers, puts results there, makes it wait. */
void queue_send(unsigned number);
void queue_receive(unsigned number);
void semaphore_wait(unsigned number);
void semaphore_signal(unsigned number);

#endif
