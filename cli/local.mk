# cli: the program, ./racecheck at the top of the build tree.
bin_PROGRAMS += racecheck
racecheck_SOURCES = \
    %D%/assertion.c %D%/assertion.h \
    %D%/check.c \
    %D%/commands.h \
    %D%/delivery.c %D%/delivery.h \
    %D%/interrupt.c %D%/interrupt.h \
    %D%/main.c \
    %D%/models.c \
    %D%/options.c %D%/options.h \
    %D%/progress.c %D%/progress.h \
    %D%/replay.c \
    %D%/source.c %D%/source.h \
    %D%/status.h
racecheck_LDADD = $(OUR_LIBS) $(THEIR_LIBS)
