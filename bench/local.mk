# bench: measurements side by side, by hand with `make bench` or `make bench BENCHFLAGS=--full`; the ratios to other checkers against what was
# recorded with `make bench-check`; against another build of racecheck with `make bench-compare BEFORE=PROGRAM`.
EXTRA_DIST += %D%/bounds %D%/compare %D%/interpreter_lock.py %D%/measure.sh %D%/peers %D%/run-bench %D%/table \
	%D%/timer.c %D%/README.md %D%/programs/bakery.hny %D%/programs/bakery.s %D%/programs/barrier.hny \
	%D%/programs/barrier.s %D%/programs/bounded-buffer.hny %D%/programs/bounded-buffer.s %D%/programs/cas.hny \
	%D%/programs/counter.c %D%/programs/counter.py %D%/programs/dining.hny %D%/programs/dining.s %D%/programs/nested.s \
	%D%/programs/peterson.hny %D%/programs/peterson.s %D%/programs/race.hny %D%/programs/readers-writers.hny \
	%D%/programs/readers-writers.s %D%/programs/ticket.hny %D%/programs/ticket.s

.PHONY: bench bench-check bench-compare
bench: all
	@CC='$(CC)' RACECHECK='$(abs_top_builddir)/racecheck$(EXEEXT)' $(SHELL) $(srcdir)/%D%/run-bench $(BENCHFLAGS)

bench-check: all
	@CC='$(CC)' RACECHECK='$(abs_top_builddir)/racecheck$(EXEEXT)' $(SHELL) $(srcdir)/%D%/run-bench --check $(BENCHFLAGS)

bench-compare: all
	@CC='$(CC)' $(SHELL) $(srcdir)/%D%/compare $(BENCHFLAGS) '$(BEFORE)' '$(abs_top_builddir)/racecheck$(EXEEXT)'
