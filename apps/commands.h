/* commands: what racecheck can be asked to do, one file each. Every command takes the parsed options and returns the exit
 * status (apps/status.h). Where *error is set that is what is left to be said. */
#pragma once

#include "apps/options.h"
#include "apps/status.h"

/* racecheck [check]: analyse a program and report. */
enum status command_check(const struct options *options, struct error *error);

/* racecheck sweep NAME=RANGE...: analyse a program again and again, with parameters that change. */
enum status command_sweep(const struct options *options, struct error *error);

/* racecheck report: analyse a program and write a proof for people. */
enum status command_report(const struct options *options, struct error *error);

/* racecheck export: write the program and its scheduler as a model for SPIN. */
enum status command_export(const struct options *options, struct error *error);

/* racecheck verify FILE: have racecheck-verify check a certificate. */
enum status command_verify(const struct options *options, struct error *error);

/* racecheck replay FILE: execute a witness and say whether it does what it claims. */
enum status command_replay(const struct options *options, struct error *error);

/* racecheck measure FILE: run a real program again and again, and compare how it ends with all that can happen. */
enum status command_measure(const struct options *options, struct error *error);

/* racecheck sample: draw schedules at random, and say how they end. */
enum status command_sample(const struct options *options, struct error *error);

/* racecheck models [NAME]: list the catalogue, or print one text. */
enum status command_models(const struct options *options, struct error *error);

/* racecheck assign: make an assignment for a class, a version for each student. */
enum status command_assign(const struct options *options, struct error *error);

/* racecheck grade ASSIGNMENT SUBMISSIONS: grade what students handed in. */
enum status command_grade(const struct options *options, struct error *error);
