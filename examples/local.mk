# examples: programs that people can run.
examplesdir = $(docdir)/examples
dist_examples_DATA = $(wildcard $(srcdir)/%D%/*.s) $(wildcard $(srcdir)/%D%/*.md)
