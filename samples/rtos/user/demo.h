#ifndef DEMO_H
#define DEMO_H

#include "../kernel/types.h"

/* @returns whether everything was as it should be */
bool demo_run(void);

#endif
