# examples: programs that people can run.
examplesdir = $(docdir)/examples
dist_examples_DATA = $(wildcard $(srcdir)/%D%/*.s) $(wildcard $(srcdir)/%D%/*.litmus) $(wildcard $(srcdir)/%D%/*.md)
pythonexamplesdir = $(docdir)/examples/python
dist_pythonexamples_DATA = $(wildcard $(srcdir)/%D%/python/*.py) $(wildcard $(srcdir)/%D%/python/*.json)
cexamplesdir = $(docdir)/examples/c
dist_cexamples_DATA = $(wildcard $(srcdir)/%D%/c/*.c) $(wildcard $(srcdir)/%D%/c/*.cpp)
# The course is a tree of folders, which make has no word for.
EXTRA_DIST += %D%/course
