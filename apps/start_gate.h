/* start_gate: a C text that is linked with a program which is run for real (start_gate.c, made a part of racecheck by the build). */
#pragma once

extern const char start_gate[];
