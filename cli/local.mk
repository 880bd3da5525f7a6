# cli: the program, ./racecheck at the top of the build tree.
bin_PROGRAMS += racecheck
racecheck_SOURCES = \
    %D%/main.c
racecheck_LDADD = $(OUR_LIBS) $(THEIR_LIBS)
