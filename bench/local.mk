# bench: measurements side by side, by hand with `make bench` or `make bench BENCHFLAGS=--full`.
EXTRA_DIST += %D%/run-bench %D%/timer.c %D%/README.md

.PHONY: bench
bench: all
	@CC='$(CC)' RACECHECK='$(abs_top_builddir)/racecheck$(EXEEXT)' $(SHELL) $(srcdir)/%D%/run-bench $(BENCHFLAGS)
