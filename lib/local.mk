# lib: libracecheck, the analysis for other programs, with one public header.
noinst_LIBRARIES += %D%/liblib.a
%C%_liblib_a_SOURCES = %D%/racecheck.c %D%/racecheck.h
include_HEADERS += %D%/racecheck.h

# One object in one archive, so that nothing but the public functions can be seen, and no name of ours meets one of others.
libracecheckdir = $(libdir)
libracecheck_DATA = %D%/libracecheck.a
CLEANFILES += %D%/libracecheck.a %D%/libracecheck.o
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = %D%/racecheck.pc

library_parts = %D%/racecheck.$(OBJEXT) analysis/libanalysis.a trace/libtrace.a space/libspace.a schedulers/libschedulers.a \
    machine/libmachine.a models/libmodels.a frontends/libfrontends.a program/libprogram.a base/libbase.a
%D%/libracecheck.a: $(library_parts)
	$(AM_V_GEN)$(CC) $(CFLAGS) -r -nostdlib -o %D%/libracecheck.o $(library_parts)
	$(AM_V_at)$(OBJCOPY) -w --keep-global-symbol='racecheck_*' %D%/libracecheck.o
	$(AM_V_at)rm -f $@ && $(AR) $(ARFLAGS) $@ %D%/libracecheck.o && $(RANLIB) $@
