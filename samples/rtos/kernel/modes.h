/* The processor's modes, as the CPSR has them. For C and assembly. */
#ifndef MODES_H
#define MODES_H

#define MODE_USR  0x10
#define MODE_SVC  0x13
#define MODE_ABT  0x17
#define MODE_UND  0x1b
#define MODE_MASK 0x1f

#endif
