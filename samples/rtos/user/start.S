/* Where every task begins: its function in r1 (none: it is the first, and main is meant), the argument in r0. */
#include "../api.h"

        .syntax unified
        .arm

        .section .text.start, "ax"
        .global user_start
user_start:
        cmp     r1, #0
        ldreq   r1, =main
        blx     r1
        mov     r7, #CALL_EXIT                  @ what the function returned is its status
        svc     #0
