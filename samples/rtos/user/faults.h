#ifndef FAULTS_H
#define FAULTS_H

#include "../kernel/types.h"

/* Tasks that do what they may not. @returns whether each ended as it should, and nothing else was harmed */
bool faults_run(void);

#endif
