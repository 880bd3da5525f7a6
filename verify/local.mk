# verify: the verifier of certificates, a program of its own that shares no file and no library of ours with racecheck.
bin_PROGRAMS += racecheck-verify
verify_sources = \
    %D%/arithmetic.c %D%/arithmetic.h \
    %D%/certificate.c %D%/certificate.h \
    %D%/certificate_states.c \
    %D%/code.c \
    %D%/condition.c %D%/condition.h \
    %D%/expression.c \
    %D%/instructions.c \
    %D%/lines.c \
    %D%/machine.c %D%/machine.h \
    %D%/operands.c \
    %D%/parametric.c %D%/parametric.h \
    %D%/program.c %D%/program.h \
    %D%/proof.c %D%/proof.h \
    %D%/scheduler.c %D%/scheduler.h \
    %D%/sha256.c %D%/sha256.h \
    %D%/stretches.c \
    %D%/table.c %D%/table.h \
    %D%/token.c %D%/token.h \
    %D%/verdict.c %D%/verdict.h \
    %D%/witness.c %D%/witness.h \
    %D%/words.c %D%/words.h
racecheck_verify_SOURCES = %D%/main.c $(verify_sources)
# Nothing but the C library.
racecheck_verify_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)
racecheck_verify_CFLAGS = $(RACECHECK_CFLAGS)
racecheck_verify_LDADD =
