# tests: one test program a module, the whole program's cases, and the scripts; all of them speak TAP.

# One line a module: tests/test_X is made of tests/test_X.c. They may use everything of racecheck but its main().
unit_tests = \
    %D%/test_absorption \
    %D%/test_analysis \
    %D%/test_answer \
    %D%/test_assembler \
    %D%/test_assertion \
    %D%/test_bands \
    %D%/test_budget \
    %D%/test_catalogue \
    %D%/test_cell \
    %D%/test_certificate \
    %D%/test_composition \
    %D%/test_chain \
    %D%/test_dialect \
    %D%/test_dot \
    %D%/test_estimate \
    %D%/test_explanation \
    %D%/test_fold \
    %D%/test_generator \
    %D%/test_grade \
    %D%/test_graph \
    %D%/test_grid \
    %D%/test_html_report \
    %D%/test_interval \
    %D%/test_json \
    %D%/test_layout \
    %D%/test_liveness \
    %D%/test_machine \
    %D%/test_number \
    %D%/test_options \
    %D%/test_oracle \
    %D%/test_output \
    %D%/test_promela \
    %D%/test_replay \
    %D%/test_roster \
    %D%/test_runs \
    %D%/test_scheduler \
    %D%/test_schedules \
    %D%/test_search \
    %D%/test_slice \
    %D%/test_slots \
    %D%/test_starvation \
    %D%/test_stategraph \
    %D%/test_stateset \
    %D%/test_sweep \
    %D%/test_system \
    %D%/test_text_report \
    %D%/test_theorem \
    %D%/test_verified \
    %D%/test_version \
    %D%/test_weights \
    %D%/test_witness \
    %D%/test_witness_file

# Searched at random: the naive enumerator against the search. `make check` takes the default seed and number.
random_tests = %D%/check_random %D%/check_submissions

# Answers to assignments, graded and judged. `make check` takes a few seeds; a thousand take minutes.
grades_test = %D%/check_grades

# Writes what test-exports looks at.
test_tools = %D%/exporter

# What several test programs share.
unit_sources = \
    %D%/alteration.c %D%/alteration_program.c %D%/alteration.h \
    %D%/ancestry.c %D%/ancestry.h \
    %D%/attempt.c %D%/attempt.h \
    %D%/enumerator.c %D%/enumerator.h \
    %D%/execution.c %D%/execution.h \
    %D%/handmade.c %D%/handmade.h \
    %D%/judge.c %D%/judge_repair.c %D%/judge_ways.c %D%/judge.h %D%/judge_parts.h \
    %D%/oracle.c %D%/oracle.h \
    %D%/policy.c %D%/policy.h \
    %D%/provenance.c %D%/provenance.h \
    %D%/race.c %D%/race.h \
    %D%/random_program.c %D%/random_program.h \
    %D%/subject.c %D%/subject.h \
    %D%/survey.c %D%/survey.h \
    %D%/unit.c %D%/unit.h

# What is run besides; each says by itself when it has to be skipped.
test_scripts = \
    %D%/check-layers \
    %D%/run-cases \
    %D%/test-assign \
    %D%/test-docs \
    %D%/test-exports \
    %D%/test-formats \
    %D%/test-grade \
    %D%/test-matrix \
    %D%/test-memory \
    %D%/test-pages \
    %D%/test-report \
    %D%/test-theorem \
    %D%/test-valgrind \
    %D%/test-verify

EXTRA_DIST += $(test_scripts) %D%/cases %D%/browser.py %D%/failing_malloc.c %D%/lsan.supp %D%/valgrind.supp

if HAVE_CUNIT
check_LIBRARIES += %D%/libunit.a
check_PROGRAMS += $(unit_tests) $(random_tests) $(grades_test) $(test_tools)
TESTS += $(unit_tests) $(random_tests) $(grades_test)
%C%_libunit_a_SOURCES = $(unit_sources)
%C%_check_submissions_SOURCES = %D%/check_submissions.c %D%/fuzz/fuzz_submission.c
endif
# Writes certificates for test-verify.
check_PROGRAMS += %D%/certify
%C%_certify_LDADD = $(OUR_LIBS) $(THEIR_LIBS)

