# models: the catalogue.
noinst_LIBRARIES += %D%/libmodels.a
%C%_libmodels_a_SOURCES = \
    %D%/catalogue.c %D%/catalogue.h \
    %D%/catalogue_texts.h
nodist_%C%_libmodels_a_SOURCES = %D%/catalogue_texts.c

# The catalogue: every models/*.s and models/*.py, so that a new model is a new file and nothing else. It is made anew on each run, and
# replaced only when it differs: then a model that was removed is noticed too, and nothing is compiled twice. Two makes may do
# so at once, as in tests/whole/test_library.sh: each has a file of its own.
model_texts = $(sort $(wildcard $(srcdir)/%D%/*.s $(srcdir)/%D%/*.py))
EXTRA_DIST += $(model_texts) %D%/catalogue.sh
BUILT_SOURCES += %D%/catalogue_texts.c
CLEANFILES += %D%/catalogue_texts.c %D%/catalogue_texts.c.[0-9]*

%D%/catalogue_texts.c: FORCE
	@$(MKDIR_P) %D%
	@new=$@.$$$$; $(SHELL) $(srcdir)/%D%/catalogue.sh $(model_texts) >$$new || { rm -f $$new; exit 1; }; \
	if cmp -s $$new $@; then rm -f $$new; else mv -f $$new $@; fi
