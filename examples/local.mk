# examples: programs that people can run.
examplesdir = $(docdir)/examples
dist_examples_DATA = $(wildcard $(srcdir)/%D%/*.s) $(wildcard $(srcdir)/%D%/*.md)
# The course is a tree of folders, which make has no word for.
EXTRA_DIST += %D%/course