# For every program that does not say otherwise, that is the tests.
LDADD = %D%/libunit.a $(OUR_LIBS) $(THEIR_LIBS) $(CUNIT_LIBS)

# Preloaded by test-memory; no libtool for the sake of one file. Without sanitizers, which bring their own allocator.
if !SANITIZED
check_DATA += %D%/failing_malloc.so
CLEANFILES += %D%/failing_malloc.so
endif
%D%/failing_malloc.so: %D%/failing_malloc.c
	$(AM_V_CCLD)$(MKDIR_P) %D% && \
	    $(CC) -D_GNU_SOURCE $(CPPFLAGS) -std=c17 -O2 -Wall -fPIC -shared -o $@ $(srcdir)/%D%/failing_malloc.c -ldl

# What the fuzzers have seen is read again. `make fuzz` and `make fuzz-submissions` look for more, with clang, as long as
# FUZZ_SECONDS say: they are no part of `make check`. New finds belong into the corpus, and into submissions.
check_PROGRAMS += %D%/fuzz/replay_corpus
TESTS += %D%/fuzz/replay_corpus
%C%_fuzz_replay_corpus_SOURCES = %D%/fuzz/replay_corpus.c %D%/fuzz/fuzz_assembler.c
%C%_fuzz_replay_corpus_LDADD = $(OUR_LIBS) $(THEIR_LIBS)
EXTRA_DIST += %D%/fuzz/corpus %D%/fuzz/submissions %D%/fuzz/assembler.dict %D%/fuzz/submission.dict %D%/fuzz/README.md

