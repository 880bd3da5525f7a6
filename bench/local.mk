# bench: measurements side by side, by hand with `make bench` or `make bench BENCHFLAGS=--full`; against another build of racecheck
# with `make bench-compare BEFORE=PROGRAM`.
EXTRA_DIST += %D%/compare %D%/interpreter_lock.py %D%/run-bench %D%/timer.c %D%/README.md

.PHONY: bench bench-compare
bench: all
	@CC='$(CC)' RACECHECK='$(abs_top_builddir)/racecheck$(EXEEXT)' $(SHELL) $(srcdir)/%D%/run-bench $(BENCHFLAGS)

bench-compare: all
	@CC='$(CC)' $(SHELL) $(srcdir)/%D%/compare $(BENCHFLAGS) '$(BEFORE)' '$(abs_top_builddir)/racecheck$(EXEEXT)'
