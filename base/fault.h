/* fault: the end of a run because racecheck itself is wrong.
 *
 * For checks that a user's result depends on and that stay in release builds (the sum over all values must be the number
 * of all schedules): what they catch is neither bad input nor a limit. The scope around the caller ends (base/scope.h). */
#pragma once

_Noreturn void fault(const char *format, ...) __attribute__((format(printf, 1, 2)));
