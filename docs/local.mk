# docs: texts, the formats' schemas, and the manual pages, which are made from --help and what manual/ adds to it.
dist_doc_DATA += $(wildcard $(srcdir)/%D%/*.md) $(wildcard $(srcdir)/%D%/*.json)
EXTRA_DIST += $(manual_additions)
manual_additions = $(wildcard $(srcdir)/%D%/manual/*.h2m)
# theorem.md links to them.
theoremdir = $(docdir)/theorem
dist_theorem_DATA = $(wildcard $(srcdir)/%D%/theorem/*.smt2)

if HAVE_HELP2MAN
# A page a command; that of `racecheck verify` is the verifier's own.
command_pages = \
    %D%/racecheck-assign.1 \
    %D%/racecheck-export.1 \
    %D%/racecheck-grade.1 \
    %D%/racecheck-measure.1 \
    %D%/racecheck-models.1 \
    %D%/racecheck-replay.1 \
    %D%/racecheck-report.1 \
    %D%/racecheck-sample.1 \
    %D%/racecheck-sweep.1
man_MANS += %D%/racecheck.1 %D%/racecheck-verify.1 $(command_pages)
CLEANFILES += %D%/racecheck.1 %D%/racecheck-verify.1 $(command_pages)

# The pages' date, 2026-01-01; the same page is made whenever it is made.
manual_date = 1767225600
# The programs are order-only prerequisites: a page is new where the options are, not at every relinking.
manual_sources = $(wildcard $(srcdir)/apps/*.[ch]) $(wildcard $(srcdir)/verify/main.c) $(manual_additions) $(srcdir)/configure.ac

# make_page OPTIONS PROGRAM: help2man names a page after the program, and knows no section for exit statuses.
make_page = \
    $(MKDIR_P) %D% && \
    LC_ALL=C SOURCE_DATE_EPOCH=$(manual_date) $(HELP2MAN) --no-info --include=$(srcdir)/%D%/manual/$(@F:.1=.h2m) \
        --output=$@.raw $(1) ./$(2)$(EXEEXT) && \
    page=$(@F:.1=) && \
    sed -e "s/^\.TH [^ ]* /.TH $$(echo $$page | tr a-z A-Z) /" -e 's/^Exit status: /.SH "EXIT STATUS"\n/' $@.raw >$@.new && \
    rm -f $@.raw && mv -f $@.new $@

%D%/racecheck.1: $(manual_sources) | racecheck$(EXEEXT)
	$(AM_V_GEN)$(call make_page,,racecheck)

%D%/racecheck-verify.1: $(manual_sources) | racecheck-verify$(EXEEXT)
	$(AM_V_GEN)$(call make_page,,racecheck-verify)

$(command_pages): %D%/racecheck-%.1: $(manual_sources) | racecheck$(EXEEXT)
	$(AM_V_GEN)$(call make_page,--help-option='$* --help',racecheck)
endif
