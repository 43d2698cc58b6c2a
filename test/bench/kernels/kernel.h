/* What every kernel of the engine benchmark includes. A kernel prepares its data once, then does its work in rounds; the checksum that it
 * returns depends on all of it, so that engines can be compared and nothing can be optimised away. */
typedef unsigned int u32;
typedef int s32;
typedef unsigned short u16;
typedef unsigned char u8;

#define APART __attribute__((noipa))

void prepare(void);
u32 round_(u32 number, u32 checksum);

/* A linear congruential generator; the upper bits are the good ones. */
static u32 random_state = 0x2545f491u;
static inline u32 next_random(void) {
  random_state = random_state * 69069u + 1u;
  return random_state >> 7;
}
