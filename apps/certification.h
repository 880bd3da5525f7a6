/* certification: from an examination to a certificate in a file. */
#ifndef RACECHECK_APPS_CERTIFICATION_H
#define RACECHECK_APPS_CERTIFICATION_H

#include "apps/examination.h"
#include "report/certificate_file.h"

enum certification_result {
    CERTIFICATION_WRITTEN,
    CERTIFICATION_NOTHING, /* there is no final value, or no whole answer, to certify; the examination's status tells of it */
    CERTIFICATION_MISSED, /* there is one, but no certificate: a limit was reached, or the format cannot tell of the program */
    CERTIFICATION_FAILED /* it cannot be written: *error is set */
};

/* Certifies the least final value that an examination found (is_upper: the greatest) and writes the certificate to a path,
 * whole or not at all. checksum gets the SHA-256 of the file. Where there is no certificate the reason is one line on
 * standard error, and other documents can be written all the same; the examination's refusal is the exit status for a
 * certificate that is missed. */
enum certification_result certification_deliver(struct examination *examination, bool is_upper, const char *path,
                                                char checksum[CERTIFICATE_CHECKSUM_SIZE], struct error *error);

#endif
