# docs: texts, the formats' schemas, and the manual pages, which are made from --help.
dist_doc_DATA += $(wildcard $(srcdir)/%D%/*.md) $(wildcard $(srcdir)/%D%/*.json)
EXTRA_DIST += $(wildcard $(srcdir)/%D%/*.h2m)
# theorem.md links to them.
theoremdir = $(docdir)/theorem
dist_theorem_DATA = $(wildcard $(srcdir)/%D%/theorem/*.smt2)

if HAVE_HELP2MAN
man_MANS += %D%/racecheck.1 %D%/racecheck-sweep.1
CLEANFILES += %D%/racecheck.1 %D%/racecheck-sweep.1
# The pages' date, 2026-01-01; the same page is made whenever it is made.
manual_date = 1767225600

# The program is an order-only prerequisite: the page is new where the options are, not at every relinking.
%D%/racecheck.1: $(wildcard $(srcdir)/cli/*.[ch]) $(wildcard $(srcdir)/%D%/*.h2m) $(srcdir)/configure.ac | racecheck$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) %D%
	$(AM_V_at)LC_ALL=C SOURCE_DATE_EPOCH=$(manual_date) $(HELP2MAN) --no-info \
	    --name='find every outcome of a data race' --opt-include=$(srcdir)/%D%/racecheck.h2m \
	    --output=$@.new ./racecheck$(EXEEXT)
	$(AM_V_at)mv -f $@.new $@

# help2man names a page after the program.
%D%/racecheck-sweep.1: $(wildcard $(srcdir)/cli/*.[ch]) $(srcdir)/configure.ac | racecheck$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) %D%
	$(AM_V_at)LC_ALL=C SOURCE_DATE_EPOCH=$(manual_date) $(HELP2MAN) --no-info --help-option='sweep --help' \
	    --name='the outcomes of a data race, from point to point of a parameter' \
	    --output=$@.raw ./racecheck$(EXEEXT)
	$(AM_V_at)sed -e 's/^\.TH RACECHECK /.TH RACECHECK-SWEEP /' -e 's/^racecheck \\-/racecheck-sweep \\-/' $@.raw >$@.new
	$(AM_V_at)rm -f $@.raw && mv -f $@.new $@
endif
