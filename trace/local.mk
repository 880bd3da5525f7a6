# trace: what a schedule did.
noinst_LIBRARIES += %D%/libtrace.a
%C%_libtrace_a_SOURCES = \
    %D%/chain.c %D%/chain.h \
    %D%/condensed.c %D%/condensed.h \
    %D%/recorder.c %D%/recorder.h \
    %D%/replay.c %D%/replay.h \
    %D%/trace.c %D%/trace.h \
    %D%/turns_replay.c %D%/turns_replay.h
