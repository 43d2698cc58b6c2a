/*
 * A message travels from register to register: from the sender's r1 to r3 into the ring, from there into the receiver's. So
 * the kernel follows no pointer of a task, and a sender that waits needs no room: its message waits in its registers.
 */
#include "ipc.h"
#include "scheduler.h"

struct message {
    u32 words[3];
};

struct queue {
    struct message ring[QUEUE_LENGTH];
    u32 first;
    u32 count;
    struct link senders; /* only while it is full */
    struct link receivers; /* only while it is empty */
};

struct semaphore {
    u32 count;
    struct link waiting; /* only while count is 0 */
};

static struct queue queues[QUEUES];
static struct semaphore semaphores[SEMAPHORES];

void ipc_init(void)
{
    for (u32 i = 0; i < QUEUES; i++) {
        list_init(&queues[i].senders);
        list_init(&queues[i].receivers);
    }
    for (u32 i = 0; i < SEMAPHORES; i++)
        list_init(&semaphores[i].waiting);
}

static void put(struct queue *queue, const struct task *sender)
{
    struct message *message = &queue->ring[(queue->first + queue->count++) % QUEUE_LENGTH];

    for (u32 i = 0; i < 3; i++)
        message->words[i] = sender->context.r[1 + i];
}

static void take(struct queue *queue, struct task *receiver)
{
    const struct message *message = &queue->ring[queue->first];

    for (u32 i = 0; i < 3; i++)
        receiver->context.r[1 + i] = message->words[i];
    queue->first = (queue->first + 1) % QUEUE_LENGTH;
    queue->count--;
}

void queue_send(unsigned number)
{
    struct queue *queue = &queues[number];

    if (queue->count == QUEUE_LENGTH) {
        make_wait(current, &queue->senders);
        return;
    }
    put(queue, current);
    if (!list_empty(&queue->receivers)) {
        struct task *receiver = task_of(queue->receivers.next);

        take(queue, receiver);
        make_ready(receiver);
    }
}

void queue_receive(unsigned number)
{
    struct queue *queue = &queues[number];

    if (queue->count == 0) {
        make_wait(current, &queue->receivers);
        return;
    }
    take(queue, current);
    if (!list_empty(&queue->senders)) {
        struct task *sender = task_of(queue->senders.next);

        put(queue, sender);
        make_ready(sender);
    }
}

void semaphore_wait(unsigned number)
{
    struct semaphore *semaphore = &semaphores[number];

    if (semaphore->count == 0)
        make_wait(current, &semaphore->waiting);
    else
        semaphore->count--;
}

void semaphore_signal(unsigned number)
{
    struct semaphore *semaphore = &semaphores[number];

    if (list_empty(&semaphore->waiting))
        semaphore->count++;
    else
        make_ready(task_of(semaphore->waiting.next));
}
