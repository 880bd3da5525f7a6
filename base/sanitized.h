/* sanitized: whether the program is built with sanitizers.
 *
 * They reserve terabytes of addresses, hold memory of their own beside ours, and need system calls of their own to report what they
 * find. Limits that the system watches over mean nothing then. */
#pragma once

#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define IS_SANITIZED 1
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif
