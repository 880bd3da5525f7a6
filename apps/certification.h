/* certification: from an examination to a certificate in a file. */
#pragma once

#include "apps/examination.h"
#include "report/certificate_file.h"

/* Certifies the least and the greatest final value of each place that an examination observed, as far as its options ask for that, and
 * writes each certificate to its path, whole or not at all. Where something is claimed of every state, that is certified in place of the least
 * values. Each checksum gets the SHA-256 of its file; it is empty where there is none. Where
 * there is no certificate the reason is one line on standard error and the examination's refusal (examination_refuse()), and other
 * documents can be written all the same. Returns false with *error set where a file cannot be
 * written. */
bool certification_deliver(struct examination *examination, char checksums[2][CERTIFICATE_CHECKSUM_SIZE],
                           struct error *error);
