/* An interpreter of bytecode for a stack machine: a jump table, indirect branches that predict badly. */
#include "kernel.h"

enum code { STOP, PUSH, GET, PUT, ADD, SUBTRACT, MULTIPLY, XOR, HALVE, LOW, COPY, BRANCH };

/* sum = 0; for (n = argument; n; n--) sum = ((sum + n * n) ^ (sum / 2)) & 0xffff */
static const u8 program[] = {
    PUSH, 0, PUT, 1,                                                           /* sum = 0 */
    GET, 1, GET, 0, COPY, MULTIPLY, ADD, GET, 1, HALVE, XOR, LOW, PUT, 1,     /* 4: */
    GET, 0, PUSH, 1, SUBTRACT, COPY, PUT, 0, BRANCH, 4, STOP,
};
static u8 code[sizeof program];

void prepare(void) {
  for (u32 i = 0; i < sizeof program; i++) code[i] = program[i];
}

static APART u32 interpret(u32 argument) {
  u32 stack[8], *top = stack, variables[2] = {argument, 0};
  const u8 *at = code;
  for (;;) {
    switch (*at++) {
    case STOP: return variables[1];
    case PUSH: *top++ = *at++; break;
    case GET: *top++ = variables[*at++]; break;
    case PUT: variables[*at++] = *--top; break;
    case ADD: top--; top[-1] += top[0]; break;
    case SUBTRACT: top--; top[-1] -= top[0]; break;
    case MULTIPLY: top--; top[-1] *= top[0]; break;
    case XOR: top--; top[-1] ^= top[0]; break;
    case HALVE: top[-1] >>= 1; break;
    case LOW: top[-1] &= 0xffff; break;
    case COPY: top[0] = top[-1]; top++; break;
    case BRANCH: at = *--top ? code + *at : at + 1; break;
    default: return ~0u;
    }
  }
}

u32 round_(u32 number, u32 checksum) { return checksum * 13 + interpret(1000 + (number & 7)); }