FUZZ_SECONDS = 900
FUZZ_CLANG = clang
fuzz_folder = %D%/fuzz
assembler_sources = $(filter-out %/catalogue_texts.c $(srcdir)/models/promela%,$(wildcard $(srcdir)/models/*.c)) models/catalogue_texts.c \
    $(wildcard $(srcdir)/base/*.c) $(srcdir)/%D%/fuzz/fuzz_assembler.c
submission_sources = $(filter-out %/catalogue_texts.c %/bundle.c,$(wildcard $(srcdir)/models/*.c)) models/catalogue_texts.c \
    $(wildcard $(srcdir)/base/*.c) $(wildcard $(srcdir)/checker/*.c) \
    $(filter-out %/picture.c %/graphviz.c %/html_report.c %/dot.c,$(wildcard $(srcdir)/reports/*.c)) \
    $(filter-out %/bundle.c %/cell.c %/gradebook.c %/gradebook_collect.c,$(wildcard $(srcdir)/course/*.c)) $(srcdir)/%D%/fuzz/fuzz_submission.c

# run_fuzzer TARGET SOURCES SEEDS OPTIONS: builds and runs one; what it finds stays in found/TARGET.
run_fuzzer = \
    $(MKDIR_P) $(fuzz_folder)/found/$(1) $(fuzz_folder)/seeds/$(1) && \
    cp $(3) $(fuzz_folder)/seeds/$(1) && \
    $(FUZZ_CLANG) -std=c17 $(AM_CPPFLAGS) -g -O1 -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=all -o $(fuzz_folder)/fuzz_$(1) $(sort $(2)) $(THEIR_LIBS) -lgomp && \
    $(fuzz_folder)/fuzz_$(1) -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=2048 -max_len=4096 \
        -dict=$(srcdir)/$(fuzz_folder)/$(1).dict -artifact_prefix=$(fuzz_folder)/found/$(1)/ $(4) \
        $(fuzz_folder)/found/$(1) $(fuzz_folder)/seeds/$(1)

.PHONY: fuzz fuzz-submissions
fuzz: models/catalogue_texts.c
	$(call run_fuzzer,assembler,$(assembler_sources),$(wildcard $(srcdir)/models/*.s $(srcdir)/examples/*.s $(srcdir)/%D%/fuzz/corpus/*.s))

fuzz-submissions: models/catalogue_texts.c
	$(call run_fuzzer,submission,$(submission_sources),$(wildcard $(srcdir)/%D%/fuzz/submissions/*),-detect_leaks=1)

TESTS += $(test_scripts)
TEST_EXTENSIONS =
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
# A test that hangs is a test that fails.
LOG_COMPILER = timeout
AM_LOG_FLAGS = --foreground 700

# A sanitizer's finding is none of racecheck's own exit statuses.
test_environment = \
    RACECHECK='$(abs_top_builddir)/racecheck$(EXEEXT)'; export RACECHECK; \
    top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
    RACECHECK_VERIFY='$(abs_top_builddir)/racecheck-verify$(EXEEXT)'; export RACECHECK_VERIFY; \
    top_builddir='$(abs_top_builddir)'; export top_builddir; \
    SANITIZERS='$(SANITIZERS)'; export SANITIZERS; \
    PYTHON='$(PYTHON)'; export PYTHON; \
    DOT='$(DOT)'; export DOT; \
    VALGRIND='$(VALGRIND)'; export VALGRIND; \
    ASAN_OPTIONS='exitcode=99'; export ASAN_OPTIONS; \
    UBSAN_OPTIONS='exitcode=99:print_stacktrace=1'; export UBSAN_OPTIONS; \
    LSAN_OPTIONS='exitcode=99:print_suppressions=0:suppressions=$(abs_srcdir)/%D%/lsan.supp'; export LSAN_OPTIONS; \
    LC_ALL=C; export LC_ALL;
AM_TESTS_ENVIRONMENT = $(test_environment)

.PHONY: check-valgrind check-random check-grades coverage

# Everything under valgrind: the unit tests one by one, a few random programs in place of test_oracle's thousands, and what
# test-valgrind runs.
valgrind_tests = $(filter-out %/test_oracle,$(unit_tests))
check-valgrind: all $(check_LIBRARIES) $(check_PROGRAMS)
	@$(test_environment) \
	if test -z "$$VALGRIND"; then echo "there is no valgrind" >&2; exit 1; fi; \
	for test in $(valgrind_tests) $(random_tests:=' 1 100') $(grades_test:=' 1 2'); do \
	    echo "valgrind $$test"; \
	    $$VALGRIND -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
	        --suppressions=$(srcdir)/%D%/valgrind.supp ./$$test >check-valgrind.log 2>&1 || { cat check-valgrind.log; exit 1; }; \
	done; \
	rm -f check-valgrind.log; \
	$(srcdir)/%D%/test-valgrind

# make check-random SEED=17 RUNS=100000
SEED = 1
RUNS = 10000
check-random: all $(check_LIBRARIES) $(random_tests)
	@$(test_environment) for test in $(random_tests); do ./$$test $(SEED) $(RUNS) || exit 1; done

# make check-grades SEED=0 RUNS=1000
check-grades: SEED = 0
check-grades: RUNS = 1000
check-grades: all $(check_LIBRARIES) $(grades_test) %D%/test_version
	@$(test_environment) ./%D%/test_version $(RUNS) && ./$(grades_test) $(SEED) $(RUNS)

# The certificates of the whole catalogue, of up to some millions of states; takes minutes.
.PHONY: check-certificates
check-certificates: all
	@$(test_environment) CERTIFICATE_STATES=all $(srcdir)/%D%/test-matrix

# After ./configure --enable-coverage.
coverage: check
	@if ! $(COVERAGE_BUILD); then echo "coverage needs ./configure --enable-coverage" >&2; exit 1; fi
	$(MKDIR_P) coverage
	gcovr --root $(srcdir) --object-directory . --exclude '.*tests/.*' --exclude '.*catalogue_texts\.c' \
	    --html-details coverage/index.html --print-summary
if COVERAGE
COVERAGE_BUILD = true
else
COVERAGE_BUILD = false
endif
clean-local: clean-coverage clean-fuzz
.PHONY: clean-coverage clean-fuzz
clean-fuzz:
	rm -rf %D%/fuzz/found %D%/fuzz/seeds %D%/fuzz/fuzz_assembler %D%/fuzz/fuzz_submission
clean-coverage:
	rm -rf coverage
	find . -name '*.gcda' -exec rm -f {} + ; find . -name '*.gcno' -exec rm -f {} +
