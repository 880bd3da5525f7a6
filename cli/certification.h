/* certification: from an examination to a certificate in a file. */
#ifndef RACECHECK_CLI_CERTIFICATION_H
#define RACECHECK_CLI_CERTIFICATION_H

#include "cli/examination.h"
#include "reports/certificate_file.h"

/* Certifies the least final value that an examination found (is_upper: the greatest) and writes the certificate to a path,
 * whole or not at all. checksum gets the SHA-256 of the file. Returns false with *error set where there is no certificate
 * (the outcome is incomplete), it cannot be written, or a limit was reached on the way: the examination's refusal says so. */
bool certification_deliver(struct examination *examination, bool is_upper, const char *path,
                           char checksum[CERTIFICATE_CHECKSUM_SIZE], struct error *error);

#endif
